//! Which keys stand on several pages of a source.

use crate::places::{Places, Twice};
use std::collections::HashMap;

/// What stands on the pages of a source: keys of blocks, or shingles.
///
/// Most come up once. They are told by [`Twice`], and only the others are looked up; nothing is sorted.
#[derive(Debug, Clone, Default)]
pub(super) struct Standing {
    /// Every key, once, in no order.
    pub(super) all: Vec<u64>,
    /// The frequent ones, and their numbers.
    frequent: HashMap<u64, u32, Places>,
    /// How many pages have each of those that may come up twice, by its number.
    pages: Vec<u32>,
    /// The numbers on each page, once, page after page, and where each page ends.
    numbers: Vec<u32>,
    ends: Vec<usize>,
}

impl Standing {
    /// Of `pages` pages, the keys of each listed by `list`; frequent are those that at least `least` pages
    /// have, and at least two.
    pub(super) fn of(pages: usize, list: impl Fn(usize, &mut Vec<u64>), least: usize) -> Self {
        let mut all = Vec::new();
        let mut ends = Vec::with_capacity(pages);
        for page in 0..pages {
            list(page, &mut all);
            ends.push(all.len());
        }
        let twice = Twice::of(all.iter().copied(), all.len());
        let mut several = Standing::default();
        // The last page on which each number was met.
        let mut last: Vec<usize> = Vec::new();
        let mut start = 0;
        for (page, end) in ends.into_iter().enumerate() {
            for key in &all[start..end] {
                if !twice.may_have(*key) {
                    continue;
                }
                let next = last.len() as u32;
                let number = *several.frequent.entry(*key).or_insert(next);
                if number == next {
                    last.push(usize::MAX);
                    several.pages.push(0);
                }
                if std::mem::replace(&mut last[number as usize], page) != page {
                    several.pages[number as usize] += 1;
                    several.numbers.push(number);
                }
            }
            several.ends.push(several.numbers.len());
            start = end;
        }
        all.retain(|key| !twice.may_have(*key));
        all.extend(several.frequent.keys());
        all.shrink_to_fit();
        let enough = |number: &u32| several.pages[*number as usize] as usize >= least.max(2);
        several.frequent.retain(|_, number| enough(number));
        Standing { all, ..several }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.frequent.is_empty()
    }

    /// Whether a key is frequent.
    pub(super) fn has(&self, key: u64) -> bool {
        self.frequent.contains_key(&key)
    }

    /// In how many clusters, and on how many pages, each frequent key stands. `pages` are all pages with the
    /// cluster of each before it, those of a cluster one after the other.
    pub(super) fn stands(&self, pages: &[(usize, usize)]) -> HashMap<u64, Stands, Places> {
        // The last cluster in which each number was met, and how many there were.
        let mut met = vec![(None, 0); self.pages.len()];
        for &(cluster, page) in pages {
            let start = page.checked_sub(1).map_or(0, |before| self.ends[before]);
            for number in &self.numbers[start..self.ends[page]] {
                let (last, clusters) = &mut met[*number as usize];
                *clusters += usize::from(last.replace(cluster) != Some(cluster));
            }
        }
        let stands = |number: usize| Stands {
            clusters: met[number].1,
            pages: self.pages[number] as usize,
        };
        let frequent = self.frequent.iter();
        frequent
            .map(|(key, number)| (*key, stands(*number as usize)))
            .collect()
    }
}

/// Where a key stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stands {
    pub(super) clusters: usize,
    pub(super) pages: usize,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mix::drawn;
    use std::collections::{BTreeMap, BTreeSet};

    #[test]
    fn what_is_frequent_is_what_counting_gives() {
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
            let mut clusters: Vec<(usize, usize)> = (0..pages.len())
                .map(|page| (draw(500 + page as u64, 5) as usize, page))
                .collect();
            clusters.sort_unstable();
            let mut counted: BTreeMap<u64, [BTreeSet<usize>; 2]> = BTreeMap::new();
            for &(cluster, page) in &clusters {
                for key in &pages[page] {
                    let [of_clusters, of_pages] = counted.entry(*key).or_default();
                    of_clusters.insert(cluster);
                    of_pages.insert(page);
                }
            }
            for least in 0..5 {
                let list = |page: usize, all: &mut Vec<u64>| all.extend(&pages[page]);
                let standing = Standing::of(pages.len(), list, least);
                let mut all = standing.all.clone();
                all.sort_unstable();
                assert!(all.iter().eq(counted.keys()));
                let expected: BTreeMap<u64, Stands> = counted
                    .iter()
                    .filter(|(_, [_, pages])| pages.len() >= least.max(2))
                    .map(|(key, [clusters, pages])| {
                        let (clusters, pages) = (clusters.len(), pages.len());
                        (*key, Stands { clusters, pages })
                    })
                    .collect();
                let stands: BTreeMap<u64, Stands> =
                    standing.stands(&clusters).into_iter().collect();
                assert_eq!(stands, expected);
                assert_eq!(standing.is_empty(), expected.is_empty());
                for key in counted.keys() {
                    assert_eq!(standing.has(*key), expected.contains_key(key));
                }
            }
        }
    }
}
