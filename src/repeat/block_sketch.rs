//! Blocks as they are looked for on other pages.

use super::{Extent, RepeatRule};
use crate::mix::key_of;
use crate::shingle::least_shingles;
use std::borrow::Cow;
use std::convert::Infallible;
use std::num::NonZeroU64;

/// What is kept of a block to look for it on other pages, in place of its words: 56 bytes, or as it is
/// [written](Self::write) 11 and, from 20 words on, 32 more.
#[derive(Debug, Clone, PartialEq)]
pub struct BlockSketch {
    /// Of its words; `None` where it has none.
    pub(super) key: Option<NonZeroU64>,
    pub(super) extent: Extent,
    pub(super) least: LeastShingles,
}

impl BlockSketch {
    pub(crate) fn of(words: &[u64], extent: Extent, rule: &RepeatRule) -> Self {
        let key = (!words.is_empty()).then(|| key_of(words.iter().copied()));
        BlockSketch {
            // One key in 2⁶⁴ is taken for another one.
            key: key.map(|key| NonZeroU64::new(key).unwrap_or(NonZeroU64::MIN)),
            extent,
            least: match words.len() >= rule.near_words {
                true => LeastShingles::of(words),
                false => LeastShingles::NONE,
            },
        }
    }
}

/// The block sketches of a pile of pages, by their places: in memory, in a file.
pub(crate) trait BlockSketches: Sync {
    /// Why they cannot be read.
    type Error: Send;

    /// How many pages there are.
    fn count(&self) -> usize;

    /// The blocks of a page.
    fn of(&self, page: usize) -> Result<Cow<'_, [BlockSketch]>, Self::Error>;

    /// Hands the blocks of all pages to `take`, in any order of the pages. What lies in a file is better read
    /// from begin to end.
    fn each(&self, take: &mut dyn FnMut(usize, &[BlockSketch])) -> Result<(), Self::Error> {
        for page in 0..self.count() {
            take(page, &self.of(page)?);
        }
        Ok(())
    }
}

impl BlockSketches for [&[BlockSketch]] {
    type Error = Infallible;

    fn count(&self) -> usize {
        self.len()
    }

    fn of(&self, page: usize) -> Result<Cow<'_, [BlockSketch]>, Infallible> {
        Ok(Cow::Borrowed(self[page]))
    }
}

/// The least shingles of a block, in order, by their upper 32 bits; the rest are `u32::MAX`.
///
/// Common phrases make five pairs a block of news (3.8 million in 100,000 pages, of which 237 are
/// near-equal); nearly all of them are told apart by this.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct LeastShingles(pub(super) [u32; LeastShingles::MOST]);

impl LeastShingles {
    pub(super) const MOST: usize = 8;
    pub(super) const NONE: LeastShingles = LeastShingles([u32::MAX; Self::MOST]);

    fn of(words: &[u64]) -> Self {
        let least = least_shingles::<{ Self::MOST }>(words);
        LeastShingles(least.map(|shingle| shingle.map_or(u32::MAX, |least| (least >> 32) as u32)))
    }

    /// Whether two blocks may have a resemblance of at least `least`.
    ///
    /// Of the least shingles of both together each is in both with that probability. They are given
    /// up where that is so of fewer than three standard errors under it: at 0.9 one pair in
    /// 2,000 is (Broder 1997, section 3).
    pub(super) fn may_resemble(&self, other: &LeastShingles, least: f64) -> bool {
        let (mut all, mut shared) = (0, 0);
        let (mut at, mut at_other) = (0, 0);
        while all < Self::MOST {
            let (one, two) = (self.0[at], other.0[at_other]);
            // One list may go on where it was cut.
            if one.max(two) == u32::MAX {
                break;
            }
            // Which comes first nobody can guess: without a branch it takes less than half of the time.
            at += usize::from(one <= two);
            at_other += usize::from(two <= one);
            all += 1;
            shared += usize::from(one == two);
        }
        let all = all as f64;
        let errors = 3.0 * (all * least * (1.0 - least)).sqrt();
        shared as f64 >= (all * least - errors).floor()
    }
}
