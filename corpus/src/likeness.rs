//! Why two texts are alike: figures, and the passages that both have.

use serde_json::{Value, json};
use twicetold::Span;
use twicetold::block::Segmented;
use twicetold::shingle::{ShingleSet, WIDTH};
use twicetold::verify::{Overlap, passages};
use twicetold::word::words;

/// A stretch of words that stands in both texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shared {
    pub words: usize,
    /// In bytes of the first text, and of the second.
    pub spans: [Span; 2],
}

/// What two texts have in common.
#[derive(Debug, Clone, PartialEq)]
pub struct Likeness {
    pub overlap: Overlap,
    pub words: [usize; 2],
    /// In the order of the first text.
    pub shared: Vec<Shared>,
}

impl Likeness {
    pub fn of(a: &str, b: &str) -> Likeness {
        let pages = [a, b].map(Segmented::new);
        let sets = pages
            .each_ref()
            .map(|page| ShingleSet::new(page.words(), WIDTH));
        let spans = [a, b].map(|text| words(text).collect::<Vec<Span>>());
        let place = |of: usize, words: std::ops::Range<usize>| {
            let its = &spans[of];
            let start = its.get(words.start).map_or(0, |span| span.start);
            let last = words.end.checked_sub(1).and_then(|last| its.get(last));
            Span::new(start, last.map_or(start, |span| span.end))
        };
        let shared = passages(pages[0].words(), pages[1].words(), WIDTH);
        let shared = shared.into_iter().map(|passage| Shared {
            words: passage.left.len(),
            spans: [place(0, passage.left), place(1, passage.right)],
        });
        Likeness {
            overlap: Overlap::of(&sets[0], &sets[1]),
            words: spans.each_ref().map(Vec::len),
            shared: shared.collect(),
        }
    }

    /// Words of the first text that stand in shared passages.
    pub fn shared_words(&self) -> usize {
        self.shared.iter().map(|shared| shared.words).sum()
    }

    /// For machines; `a` is the first text.
    pub fn json(&self, a: &str) -> Value {
        let six = |figure: f64| (figure * 1e6).round() / 1e6;
        let shared = self.shared.iter().map(|shared| {
            json!({
                "words": shared.words,
                "spans": shared.spans,
                "text": shared.spans[0].of(a),
            })
        });
        json!({
            "resemblance": six(self.overlap.resemblance()),
            "containment": six(self.overlap.containment()),
            "contains": six(self.overlap.reversed().containment()),
            "shingles": [self.overlap.left, self.overlap.right],
            "shared_shingles": self.overlap.shared,
            "words": self.words,
            "shared_words": self.shared_words(),
            "passages": shared.collect::<Vec<_>>(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_those_of_the_words() {
        let a = "It rained. The ferry stopped on Monday after a crack was found.";
        let b = "On Sunday the ferry STOPPED on Monday, after a storm.";
        let likeness = Likeness::of(a, b);
        let [shared] = &likeness.shared[..] else {
            panic!("{likeness:?}")
        };
        assert_eq!(shared.spans[0].of(a), "The ferry stopped on Monday after a");
        assert_eq!(
            shared.spans[1].of(b),
            "the ferry STOPPED on Monday, after a"
        );
        assert_eq!((shared.words, likeness.words), (7, [12, 10]));
        assert_eq!(Likeness::of("", "").overlap.resemblance(), 0.0);
    }
}
