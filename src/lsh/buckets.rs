//! Pages that agree on a band.

use super::{Banding, Signatures};
use crate::error::Error;
use crate::parallel::{map, stretches, try_map};
use crate::places::Twice;
use crate::sketch::Signature;
use std::borrow::{Borrow, Cow};
use std::convert::Infallible;
use std::num::NonZeroU64;
use std::ops::Range;

/// Bands whose keys are made in one pass: 8 bytes a page each. Signatures lie far apart, or in a file.
const AT_ONCE: usize = 8;

/// Pages whose keys one thread makes in a row.
const STRETCH: usize = 4096;

/// Groups of at least two pages that share a key, over several tables of keys.
///
/// A table is one band, or any other list of keys that nominates pairs.
/// 8 bytes a page, and 4 for each bucket it shares with another.
#[derive(Debug, Clone)]
pub struct Buckets {
    /// The first bucket of each table.
    tables: Vec<u32>,
    banding: Banding,
    /// `groups[starts[page]..starts[page + 1]]` are the groups of a page.
    starts: Vec<usize>,
    groups: Vec<u32>,
    len: usize,
}

impl Buckets {
    /// The buckets of `signatures` under `banding`; a page without a signature
    /// is in none. O(n log n) for each band.
    ///
    /// # Errors
    ///
    /// Where the signatures were not made by one hasher, or have fewer rows than
    /// the banding needs, or the banding has no rows.
    pub fn new<S: Borrow<Signature> + Sync>(
        signatures: &[Option<S>],
        banding: Banding,
    ) -> Result<Self, Error> {
        let banding = Banding::new(banding.bands, banding.rows)?;
        let mut made = signatures.iter().flatten().map(Borrow::borrow);
        if let Some(first) = made.next() {
            if first.rows().len() < banding.signature_rows() {
                let value = first.rows().len();
                let right = "at least bands · rows";
                return Err(Error::setting("rows of the signatures", value, right));
            }
            made.try_for_each(|other| first.resemblance(other).map(|_| ()))?;
        }
        let Ok(buckets) = Self::of_tables(signatures, banding, Vec::new());
        Ok(buckets)
    }

    /// The buckets of `signatures` of one hasher, with as many rows as `banding` needs, and of one more
    /// table of keys and pages.
    pub(crate) fn of_tables<S: Signatures + ?Sized>(
        signatures: &S,
        banding: Banding,
        more: Vec<(u64, u32)>,
    ) -> Result<Self, S::Error> {
        let pages = signatures.count();
        let mut tables = Vec::with_capacity(banding.bands + 1);
        for bands in stretches(banding.bands, AT_ONCE) {
            let keys = keys(signatures, banding, bands.clone())?;
            let places: Vec<usize> = (0..bands.len()).collect();
            tables.extend(map(&places, |&band| {
                let of_band = || keys.iter().flat_map(move |stretch| &stretch[band]);
                let with_pages = || of_band().zip(0..);
                grouped(
                    || with_pages().filter_map(|(key, page)| Some(((*key)?.get(), page))),
                    pages,
                )
            }));
        }
        tables.push(grouped(|| more.iter().copied(), more.len()));
        let mut firsts = Vec::with_capacity(tables.len());
        let mut len = 0;
        for table in &tables {
            firsts.push(len);
            len += table.last().map_or(0, |(_, group)| group + 1);
        }
        // Where the groups of each page begin, two places further on while they are counted, and one
        // while they are put there.
        let mut starts = vec![0; pages + 2];
        for (page, _) in tables.iter().flatten() {
            starts[*page as usize + 2] += 1;
        }
        for page in 0..pages {
            starts[page + 2] += starts[page + 1];
        }
        let mut groups = vec![0; starts[pages + 1]];
        for (table, first) in tables.into_iter().zip(&firsts) {
            for (page, group) in table {
                let next = &mut starts[page as usize + 1];
                groups[*next] = first + group;
                *next += 1;
            }
        }
        starts.truncate(pages + 1);
        Ok(Buckets {
            tables: firsts,
            banding,
            starts,
            groups,
            len: len as usize,
        })
    }

    /// Number of buckets with at least two pages.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether no two pages share a bucket.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The buckets of a page.
    ///
    /// # Panics
    ///
    /// Where `page` is not one of the pages this was made from.
    pub fn of(&self, page: usize) -> &[u32] {
        &self.groups[self.starts[page]..self.starts[page + 1]]
    }

    /// What splits `bucket` where it is too large: further rows of a page in it.
    pub(crate) fn further_rows<'s>(
        &self,
        bucket: u32,
        signature: Cow<'s, Signature>,
    ) -> impl Iterator<Item = u32> + use<'s> {
        let band = self.tables.partition_point(|first| *first <= bucket) - 1;
        self.banding.further_rows(signature, band)
    }

    /// Every pair of pages that shares a bucket, once, the lesser index first,
    /// in ascending order.
    ///
    /// Quadratic in the largest bucket; [`cluster`](crate::cluster) walks the
    /// buckets without it.
    pub fn candidate_pairs(&self) -> Vec<(usize, usize)> {
        let mut pairs = Vec::new();
        let Ok(()) = self.for_each_bucket(|group| {
            for (at, &left) in group.iter().enumerate() {
                let others = group[at + 1..].iter();
                pairs.extend(others.map(|&right| (left as usize, right as usize)));
            }
            Ok::<(), Infallible>(())
        });
        pairs.sort_unstable();
        pairs.dedup();
        pairs
    }

    /// Hands the pages of each bucket, in ascending order, to `take`. 8 bytes a bucket and 4 for each
    /// page in it, while it runs.
    pub(crate) fn for_each_bucket<E>(
        &self,
        mut take: impl FnMut(&[u32]) -> Result<(), E>,
    ) -> Result<(), E> {
        // Where the pages of each bucket end, once they are counted; then where the next one goes.
        let mut next = vec![0usize; self.len + 1];
        for group in &self.groups {
            next[*group as usize + 1] += 1;
        }
        for bucket in 0..self.len {
            next[bucket + 1] += next[bucket];
        }
        let mut members = vec![0u32; self.groups.len()];
        for page in 0..self.starts.len().saturating_sub(1) {
            for &group in self.of(page) {
                members[next[group as usize]] = page as u32;
                next[group as usize] += 1;
            }
        }
        let mut start = 0;
        for end in &next[..self.len] {
            take(&members[start..*end])?;
            start = *end;
        }
        Ok(())
    }
}

/// The keys of a stretch of pages, by bands.
type BandKeys = Vec<Vec<Option<NonZeroU64>>>;

/// The keys of some bands, by stretches of pages, bands and pages; `None` of pages without a signature. One
/// pass over the signatures.
fn keys<S: Signatures + ?Sized>(
    signatures: &S,
    banding: Banding,
    bands: Range<usize>,
) -> Result<Vec<BandKeys>, S::Error> {
    try_map(&stretches(signatures.count(), STRETCH), |stretch| {
        let mut keys = vec![vec![None; stretch.len()]; bands.len()];
        signatures.each(stretch.clone(), &mut |page, signature| {
            for (keys, band) in keys.iter_mut().zip(bands.clone()) {
                let key = banding.key(signature, band);
                // One key in 2⁶⁴ is taken for another one.
                keys[page - stretch.start] = NonZeroU64::new(key).or(Some(NonZeroU64::MIN));
            }
        })?;
        Ok(keys)
    })
}

/// The pages of a table that share a key with another, each with the number of its group;
/// groups are numbered by their keys.
///
/// Most keys are of one page only and need not be sorted: keys and buckets of 100,000 pages of news
/// take 0.07 s instead of 0.12.
fn grouped<I: Iterator<Item = (u64, u32)>>(table: impl Fn() -> I, count: usize) -> Vec<(u32, u32)> {
    let twice = Twice::of(table().map(|(key, _)| key), count);
    let may_share = table().filter(|(key, _)| twice.may_have(*key));
    let mut may_share: Vec<(u64, u32)> = may_share.collect();
    may_share.sort_unstable();
    let shared = may_share
        .chunk_by(|a, b| a.0 == b.0)
        .filter(|g| g.len() > 1);
    let numbered = shared.zip(0..).flat_map(|(group, number)| {
        let pages = group.iter();
        pages.map(move |(_, page)| (*page, number))
    });
    numbered.collect()
}
