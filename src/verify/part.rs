//! Parts of texts beside each other, word for word.

use crate::span::Span;
use crate::word::{FoldedWords, WordHasher, Words, words};

/// Part of a text, from one word to another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part<'t> {
    pub(super) text: &'t str,
    /// Whether it is of [`FoldedWords`].
    pub(super) folded: bool,
}

impl<'t> Part<'t> {
    /// Whether both are the same folded words.
    ///
    /// Equal bytes are passed over at once; where they differ, words are compared until both are past that. So
    /// it is linear, and hardly slower than comparing bytes where these differ in few places.
    pub(super) fn says_the_same(mut self, mut other: Part<'_>) -> bool {
        if self.folded != other.folded {
            return Comparing::new(self, other).all();
        }
        while self.text != other.text {
            let equal = equal_bytes(self.text.as_bytes(), other.text.as_bytes());
            // What stands before white space does not sway which words follow it.
            let space = |byte: &u8| byte.is_ascii_whitespace();
            let last = self.text.as_bytes()[..equal].iter().rposition(space);
            let from = last.map_or(0, |space| space + 1);
            (self, other) = (self.from(from), other.from(from));
            let mut comparing = Comparing::new(self, other);
            loop {
                match comparing.next() {
                    Next::Same(ends) if ends.iter().any(|end| *end <= equal - from) => {}
                    Next::Same([end, its]) => {
                        (self, other) = (self.from(end), other.from(its));
                        break;
                    }
                    Next::Differ => return false,
                    Next::End => return true,
                }
            }
        }
        true
    }

    fn from(self, start: usize) -> Self {
        Part {
            text: &self.text[start..],
            ..self
        }
    }

    /// Where it goes on behind a word.
    fn behind(self, word: Span) -> usize {
        word.end + usize::from(self.folded)
    }

    /// Its words, in order.
    pub(super) fn words(self) -> PartWords<'t> {
        match self.folded {
            true => PartWords::Folded {
                text: self.text,
                at: 0,
            },
            false => PartWords::Written(words(self.text)),
        }
    }
}

/// How many bytes both begin with.
fn equal_bytes(a: &[u8], b: &[u8]) -> usize {
    const AT_ONCE: usize = 32;
    let pairs = a.chunks_exact(AT_ONCE).zip(b.chunks_exact(AT_ONCE));
    let equal = AT_ONCE * pairs.take_while(|(a, b)| a == b).count();
    let rest = a[equal..].iter().zip(&b[equal..]);
    equal + rest.take_while(|(a, b)| a == b).count()
}

/// The words of a part.
pub(super) enum PartWords<'t> {
    Folded { text: &'t str, at: usize },
    Written(Words<'t>),
}

impl Iterator for PartWords<'_> {
    type Item = Span;

    fn next(&mut self) -> Option<Span> {
        match self {
            PartWords::Written(words) => words.next(),
            PartWords::Folded { text, at } => {
                let start = *at;
                let len = text[start..].find(FoldedWords::END)?;
                *at = start + len + 1;
                Some(Span::new(start, start + len))
            }
        }
    }
}

/// Two parts, compared word by word.
struct Comparing<'a, 'b> {
    parts: (Part<'a>, Part<'b>),
    words: (PartWords<'a>, PartWords<'b>),
    hashers: [WordHasher; 2],
}

enum Next {
    /// The next word of both; where to go on behind it in each.
    Same([usize; 2]),
    Differ,
    End,
}

impl<'a, 'b> Comparing<'a, 'b> {
    fn new(left: Part<'a>, right: Part<'b>) -> Self {
        Comparing {
            parts: (left, right),
            words: (left.words(), right.words()),
            hashers: Default::default(),
        }
    }

    /// Whether all words are the same.
    fn all(mut self) -> bool {
        loop {
            match self.next() {
                Next::Same(_) => {}
                Next::Differ => return false,
                Next::End => return true,
            }
        }
    }

    fn next(&mut self) -> Next {
        match (self.words.0.next(), self.words.1.next()) {
            (Some(a), Some(b)) if self.are_same(a, b) => {
                let Comparing { parts, .. } = self;
                Next::Same([parts.0.behind(a), parts.1.behind(b)])
            }
            (None, None) => Next::End,
            _ => Next::Differ,
        }
    }

    fn are_same(&mut self, a: Span, b: Span) -> bool {
        let (left, right) = self.parts;
        let (a, b) = (a.of(left.text), b.of(right.text));
        if left.folded == right.folded && a == b {
            return true;
        }
        let [own, its] = &mut self.hashers;
        let a = if left.folded { a } else { own.fold(a) };
        let b = if right.folded { b } else { its.fold(b) };
        a == b
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// As comparing all folded words at once, of texts and of what is kept of them.
        #[test]
        fn the_same_is_said_in_the_same_words(
            text in "([a-zé海ﬁ½'.,0-9]{1,6}[ \\n,\u{301}]{0,2}){0,12}",
            change in proptest::option::of((0..80usize, "[a-zA-Z ,\\n.]{0,2}")),
            upper in any::<bool>(),
        ) {
            let mut other = if upper { text.to_uppercase() } else { text.clone() };
            if let Some((at, change)) = change {
                let at = other.floor_char_boundary(at.min(other.len()));
                let len = other[at..].chars().next().map_or(0, char::len_utf8);
                other.replace_range(at..at + len, &change);
            }
            let kept = [&text, &other].map(|text| FoldedWords::of(text));
            let words = kept.each_ref().map(|words| words.iter().collect::<Vec<_>>());
            let written = [&text, &other].map(|text| Part { text, folded: false });
            let folded = kept.each_ref().map(|words| Part { text: words.as_str(), folded: true });
            for a in [written[0], folded[0]] {
                for b in [written[1], folded[1]] {
                    prop_assert_eq!(a.says_the_same(b), words[0] == words[1], "{:?} {:?}", a, b);
                }
            }
        }
    }
}
