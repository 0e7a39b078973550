//! Blocks that stand on at least 3 pages of their source.

use super::keyed::Keyed;
use super::near::{NearShingles, cover, frequent, key_in, nominate};
use super::{Conviction, LEAST_PAGES};
use crate::block::{Block, Segmented};
use crate::mix::Mixed;
use std::collections::HashSet;

/// Blocks that stand on at least 3 pages of their source, equal or near-equal.
#[derive(Debug, Clone, Default)]
pub(crate) struct Suspects {
    /// Keys of blocks, of one source each.
    keys: HashSet<u64, Mixed>,
    /// Shingles of near-equal blocks.
    pub(super) near: NearShingles,
}

impl Suspects {
    /// `sources` numbers the source of each page; a page without one has no template.
    pub(crate) fn find(
        pages: &mut [Keyed],
        texts: &[(&Segmented<'_>, &[Block])],
        sources: &[Option<usize>],
    ) -> Self {
        let distinct = pages.iter().zip(sources).map(|(page, source)| {
            let source = source.iter();
            let keys = source
                .flat_map(|source| page.distinct().into_iter().map(|key| key_in(*source, key)));
            keys.collect()
        });
        let keys = frequent(distinct, LEAST_PAGES);
        let near = nominate(pages, texts, sources, LEAST_PAGES);
        Suspects { keys, near }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.near.is_empty()
    }

    /// Whether the block under `key` of a page of `source` is suspected.
    pub(crate) fn contains(&self, source: Option<usize>, key: Option<u64>) -> bool {
        source
            .zip(key)
            .is_some_and(|(source, key)| self.keys.contains(&key_in(source, key)))
    }

    /// Which blocks of a page are suspected, equal or near-equal to others.
    pub(crate) fn of_page(
        &self,
        page: &Keyed,
        text: &Segmented<'_>,
        blocks: &[Block],
        source: Option<usize>,
    ) -> Vec<bool> {
        let equal = page.keys.iter().map(|key| self.contains(source, *key));
        let mut suspected: Vec<bool> = equal.collect();
        let Some(source) = source else {
            return suspected;
        };
        let anything = Conviction::default();
        for &at in &page.nominated {
            let known = |shingle| {
                let known = self.near.contains(&key_in(source, shingle));
                known.then_some(&anything)
            };
            suspected[at] = cover(text.block_words(&blocks[at]), known).is_some();
        }
        suspected
    }
}
