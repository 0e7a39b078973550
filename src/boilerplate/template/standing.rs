//! Which keys stand on several pages of a source, and on which.

use crate::mix::{Mixed, Twice};
use std::collections::HashSet;

/// What stands on the pages of a source: keys of blocks, or shingles.
#[derive(Debug, Clone, Default)]
pub(super) struct Standing {
    /// Every key, once, in no order.
    pub(super) all: Vec<u64>,
    /// The frequent ones, each with the pages that have it, in order.
    places: Vec<(u64, u32)>,
    frequent: HashSet<u64, Mixed>,
}

impl Standing {
    /// Of `pages` pages, the keys of each listed by `list`; frequent are those that at least `least` pages
    /// have, and at least two.
    ///
    /// Most keys come up once: they are told by [`Twice`] and need not be sorted, page by page or
    /// together, which was a third of the time.
    pub(super) fn of(pages: usize, list: impl Fn(usize, &mut Vec<u64>), least: usize) -> Self {
        let mut all = Vec::new();
        let mut ends = Vec::with_capacity(pages);
        for page in 0..pages {
            list(page, &mut all);
            ends.push(all.len());
        }
        let twice = Twice::of(all.iter().copied(), all.len());
        let mut several: Vec<(u64, u32)> = Vec::new();
        let (mut at, mut page) = (0, 0);
        all.retain(|key| {
            while at == ends[page] {
                page += 1;
            }
            at += 1;
            let once = !twice.may_have(*key);
            if !once {
                several.push((*key, page as u32));
            }
            once
        });
        // Stable: the pages of a key stay in order.
        several.sort_by_key(|(key, _)| *key);
        several.dedup();
        let groups = || several.chunk_by(|a, b| a.0 == b.0);
        all.extend(groups().map(|group| group[0].0));
        all.shrink_to_fit();
        let frequent = groups().filter(|group| group.len() >= least.max(2));
        Standing {
            all,
            frequent: frequent.clone().map(|group| group[0].0).collect(),
            places: frequent.flatten().copied().collect(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Whether a key is frequent.
    pub(super) fn has(&self, key: u64) -> bool {
        self.frequent.contains(&key)
    }

    /// The frequent keys, and the pages of each.
    pub(super) fn frequent(&self) -> impl Iterator<Item = (u64, impl Iterator<Item = usize>)> {
        let groups = self.places.chunk_by(|a, b| a.0 == b.0);
        groups.map(|group| (group[0].0, group.iter().map(|(_, page)| *page as usize)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mix::drawn;
    use std::collections::{BTreeMap, BTreeSet};

    #[test]
    fn frequent_keys_and_their_pages_are_those_that_counting_gives() {
        for seed in 0..200 {
            let draw = |n: u64, below: u64| drawn(seed << 20 | n) % below;
            let kinds = 1 + draw(0, 400);
            let pages: Vec<Vec<u64>> = (0..draw(1, 12))
                .map(|page| {
                    let keys = 0..draw(2 + page, 60);
                    keys.map(|at| drawn(draw(1000 + 100 * page + at, kinds)))
                        .collect()
                })
                .collect();
            let mut counted: BTreeMap<u64, BTreeSet<usize>> = BTreeMap::new();
            for (page, keys) in pages.iter().enumerate() {
                for key in keys {
                    counted.entry(*key).or_default().insert(page);
                }
            }
            for least in 0..5 {
                let list = |page: usize, all: &mut Vec<u64>| all.extend(&pages[page]);
                let standing = Standing::of(pages.len(), list, least);
                let mut all = standing.all.clone();
                all.sort_unstable();
                assert!(all.iter().eq(counted.keys()));
                let frequent: BTreeMap<u64, Vec<usize>> = standing
                    .frequent()
                    .map(|(key, pages)| (key, pages.collect()))
                    .collect();
                let expected: BTreeMap<u64, Vec<usize>> = counted
                    .iter()
                    .filter(|(_, pages)| pages.len() >= least.max(2))
                    .map(|(key, pages)| (*key, pages.iter().copied().collect()))
                    .collect();
                assert_eq!(frequent, expected);
                assert_eq!(standing.is_empty(), expected.is_empty());
                for key in counted.keys() {
                    assert_eq!(standing.has(*key), expected.contains_key(key));
                }
            }
        }
    }
}
