//! How phrases and dates begin, by the hashes of their first two words: of most lines these tell
//! that none of them is there.
//!
//! Words are looked up as phrases are compared: without accents. Of a word in ASCII, and of one in a
//! script without spaces, the page has that hash already; others are folded, but only the first
//! of a line, and the second where the first is known.

use super::phrase::{Class, Phrase, Token, plain};
use super::reading::RECORD_SITES;
use crate::mix::{Mixed, key_of};
use crate::span::Span;
use crate::word::{Script, WordHasher, words};
use std::collections::HashSet;

type Hashes = HashSet<u64, Mixed>;

/// The first words of phrases and dates.
#[derive(Debug, Clone)]
pub(super) struct Openings {
    dates: Hashes,
    sites: Hashes,
    notices: Firsts,
    /// Of all other phrases, which are whole lines.
    labels: Firsts,
}

/// What is looked for in a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) date: bool,
    pub(super) notice: bool,
    pub(super) label: bool,
}

/// The first words of phrases.
#[derive(Debug, Clone, Default)]
struct Firsts {
    /// Phrases of one word.
    alone: Hashes,
    /// Those of them that other words may follow.
    open: Hashes,
    /// First words of longer phrases, and their keys with the second one.
    longer: Hashes,
    pairs: Hashes,
}

impl Default for Openings {
    fn default() -> Self {
        let mut hasher = WordHasher::new();
        Openings {
            sites: RECORD_SITES
                .map(|site| hasher.hash(site))
                .into_iter()
                .collect(),
            dates: Hashes::default(),
            notices: Firsts::default(),
            labels: Firsts::default(),
        }
    }
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
        let known = match phrase.class {
            Class::Notice => &mut self.notices,
            _ => &mut self.labels,
        };
        match words.next() {
            Some(second) => {
                known.longer.insert(first);
                known
                    .pairs
                    .extend(second.map(|second| key_of([first, second])));
            }
            None if phrase.open || phrase.class == Class::Notice => _ = known.open.insert(first),
            None => _ = known.alone.insert(first),
        }
    }

    /// Whether a line may be or begin with what is `wanted`, or is the name of a site.
    ///
    /// `hashes` are those of its words. Of figures nothing is known.
    pub(super) fn may_open(
        &self,
        line: &str,
        hashes: &[u64],
        wanted: Wanted,
        hasher: &mut WordHasher,
    ) -> bool {
        let Some(&first) = hashes.first() else {
            return false;
        };
        let first = match begins_with_ascii_letter(line) {
            true => Some(first),
            false => looked_up(words(line).next(), line, first, hasher),
        };
        let Some(first) = first else { return true };
        if hashes.len() == 1 && self.sites.contains(&first)
            || wanted.date && self.dates.contains(&first)
        {
            return true;
        }
        let phrases = [(wanted.notice, &self.notices), (wanted.label, &self.labels)];
        let mut phrases = phrases.into_iter().filter(|(wanted, _)| *wanted);
        phrases.any(|(_, known)| match hashes.get(1) {
            _ if known.open.contains(&first) => true,
            None => known.alone.contains(&first),
            Some(_) if !known.longer.contains(&first) => false,
            Some(&second) => looked_up(words(line).nth(1), line, second, hasher)
                .is_none_or(|second| known.pairs.contains(&key_of([first, second]))),
        })
    }
}

/// The hash a word of `line` is looked up by, of that it has on the page; `None` for figures.
fn looked_up(word: Option<Span>, line: &str, hash: u64, hasher: &mut WordHasher) -> Option<u64> {
    let word = word?.of(line);
    let figure = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
    if word.is_ascii() || Script::of_hash(hash) != Script::Spaced {
        return (!figure(word)).then_some(hash);
    }
    let plain = plain(hasher.fold(word)).into_owned();
    (!figure(&plain)).then(|| hasher.hash(&plain))
}

/// Whether the first word of a line is in ASCII and no figure, told without cutting it.
fn begins_with_ascii_letter(line: &str) -> bool {
    let mut bytes = line.bytes();
    let first = bytes.find(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii());
    first.is_some_and(|first| first.is_ascii_alphabetic())
        && bytes
            .take_while(|byte| *byte != b' ')
            .all(|byte| byte.is_ascii())
}

#[cfg(test)]
mod tests {
    use super::super::phrase::{glued_words, plain_words};
    use super::*;
    use crate::block::Segmented;
    use crate::boilerplate::cue::Cues;
    use proptest::prelude::*;

    const ALL: Wanted = Wanted {
        date: true,
        notice: true,
        label: true,
    };

    fn may_open(line: &str, wanted: Wanted) -> bool {
        let page = Segmented::new(line);
        let mut hasher = WordHasher::new();
        Cues::built_in()
            .openings
            .may_open(line, page.words(), wanted, &mut hasher)
    }

    #[test]
    fn no_phrase_is_lost() {
        let cues = Cues::built_in();
        for list in cues.tables().iter().flat_map(|table| table.phrases()) {
            for phrase in list {
                let line = phrase.trim_end_matches(" *").replace('#', "3");
                let wanted = Wanted { date: false, ..ALL };
                assert!(may_open(&line, wanted), "{line:?}");
            }
        }
        assert!(!may_open("Rain fell on Monday.", ALL));
        assert!(!may_open("Лодка вышла в море.", ALL));
        assert!(may_open("Ｙouｔube", ALL));
    }

    proptest! {
        /// What does not open is no phrase and no date, as they are compared word by word.
        #[test]
        fn what_does_not_open_is_nothing(
            words in proptest::collection::vec(
                "\\PC{0,3}|[a-zà-ÿа-яё]{1,8}|[0-9٠-٩]{1,4}|(?i)(we use|share|read more|menü|móre|mai|вчера|читайте|также|اقرأ|آخر|关于|youtube|ｘ)",
                0..5,
            ),
            between in "[ ,:_'.]",
        ) {
            let line = words.join(&between);
            let cues = Cues::built_in();
            let plain = plain_words(&line);
            let glued = glued_words(&line);
            for wanted in [ALL, Wanted { label: false, ..ALL }] {
                if !may_open(&line, wanted) {
                    let found = cues.phrases.of(&plain, &glued);
                    let found = found.filter(|phrase| wanted.label || phrase.class == Class::Notice);
                    prop_assert_eq!(found.count(), 0, "{:?}", line);
                    prop_assert_eq!(cues.lexicon.date(&plain), None, "{:?}", line);
                    prop_assert!(!matches!(&plain[..], [one] if RECORD_SITES.contains(&one.as_str())));
                }
            }
        }
    }
}
