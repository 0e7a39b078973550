//! How phrases and dates begin, by the hashes of their first two words: of most lines these tell
//! that none of them is there.

use super::phrase::{Class, Phrase, Token};
use crate::mix::{Mixed, key_of};
use crate::word::{Script, WordHasher};
use std::collections::HashSet;

/// The first words of phrases and dates.
#[derive(Debug, Clone, Default)]
pub(super) struct Openings {
    dates: HashSet<u64, Mixed>,
    /// Phrases of one word, and those of them that other words may follow.
    alone: HashSet<u64, Mixed>,
    open: HashSet<u64, Mixed>,
    /// First words of longer phrases, and their keys with the second one.
    firsts: HashSet<u64, Mixed>,
    pairs: HashSet<u64, Mixed>,
}

impl Openings {
    pub(super) fn add_date(&mut self, first: &str) {
        self.dates.insert(WordHasher::new().hash(first));
    }

    pub(super) fn add_phrase(&mut self, phrase: &Phrase) {
        let mut hasher = WordHasher::new();
        let mut words = phrase.tokens.iter().map(|token| match token {
            Token::Word(word) => Some(hasher.hash(word)),
            // Whatever begins with a figure may be one.
            Token::Number => None,
        });
        let Some(Some(first)) = words.next() else {
            return;
        };
        match words.next() {
            Some(second) => {
                self.firsts.insert(first);
                self.pairs
                    .extend(second.map(|second| key_of([first, second])));
            }
            None if phrase.open || phrase.class == Class::Notice => _ = self.open.insert(first),
            None => _ = self.alone.insert(first),
        }
    }

    /// Whether a line may be or begin with a phrase or, where it is short enough, a date.
    ///
    /// `hashes` are those of its words. A word in ASCII, or in a script without spaces, is compared by
    /// its hash; of others, which may lose their accents, and of figures nothing is known.
    pub(super) fn may_open(&self, line: &str, hashes: &[u64], may_be_date: bool) -> bool {
        let mut words = crate::word::words(line).map(|word| word.of(line));
        let unknown = |word: &str, hash: u64| {
            let accented = !word.is_ascii() && Script::of_hash(hash) == Script::Spaced;
            accented || word.as_bytes()[0].is_ascii_digit()
        };
        let (Some(word), Some(&first)) = (words.next(), hashes.first()) else {
            return false;
        };
        if unknown(word, first)
            || self.open.contains(&first)
            || may_be_date && self.dates.contains(&first)
        {
            return true;
        }
        match (words.next(), hashes.get(1)) {
            (Some(word), Some(&second)) => {
                self.firsts.contains(&first)
                    && (unknown(word, second) || self.pairs.contains(&key_of([first, second])))
            }
            _ => self.alone.contains(&first),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::block::Segmented;
    use crate::boilerplate::cue::Cues;

    #[test]
    fn no_phrase_is_lost() {
        let cues = Cues::built_in();
        for list in cues.tables().iter().flat_map(|table| table.phrases()) {
            for phrase in list {
                let line = phrase.trim_end_matches(" *").replace('#', "3");
                let page = Segmented::new(&line);
                assert!(
                    cues.openings.may_open(&line, page.words(), false),
                    "{line:?}"
                );
            }
        }
        let page = Segmented::new("Rain fell on Monday.");
        assert!(!cues.openings.may_open(page.text(), page.words(), false));
    }
}
