//! Blocks that are repeated, inside a page and across pages.
//!
//! [`repeats`] and [`repeats_across`] work on blocks that are equal: where their folded
//! words are, or where both have at least 20 words and a resemblance of at least 0.9 to
//! the first of their kind. A *run* is a stretch of blocks that equals another stretch,
//! block by block. Runs are taken longest first; what a run repeats must be substantial,
//! so that table rows and "Reply" lines stay.
//!
//! Before them the cleaner looks for second copies with edited words: stretches of four words that
//! stand twice (`chain`) are joined over gaps into chains, the gaps are aligned word by
//! word (`align`: a longest common subsequence), and blocks of which enough is said in order
//! make a run (`near`). Then for teasers cut with an ellipsis (`teaser`). What an author
//! says twice on purpose is kept by guards (`guard`), each of which names itself in the report.

mod across;
mod align;
mod block_sketch;
mod chain;
mod classes;
mod flat;
pub(crate) mod guard;
pub(crate) mod near;
pub(crate) mod select;
pub(crate) mod teaser;
mod within;
mod written;

pub(crate) use across::repeats_across_sketched;
pub use across::{AcrossRepeat, repeats_across};
pub use block_sketch::BlockSketch;
pub(crate) use block_sketch::BlockSketches;
pub(crate) use flat::Flat;
pub(crate) use within::repeats_in;
pub use within::{Repeat, repeats};

use crate::error::Error;
use crate::places::Seen;
use crate::shingle::{WIDTH, shingles};
use crate::verify::Overlap;
use crate::word::Vocabulary;

/// What a run must be to count as a repeat.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RepeatRule {
    /// Least different blocks of a run of several.
    pub run_blocks: usize,
    /// Least words of a run of several, each block of a kind counted once.
    pub run_words: usize,
    /// Least characters of a single block.
    pub block_chars: usize,
    /// Least words of two blocks that may be equal without being identical.
    pub near_words: usize,
    /// Their least resemblance, above 0.5 and at most 1.
    pub near_resemblance: f64,
}

impl RepeatRule {
    /// At least 3 blocks and 100 words, or one block of 200 characters; near
    /// equality from 20 words and resemblance 0.9.
    pub const DEFAULT: RepeatRule = RepeatRule {
        run_blocks: 3,
        run_words: 100,
        block_chars: 200,
        near_words: 20,
        near_resemblance: 0.9,
    };

    /// Checks the ranges.
    ///
    /// # Errors
    ///
    /// Where a figure is out of its range.
    pub fn validate(&self) -> Result<(), Error> {
        for (name, value) in [
            ("run blocks", self.run_blocks),
            ("run words", self.run_words),
            ("block characters", self.block_chars),
            ("near words", self.near_words),
        ] {
            if value == 0 {
                return Err(Error::setting(name, value, "1 or more"));
            }
        }
        match self.near_resemblance > 0.5 && self.near_resemblance <= 1.0 {
            true => Ok(()),
            false => Err(Error::setting(
                "near resemblance",
                self.near_resemblance,
                "above 0.5 and at most 1",
            )),
        }
    }
}

/// A block as the repeat finder sees it.
#[derive(Debug, Clone, Copy)]
pub struct Unit<'p> {
    /// Folded word hashes.
    pub words: &'p [u64],
    /// For a unit without words ("* * *", a brace), a hash of its text; 0 equals
    /// nothing. Inside a page such units go with the runs beside
    /// them; across pages they end a run.
    pub sign: u64,
    /// Length in characters.
    pub chars: usize,
    /// Whether it ends a sentence. A single block that does not (a line of code,
    /// a table row, a slogan) is never a repeat by its length alone.
    pub sentence: bool,
}

impl Unit<'_> {
    fn extent(&self) -> Extent {
        Extent::of(self.words.len(), self.chars, self.sentence)
    }
}

/// How much a unit is. Nothing tells units of four billion words apart, so that a pile takes less.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Extent {
    words: u32,
    chars: u32,
    sentence: bool,
}

impl Extent {
    pub(crate) fn of(words: usize, chars: usize, sentence: bool) -> Self {
        let [words, chars] = [words, chars].map(|n| u32::try_from(n).unwrap_or(u32::MAX));
        Extent {
            words,
            chars,
            sentence,
        }
    }

    fn words(self) -> usize {
        self.words as usize
    }
}

/// What a run is to the rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Size {
    /// Enough blocks and words.
    Run,
    /// It holds a block that is long enough alone.
    Block,
    /// Neither.
    Short,
}

impl Size {
    /// The size of a run of (class, extent), and its words; each class counts once.
    fn of(run: impl Iterator<Item = (usize, Extent)> + Clone, rule: &RepeatRule) -> (Size, usize) {
        let mut distinct: Vec<(usize, usize)> = run
            .clone()
            .filter(|(_, unit)| unit.words > 0)
            .map(|(class, unit)| (class, unit.words()))
            .collect();
        distinct.sort_unstable();
        distinct.dedup_by_key(|(class, _)| *class);
        let words: Vec<usize> = distinct.into_iter().map(|(_, words)| words).collect();
        Size::of_distinct(&words, run.map(|(_, unit)| unit), rule)
    }

    /// The size of a run of `units`, of which one of each class has so many `words`, at least one.
    fn of_distinct(
        words: &[usize],
        mut units: impl Iterator<Item = Extent>,
        rule: &RepeatRule,
    ) -> (Size, usize) {
        let blocks = words.len();
        let words = words.iter().sum();
        let size = if blocks >= rule.run_blocks && words >= rule.run_words {
            Size::Run
        } else if units.any(|unit| unit.sentence && unit.chars as usize >= rule.block_chars) {
            Size::Block
        } else {
            Size::Short
        };
        (size, words)
    }
}

/// The [`resemblance`] of two blocks, by what they say: words are told apart whatever their hashes are.
pub(crate) fn block_resemblance(a: &str, b: &str) -> f64 {
    if a == b {
        return 1.0;
    }
    let mut vocabulary = Vocabulary::default();
    let [a, b] = [a, b].map(|text| vocabulary.numbers(text));
    resemblance(&a, &b)
}

/// What two blocks have in common by their hashes, which may be forged: it nominates.
fn resemblance_of_hashes(a: &[u64], b: &[u64]) -> f64 {
    match a == b {
        true => 1.0,
        false => overlap(a, b).resemblance(),
    }
}

/// What the shingles of two blocks share.
fn overlap(a: &[u64], b: &[u64]) -> Overlap {
    const LEFT: u8 = 1;
    const RIGHT: u8 = 2;
    let mut seen = Seen::with_capacity(a.len() + b.len());
    let mut found = Overlap {
        left: 0,
        right: 0,
        shared: 0,
    };
    for shingle in shingles(a, WIDTH) {
        found.left += usize::from(seen.see(shingle, LEFT).is_none());
    }
    for shingle in shingles(b, WIDTH) {
        match seen.see(shingle, RIGHT) {
            None => found.right += 1,
            Some(sides) if *sides & RIGHT == 0 => {
                *sides |= RIGHT;
                found.right += 1;
                found.shared += 1;
            }
            Some(_) => {}
        }
    }
    found
}

/// What two blocks have in common, window by window and word by word: two windows may be made to share
/// a shingle, which is a hash.
fn resemblance(a: &[u64], b: &[u64]) -> f64 {
    match a == b {
        true => 1.0,
        false => Overlap::of_numbers(a, b, WIDTH).resemblance(),
    }
}
