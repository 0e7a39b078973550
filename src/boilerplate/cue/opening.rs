//! How phrases and dates begin, by the hashes of their first two words: of most lines these tell
//! that none of them is there.
//!
//! Words are looked up as phrases are compared: without accents. Of a word in ASCII, and of one in a
//! script without spaces, the page has that hash already; others are folded, but only the first
//! of a line, and the second where the first is known.

use super::folded::{RECORD_SITES, Token, plain};
use super::phrase::{Class, Phrase};
use crate::mix::key_of;
use crate::places::Places;
use crate::span::Span;
use crate::word::{Script, WordHasher, words};
use std::borrow::Cow;
use std::collections::HashSet;

type Hashes = HashSet<u64, Places>;

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
            Token::Word(word) => hasher.hash(word),
            Token::Number => FIGURE,
        });
        let Some(first) = words.next() else {
            return;
        };
        let known = match phrase.class {
            Class::Notice => &mut self.notices,
            _ => &mut self.labels,
        };
        match words.next() {
            Some(second) => {
                known.longer.insert(first);
                known.pairs.insert(key_of([first, second]));
            }
            None if phrase.open || phrase.class == Class::Notice => _ = known.open.insert(first),
            None => _ = known.alone.insert(first),
        }
    }

    /// Whether a line may be or begin with what is `wanted`, or is the name of a site.
    ///
    /// `hashes` are those of its words.
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
            true => [Some(first), None],
            false => looked_up(words(line).next(), line, first, hasher),
        };
        let mut second = None;
        let mut second = |hash: u64| {
            *second.get_or_insert_with(|| looked_up(words(line).nth(1), line, hash, hasher))
        };
        let mut begins = |known: &Firsts, first: u64| match hashes.get(1) {
            _ if known.open.contains(&first) => true,
            None => known.alone.contains(&first),
            Some(&hash) => {
                let goes_on = |next: u64| known.pairs.contains(&key_of([first, next]));
                known.longer.contains(&first) && second(hash).into_iter().flatten().any(goes_on)
            }
        };
        first.into_iter().flatten().any(|first| {
            hashes.len() == 1 && self.sites.contains(&first)
                || wanted.date && (first == FIGURE || self.dates.contains(&first))
                || wanted.notice && begins(&self.notices, first)
                || wanted.label && begins(&self.labels, first)
        })
    }
}

/// What stands for a figure among hashes.
const FIGURE: u64 = 0;

/// The hash by which a word of `line` is looked up, where on the page it has `hash`; and where it
/// begins with a digit, what stands for any figure.
fn looked_up(
    word: Option<Span>,
    line: &str,
    hash: u64,
    hasher: &mut WordHasher,
) -> [Option<u64>; 2] {
    let word = word.map_or("", |word| word.of(line));
    let figure = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_digit())
            .then_some(FIGURE)
    };
    if word.is_ascii() || Script::of_hash(hash) != Script::Spaced {
        return [Some(hash), figure(word)];
    }
    match plain(hasher.fold(word)) {
        Cow::Borrowed(folded) => [Some(hash), figure(folded)],
        Cow::Owned(plain) => [Some(hasher.hash(&plain)), figure(&plain)],
    }
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
    use super::super::folded::plain_words;
    use super::super::phrase::glued_words;
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
