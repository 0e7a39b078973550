//! Which pages a bucket lists, in parts where they are too many.

use crate::mix::{STEP, mix};
use crate::places::Places;
use std::collections::HashMap;
use std::ops::AddAssign;

/// Further rows that a full bucket is split by at most: at a resemblance of 0.7 a
/// pair stays together through eight of them with probability 0.06, at 0.9 with 0.43.
pub const MOST_SPLITS: usize = 8;

/// No entry.
const NONE: u32 = u32::MAX;

/// The pages that buckets list, to be compared with those that come later.
///
/// A bucket takes in a given number of pages. When it is full it is split: its
/// pages and those that come go into the part that shares a *further row* of their
/// signatures, and so on down to [`MOST_SPLITS`] rows. A later page meets the part
/// it belongs to. So however many pages share a bucket, none is compared with more
/// than `most` of them.
///
/// Where a page is taken out, a split stays, and one that found no place stays without.
///
/// 24 bytes a bucket or part (in a hash table) and 8 for each page in it.
#[derive(Debug, Clone)]
pub(crate) struct Listings {
    most: usize,
    chains: HashMap<u64, Chain, Places>,
    /// A page, and the entry before it in its chain; freed ones are chained too.
    entries: Vec<(u32, u32)>,
    free: u32,
}

/// One bucket, or a part of it.
#[derive(Debug, Clone, Copy)]
struct Chain {
    /// Its last entry.
    last: u32,
    /// Pages in it and in the parts it was split into, with those that found no place.
    len: u32,
    split: bool,
}

impl Default for Chain {
    fn default() -> Self {
        Chain {
            last: NONE,
            len: 0,
            split: false,
        }
    }
}

/// Comparisons that were not made in a bucket of too many pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct LeftOut {
    /// Because the bucket was split by further rows, and the two differ in one. A
    /// pair of resemblance *s* stays together with probability *s* for each row.
    pub by_split: u64,
    /// Because the two agree in eight further rows, and even there the cap was reached.
    pub by_cap: u64,
    /// Because one page is counted against at most 48 keepers, and others seem nearer by their signatures.
    #[cfg_attr(feature = "serde", serde(default))]
    pub by_page: u64,
    /// Look-ups of a page in a keeper that were not made, because one page is looked for in at most 64 keepers. The
    /// look-ups find digests: keepers that hold pages unlike each other.
    #[cfg_attr(feature = "serde", serde(default))]
    pub by_holders: u64,
}

impl AddAssign for LeftOut {
    fn add_assign(&mut self, other: Self) {
        self.by_split += other.by_split;
        self.by_cap += other.by_cap;
        self.by_page += other.by_page;
        self.by_holders += other.by_holders;
    }
}

impl Listings {
    /// At most `most` pages in a bucket, and in each part of it; 0 is taken as 1.
    pub(crate) fn new(most: usize) -> Self {
        Listings {
            most: most.max(1),
            chains: HashMap::default(),
            entries: Vec::new(),
            free: NONE,
        }
    }

    /// Hands every page of the part that these further rows lead to to `meet`, and
    /// counts those of the bucket it misses.
    pub(crate) fn meet(
        &self,
        bucket: u64,
        mut further: impl Iterator<Item = u32>,
        left_out: &mut LeftOut,
        mut meet: impl FnMut(usize),
    ) {
        let mut key = mix(bucket);
        let Some(mut chain) = self.chains.get(&key) else {
            return;
        };
        while chain.split {
            key = part(key, further.next());
            let Some(part) = self.chains.get(&key) else {
                left_out.by_split += u64::from(chain.len);
                return;
            };
            left_out.by_split += u64::from(chain.len - part.len);
            chain = part;
        }
        let mut met = 0;
        let mut at = chain.last;
        while at != NONE {
            let (page, before) = self.entries[at as usize];
            meet(page as usize);
            met += 1;
            at = before;
        }
        left_out.by_cap += u64::from(chain.len - met);
    }

    /// Lists `page`; `further` gives the further rows of any page in the bucket.
    pub(crate) fn list<F: Iterator<Item = u32>>(
        &mut self,
        bucket: u64,
        page: usize,
        further: impl Fn(usize) -> F,
    ) {
        let mut key = mix(bucket);
        let mut rows = further(page);
        for depth in 0.. {
            let chain = self.chains.entry(key).or_default();
            chain.len += 1;
            if !chain.split && chain.len as usize <= self.most {
                let entry = (page as u32, chain.last);
                self.chains.get_mut(&key).expect("just made").last = self.enter(entry);
                return;
            }
            if !chain.split && depth == MOST_SPLITS {
                return;
            }
            if !std::mem::replace(&mut chain.split, true) {
                let mut at = std::mem::replace(&mut chain.last, NONE);
                while at != NONE {
                    let (known, before) = self.entries[at as usize];
                    let key = part(key, further(known as usize).nth(depth));
                    let chain = self.chains.entry(key).or_default();
                    chain.len += 1;
                    self.entries[at as usize].1 = std::mem::replace(&mut chain.last, at);
                    at = before;
                }
            }
            key = part(key, rows.next());
        }
    }

    /// Takes `page`, which is listed in this bucket or found no place, out of it.
    pub(crate) fn unlist(
        &mut self,
        bucket: u64,
        page: usize,
        mut further: impl Iterator<Item = u32>,
    ) {
        let mut key = mix(bucket);
        while let Some(chain) = self.chains.get_mut(&key) {
            chain.len -= 1;
            let (split, last) = (chain.split, chain.last);
            if chain.len == 0 {
                self.chains.remove(&key);
            }
            if !split {
                self.leave(key, last, page);
                return;
            }
            key = part(key, further.next());
        }
    }

    /// Takes the entry of `page` out of the chain that ends in `last`.
    fn leave(&mut self, key: u64, last: u32, page: usize) {
        let (mut after, mut at) = (NONE, last);
        while at != NONE && self.entries[at as usize].0 as usize != page {
            (after, at) = (at, self.entries[at as usize].1);
        }
        if at == NONE {
            return; // it stood over the cap
        }
        let before = std::mem::replace(&mut self.entries[at as usize].1, self.free);
        self.free = at;
        match self.chains.get_mut(&key) {
            _ if after != NONE => self.entries[after as usize].1 = before,
            Some(chain) => chain.last = before,
            None => {} // it was the last one
        }
    }

    fn enter(&mut self, entry: (u32, u32)) -> u32 {
        if self.free == NONE {
            self.entries.push(entry);
            return self.entries.len() as u32 - 1;
        }
        let at = self.free;
        self.free = self.entries[at as usize].1;
        self.entries[at as usize] = entry;
        at
    }
}

/// The key of the part of a bucket that has this further row. The step takes keys away
/// from 0 and its neighbours, where small rows would lead a part into itself.
fn part(key: u64, row: Option<u32>) -> u64 {
    mix(key ^ row.map_or(u64::MAX, u64::from)).wrapping_add(STEP)
}
