//! Fingerprints that differ in few bits.

use crate::error::Error;
use crate::places::Places;
use crate::sketch::Fingerprint;

/// Finds every fingerprint within a distance, complete and exact.
///
/// The 64 bits are cut into *m* blocks. Two fingerprints that differ in at most
/// *d* bits differ in at most *d* blocks, so they agree on all the bits of at
/// least one choice of *m − d* blocks. There is a table for each choice, grouped
/// by the bits of its blocks; a lookup reads one group of each table and counts
/// the differing bits of what stands there (Manku, Jain and Das Sarma, *Detecting
/// near-duplicates for web crawling*, WWW 2007, section 3; they sort a table where
/// this hashes).
///
/// More blocks make smaller groups and more tables. The number of blocks, and with
/// it of tables, at most [`MOST_TABLES`](Self::MOST_TABLES), is the one with the
/// least expected work a lookup for as many evenly spread fingerprints; one table
/// that is read whole is among the choices, and is what few fingerprints or a
/// large distance get. Distance 3 gets four tables up to some twelve million
/// fingerprints, then ten.
///
/// *n* fingerprints, of which *u* are different, take 8 bytes for each of *u* in
/// each of *t* tables, at most 2 more for its directory, and 4 for each of *u* and
/// of *n*: for a million 41 bytes a fingerprint at distance 3, 239 at 6. Building is
/// O(n log n + t·u). Equal fingerprints are looked at once.
///
/// ```
/// use twicetold::lsh::HammingIndex;
/// use twicetold::sketch::Fingerprint;
///
/// let pages = [Some(0b0000), None, Some(0b0111), Some(0b1111)];
/// let pages = pages.map(|bits| bits.map(Fingerprint::from_bits));
/// let index = HammingIndex::new(&pages, 3)?;
/// assert_eq!(index.within(Fingerprint::from_bits(0b0000)), [0, 2]);
/// assert_eq!(index.pairs(), [(0, 2), (2, 3)]);
/// # Ok::<(), twicetold::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct HammingIndex {
    distance: u32,
    tables: Vec<Table>,
    /// `pages[starts[at]..starts[at + 1]]` have the fingerprint at `at` in the first table.
    starts: Vec<u32>,
    pages: Vec<u32>,
}

impl HammingIndex {
    /// Most tables an index is given.
    pub const MOST_TABLES: usize = 35;

    /// An index of `fingerprints` for lookups within `distance` bits; a page
    /// without a fingerprint is near none.
    ///
    /// # Errors
    ///
    /// Where `distance` is over 64, or there are 2³² or more fingerprints.
    pub fn new(fingerprints: &[Option<Fingerprint>], distance: u32) -> Result<Self, Error> {
        if distance > u64::BITS {
            return Err(Error::setting("distance", distance, "from 0 to 64"));
        }
        if u32::try_from(fingerprints.len()).is_err() {
            let right = "under 4294967296 for one index";
            let value = fingerprints.len();
            return Err(Error::setting("number of fingerprints", value, right));
        }
        let mut members: Vec<(u64, u32)> = (0..)
            .zip(fingerprints)
            .filter_map(|(page, fingerprint)| Some(((*fingerprint)?.bits(), page)))
            .collect();
        members.sort_unstable();
        let different = members.chunk_by(|a, b| a.0 == b.0).count();
        let masks = choose(different, distance);

        // The order of the first table is the order of everything.
        let factor = Places::default().factor();
        let slots = Slots::new(masks[0], different, factor);
        members.sort_by_key(|(bits, _)| slots.of(*bits));
        let mut starts = Vec::with_capacity(different + 1);
        starts.push(0);
        let mut bits = Vec::with_capacity(different);
        for group in members.chunk_by(|a, b| a.0 == b.0) {
            bits.push(group[0].0);
            starts.push(starts[bits.len() - 1] + group.len() as u32);
        }
        Ok(HammingIndex {
            distance,
            tables: masks
                .iter()
                .map(|mask| Table::new(Slots::new(*mask, bits.len(), factor), &bits))
                .collect(),
            starts,
            pages: members.into_iter().map(|(_, page)| page).collect(),
        })
    }

    /// The pages whose fingerprint is within the distance of this one, in
    /// ascending order. A page of the index finds itself too.
    ///
    /// Linear in what the tables hold for its blocks: with a million spread
    /// fingerprints and distance 3 about 61. Fingerprints that crowd, equal in
    /// many blocks but not within the distance, make it longer, up to *t·u*.
    pub fn within(&self, fingerprint: Fingerprint) -> Vec<usize> {
        let bits = fingerprint.bits();
        let mut pages = Vec::new();
        for (at, table) in self.tables.iter().enumerate() {
            for &other in table.group(bits) {
                if self.meets(bits, other, at) {
                    pages.extend(self.pages_of(other).iter().map(|&page| page as usize));
                }
            }
        }
        pages.sort_unstable();
        pages
    }

    /// Every pair of pages within the distance, once, the lesser index first, in
    /// ascending order.
    ///
    /// Quadratic in the largest group of a table, and of course in the number of
    /// pages with one fingerprint: they are all pairs.
    pub fn pairs(&self) -> Vec<(usize, usize)> {
        let mut pairs = Vec::new();
        let mut push = |left: u32, right: u32| {
            pairs.push((left.min(right) as usize, left.max(right) as usize));
        };
        for equal in self.starts.windows(2) {
            let equal = &self.pages[equal[0] as usize..equal[1] as usize];
            for (at, &left) in equal.iter().enumerate() {
                equal[at + 1..].iter().for_each(|&right| push(left, right));
            }
        }
        for (at, table) in self.tables.iter().enumerate() {
            for group in table.groups() {
                for (place, &left) in group.iter().enumerate() {
                    for &right in &group[place + 1..] {
                        if !self.meets(left, right, at) {
                            continue;
                        }
                        for &left in self.pages_of(left) {
                            let rights = self.pages_of(right).iter();
                            rights.for_each(|&right| push(left, right));
                        }
                    }
                }
            }
        }
        pairs.sort_unstable();
        pairs
    }

    /// Whether the two are within the distance, and the table at `at` is the first
    /// in which they agree: so each meets each once.
    fn meets(&self, left: u64, right: u64, at: usize) -> bool {
        let differ = left ^ right;
        let agree = |table: &Table| differ & table.slots.mask == 0;
        differ.count_ones() <= self.distance && self.tables.iter().position(agree) == Some(at)
    }

    /// The pages with this fingerprint, in ascending order.
    fn pages_of(&self, bits: u64) -> &[u32] {
        match self.tables[0].place(bits) {
            Some(at) => &self.pages[self.starts[at] as usize..self.starts[at + 1] as usize],
            None => &[],
        }
    }
}

/// Different fingerprints, grouped by their bits under a mask.
#[derive(Debug, Clone)]
struct Table {
    slots: Slots,
    /// `bits[starts[slot]..starts[slot + 1]]` belong to a slot, in the order given.
    starts: Vec<u32>,
    bits: Vec<u64>,
}

impl Table {
    fn new(slots: Slots, different: &[u64]) -> Self {
        // Counting sort.
        let mut starts = vec![0u32; slots.count() + 1];
        for bits in different {
            starts[slots.of(*bits) + 1] += 1;
        }
        for slot in 0..slots.count() {
            starts[slot + 1] += starts[slot];
        }
        let mut next = starts.clone();
        let mut sorted = vec![0; different.len()];
        for &bits in different {
            let place = &mut next[slots.of(bits)];
            sorted[*place as usize] = bits;
            *place += 1;
        }
        Table {
            slots,
            starts,
            bits: sorted,
        }
    }

    /// All fingerprints that agree with `bits` under the mask, and perhaps others.
    fn group(&self, bits: u64) -> &[u64] {
        let slot = self.slots.of(bits);
        &self.bits[self.starts[slot] as usize..self.starts[slot + 1] as usize]
    }

    fn groups(&self) -> impl Iterator<Item = &[u64]> {
        let bounds = self.starts.windows(2);
        bounds.map(|bound| &self.bits[bound[0] as usize..bound[1] as usize])
    }

    /// Where `bits` stands, in a table whose groups ascend.
    fn place(&self, bits: u64) -> Option<usize> {
        let before = self.starts[self.slots.of(bits)] as usize;
        let at = self.group(bits).binary_search(&bits).ok()?;
        Some(before + at)
    }
}

/// The directory of a table: a power of two of slots, by the bits under the mask.
#[derive(Debug, Clone, Copy)]
struct Slots {
    mask: u64,
    log: u32,
    factor: u64,
}

impl Slots {
    /// A slot for every two to four fingerprints; no more than the mask can tell apart.
    fn new(mask: u64, len: usize, factor: u64) -> Self {
        let log = (len / 2).checked_ilog2().unwrap_or(0);
        Slots {
            mask,
            log: log.min(mask.count_ones()),
            factor,
        }
    }

    fn count(self) -> usize {
        1 << self.log
    }

    /// Multiply-shift hashing (Dietzfelbinger, Hagerup, Katajainen and Penttonen, *A reliable randomized
    /// algorithm for the closest-pair problem*, 1997) of the masked bits, moved together to the upper end:
    /// there the product with an odd factor is a bijection of them, so that no two share a slot where there is
    /// one for each. The factor is of this run, and whatever the bits, two share one of *n* slots with a
    /// probability of at most 2/*n*.
    fn of(self, bits: u64) -> usize {
        if self.log == 0 {
            return 0;
        }
        let (mut key, mut filled, mut mask) = (0, 0, self.mask);
        while mask != 0 {
            let start = mask.trailing_zeros();
            let run = (mask >> start).trailing_ones();
            let ones = u64::MAX >> (u64::BITS - run);
            key |= (bits >> start & ones) << filled;
            filled += run;
            mask &= !(ones << start);
        }
        let upper = key << (u64::BITS - filled);
        (upper.wrapping_mul(self.factor) >> (u64::BITS - self.log)) as usize
    }
}

/// The masks of the tables with the least expected work for a lookup.
fn choose(len: usize, distance: u32) -> Vec<u64> {
    /// Reaching a group of a table costs as much as looking at so many
    /// fingerprints in it: measured on tables of a million and more, where both
    /// wait for memory. Small tables are reached sooner and cost little either way.
    const REACH: f64 = 128.0;
    let work = |masks: &Vec<u64>| {
        let group = |mask: &u64| len as f64 / 2f64.powi(mask.count_ones() as i32);
        masks.iter().map(|mask| REACH + group(mask)).sum::<f64>()
    };
    // As many blocks as may differ leave none to agree on: one table of all.
    let choices = (distance..=u64::BITS).map_while(|blocks| masks(blocks, distance));
    choices
        .min_by(|a, b| work(a).total_cmp(&work(b)))
        .unwrap_or_else(|| vec![0])
}

/// The bits of every choice of `blocks − distance` of `blocks` blocks; `None` where
/// they are more than [`HammingIndex::MOST_TABLES`].
fn masks(blocks: u32, distance: u32) -> Option<Vec<u64>> {
    let mut choices = vec![(0u64, 0)];
    for block in 0..blocks {
        let (start, end) = (64 * block / blocks, 64 * (block + 1) / blocks);
        let bits = u64::MAX >> (64 - (end - start)) << start;
        let mut longer = Vec::new();
        for (mask, left_out) in choices {
            if block - left_out < blocks - distance {
                longer.push((mask | bits, left_out));
            }
            if left_out < distance {
                longer.push((mask, left_out + 1));
            }
        }
        // Each can be completed, so there are no fewer at the end.
        if longer.len() > HammingIndex::MOST_TABLES {
            return None;
        }
        choices = longer;
    }
    Some(choices.into_iter().map(|(mask, _)| mask).collect())
}
