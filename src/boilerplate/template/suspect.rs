//! Blocks that stand on at least 3 pages of their source.

use super::LEAST_PAGES;
use super::keyed::Keyed;
use super::near::{is_covered, nominate};
use super::standing::Standing;
use crate::block::{Block, Segmented};

/// Blocks that stand on at least 3 pages of a source, equal or near-equal.
#[derive(Debug, Clone, Default)]
pub(crate) struct Suspects {
    /// Keys of blocks.
    pub(super) equal: Standing,
    /// Shingles of nominated blocks.
    pub(super) near: Standing,
}

/// What stands on the pages of a source, by which it is counted how many sources have what one of
/// them convicts: 8 bytes for each block, and for each shingle of nominated ones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SourceKeys {
    /// The keys of all blocks of its pages, once, and the shingles of nominated ones, in no order.
    pub(super) equal: Vec<u64>,
    pub(super) near: Vec<u64>,
}

impl Suspects {
    /// Those of the pages of one source.
    pub(crate) fn find(pages: &mut [Keyed], texts: &[(&Segmented<'_>, &[Block])]) -> Self {
        let keys = |page: usize, keys: &mut Vec<u64>| keys.extend(pages[page].all());
        let equal = Standing::of(pages.len(), keys, LEAST_PAGES);
        let near = nominate(pages, texts, LEAST_PAGES);
        Suspects { equal, near }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.equal.is_empty() && self.near.is_empty()
    }

    /// What a source is counted by.
    pub(crate) fn into_keys(self) -> SourceKeys {
        SourceKeys {
            equal: self.equal.all,
            near: self.near.all,
        }
    }

    /// Whether the block under `key` is suspected.
    pub(crate) fn contains(&self, key: Option<u64>) -> bool {
        key.is_some_and(|key| self.equal.has(key))
    }

    /// Which blocks of a page are suspected, equal or near-equal to others.
    pub(crate) fn of_page(
        &self,
        page: &Keyed,
        text: &Segmented<'_>,
        blocks: &[Block],
    ) -> Vec<bool> {
        let equal = page.keys.iter().map(|key| self.contains(*key));
        let mut suspected: Vec<bool> = equal.collect();
        for &at in &page.nominated {
            let words = text.block_words(&blocks[at]);
            suspected[at] = is_covered(words, |shingle| self.near.has(shingle));
        }
        suspected
    }
}
