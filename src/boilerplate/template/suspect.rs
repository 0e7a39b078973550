//! Blocks that stand on at least 3 pages of their source.

use super::keyed::Keyed;
use super::near::{NearShingles, cover, frequent, nominate};
use super::{Conviction, LEAST_PAGES};
use crate::block::{Block, Segmented};
use crate::mix::Mixed;
use std::collections::HashSet;

/// Blocks that stand on at least 3 pages of a source, equal or near-equal.
#[derive(Debug, Clone, Default)]
pub(crate) struct Suspects {
    /// Keys of blocks.
    keys: HashSet<u64, Mixed>,
    /// Shingles of near-equal blocks.
    pub(super) near: NearShingles,
}

impl Suspects {
    /// Those of the pages of one source.
    pub(crate) fn find(pages: &mut [Keyed], texts: &[(&Segmented<'_>, &[Block])]) -> Self {
        let keys = frequent(pages.iter().map(Keyed::distinct), LEAST_PAGES);
        let near = nominate(pages, texts, LEAST_PAGES);
        Suspects { keys, near }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.near.is_empty()
    }

    /// Whether the block under `key` is suspected.
    pub(crate) fn contains(&self, key: Option<u64>) -> bool {
        key.is_some_and(|key| self.keys.contains(&key))
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
        let anything = Conviction::default();
        for &at in &page.nominated {
            let known = |shingle| self.near.contains(&shingle).then_some(&anything);
            suspected[at] = cover(text.block_words(&blocks[at]), known).is_some();
        }
        suspected
    }
}
