//! A page's blocks by the keys that tell equal ones.

use crate::block::{Block, Segmented};
use crate::boilerplate::prose;
use crate::mix::key_of;
use crate::word::{WordHasher, words};

/// Words of the shortest block that may be template without being equal to others:
/// as in [`RepeatRule`](crate::repeat::RepeatRule). Shorter ones, headlines with the site's
/// name behind them, are mostly of the page's own words.
pub(super) const NEAR_WORDS: usize = 20;

/// A page's blocks as the template stage sees them.
#[derive(Debug, Clone)]
pub(crate) struct Keyed {
    /// Key of each block's words; `None` for a block without words.
    pub(super) exact: Vec<Option<u64>>,
    /// The same with equal digits: "3 comments" and "17 comments" have one.
    pub(crate) keys: Vec<Option<u64>>,
    /// Which blocks read like prose.
    pub(crate) prose: Vec<bool>,
    /// Blocks that may be near-equal to blocks of other pages, in order; see
    /// [`Suspects`](super::Suspects).
    pub(super) nominated: Vec<usize>,
}

impl Keyed {
    pub(crate) fn of(page: &Segmented<'_>, blocks: &[Block]) -> Self {
        let exact = exact_keys(page, blocks);
        let mut hasher = WordHasher::new();
        let keys = blocks.iter().zip(&exact).map(|(block, exact)| {
            exact.map(|exact| without_digits(page, block, &mut hasher).unwrap_or(exact))
        });
        Keyed {
            keys: keys.collect(),
            exact,
            prose: prose(page, blocks),
            nominated: Vec::new(),
        }
    }

    /// Every key of the page, some of them twice.
    pub(super) fn all(&self) -> impl Iterator<Item = u64> {
        let pairs = self.exact.iter().zip(&self.keys);
        // Most blocks have no digits.
        let digits = pairs.filter(|(exact, key)| exact != key);
        let digits = digits.filter_map(|(_, key)| *key);
        self.exact.iter().flatten().copied().chain(digits)
    }
}

/// Key of each block's words; `None` for a block without words.
pub(super) fn exact_keys(page: &Segmented<'_>, blocks: &[Block]) -> Vec<Option<u64>> {
    let key = |block: &Block| {
        let words = page.block_words(block);
        (!words.is_empty()).then(|| key_of(words.iter().copied()))
    };
    blocks.iter().map(key).collect()
}

/// Key of a block's words with equal digits; `None` for one without digits, and for a long
/// one: that is told by its shingles, which pass over its figures, and hashing the words of
/// paragraphs anew took a fifth of a run.
pub(super) fn without_digits(
    page: &Segmented<'_>,
    block: &Block,
    hasher: &mut WordHasher,
) -> Option<u64> {
    let text = &*page.block_text(block);
    (block.words.len() < NEAR_WORDS && text.contains(char::is_numeric))
        .then(|| key_of(words(text).map(|word| hasher.hash_without_digits(word.of(text)))))
}
