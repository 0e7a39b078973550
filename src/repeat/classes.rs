//! Which blocks of a pile of pages say the same.

use super::block_sketch::{BlockSketch, BlockSketches, LeastShingles};
use super::{RepeatRule, resemblance_of_hashes};
use crate::places::{Places, Twice};
use std::borrow::Cow;
use std::collections::HashMap;

/// Least shingles of a block by which near-equal ones are looked for. Two blocks
/// of resemblance 0.9 share none of them once in a thousand, of 0.5 once in eight.
const MINIMA: usize = 3;

/// Most earlier blocks of a kind that one is compared with.
pub(super) const MOST_EARLIER: usize = 64;

/// Bytes of an entry: its key, its block and its place, and that with the least shingles of it.
const ENTRY: usize = 12 + 36;

/// Equal blocks over all pages.
pub(super) struct Classes {
    /// The class of each block, over all pages in order; [`NONE`] where no other page has it.
    of: Vec<u32>,
    /// The first block of each page, and the number of all.
    first: Vec<usize>,
}

/// No class.
const NONE: u32 = u32::MAX;

impl Classes {
    /// The classes of the blocks of a page.
    pub(super) fn of_page(&self, page: usize) -> &[u32] {
        &self.of[self.first[page]..self.first[page + 1]]
    }

    /// The class of a block of a page.
    pub(super) fn of(&self, page: usize, block: usize) -> Option<u32> {
        self.of_page(page)
            .get(block)
            .copied()
            .filter(|class| *class != NONE)
    }

    /// Whether another page has a block of this one.
    pub(super) fn has_shared(&self, page: usize) -> bool {
        self.of_page(page).iter().any(|class| *class != NONE)
    }

    /// Tells the classes; `words` gives those of a block where it is compared.
    ///
    /// O(n log n) in the number of blocks; 4 bytes for each, 4 more for a while, and `table` bytes.
    pub(super) fn told<'w, P: BlockSketches + ?Sized>(
        pages: &P,
        words: impl Fn(usize, usize) -> Result<Cow<'w, [u64]>, P::Error> + Sync,
        rule: &RepeatRule,
        table: usize,
    ) -> Result<Classes, P::Error> {
        let mut first = vec![0; pages.count() + 1];
        pages.each(&mut |page, blocks| first[page + 1] = blocks.len())?;
        for page in 0..pages.count() {
            first[page + 1] += first[page];
        }
        let count = first[pages.count()];
        let each = |take: &mut dyn FnMut(u32, &BlockSketch)| {
            pages.each(&mut |page, blocks| {
                for (at, block) in blocks.iter().enumerate() {
                    take((first[page] + at) as u32, block);
                }
            })
        };
        let page_of = |block: u32| first.partition_point(|first| *first <= block as usize) - 1;
        let words = |block: u32| {
            let page = page_of(block);
            words(page, block as usize - first[page])
        };
        let (mut class, leaders) = equal(&each, count, rule)?;
        let joined = near_equal(&each, &leaders, words, rule.near_resemblance, table)?;
        drop(leaders);
        for class in class.iter_mut().filter(|class| **class != NONE) {
            *class = joined.get(class).copied().unwrap_or(*class);
        }
        // Most blocks stand on one page only; they need no place in any table.
        let mut shared = Bits::of(count);
        for page in 0..pages.count() {
            let own = first[page]..first[page + 1];
            let leaders = class[own.clone()].iter().filter(|class| **class != NONE);
            let leaders = leaders.map(|class| *class as usize);
            leaders
                .filter(|leader| !own.contains(leader))
                .for_each(|leader| shared.set(leader));
        }
        for class in &mut class {
            if *class != NONE && !shared.has(*class as usize) {
                *class = NONE;
            }
        }
        Ok(Classes { of: class, first })
    }
}

/// A bit for each block.
struct Bits(Vec<u64>);

impl Bits {
    fn of(count: usize) -> Self {
        Bits(vec![0; count.div_ceil(64)])
    }

    fn set(&mut self, at: usize) {
        self.0[at / 64] |= 1 << (at % 64);
    }

    fn clear(&mut self, at: usize) {
        self.0[at / 64] &= !(1 << (at % 64));
    }

    fn has(&self, at: usize) -> bool {
        self.0[at / 64] >> (at % 64) & 1 == 1
    }

    fn count(&self) -> usize {
        self.0.iter().map(|bits| bits.count_ones() as usize).sum()
    }
}

/// The first block of those with equal words for each block, and which of these firsts are long
/// enough to be near-equal to others.
fn equal<E>(
    each: &impl Fn(&mut dyn FnMut(u32, &BlockSketch)) -> Result<(), E>,
    count: usize,
    rule: &RepeatRule,
) -> Result<(Vec<u32>, Bits), E> {
    let mut class = vec![NONE; count];
    let mut leaders = Bits::of(count);
    let mut twice = Twice::for_keys(count);
    each(&mut |block, sketch| {
        if let Some(key) = sketch.key {
            class[block as usize] = block;
            twice.add(key.get());
            if sketch.extent.words() >= rule.near_words {
                leaders.set(block as usize);
            }
        }
    })?;
    let mut keyed: Vec<(u64, u32)> = Vec::new();
    each(&mut |block, sketch| {
        let key = sketch.key.filter(|key| twice.may_have(key.get()));
        keyed.extend(key.map(|key| (key.get(), block)));
    })?;
    drop(twice);
    keyed.sort_unstable();
    for group in keyed.chunk_by(|a, b| a.0 == b.0) {
        for (_, block) in &group[1..] {
            class[*block as usize] = group[0].1;
            leaders.clear(*block as usize);
        }
    }
    Ok((class, leaders))
}

/// Each block of `leaders` that is near-equal to an earlier one which is itself near-equal to
/// none, with the most similar of these.
fn near_equal<'w, E>(
    each: &impl Fn(&mut dyn FnMut(u32, &BlockSketch)) -> Result<(), E>,
    leaders: &Bits,
    words: impl Fn(u32) -> Result<Cow<'w, [u64]>, E>,
    resemblance_from: f64,
    table: usize,
) -> Result<HashMap<u32, u32, Places>, E> {
    let most = (table / ENTRY).max(1);
    let entries = leaders.count() * MINIMA;
    let passes = entries.div_ceil(most).max(1);
    // They do not grow: while a list does, both the old and the new one are there.
    let room = entries / passes + entries / passes / 8;
    let passes = passes as u64;
    let places = Places::default();
    let mut pairs: Vec<(u32, u32)> = Vec::new();
    for pass in 0..passes {
        // Least shingles are small numbers: a range of them would hold nearly all.
        let part = |key: u32| ((places.of(key.into()) >> 32) * passes) >> 32;
        let mut lists: Vec<(u32, LeastShingles)> = Vec::with_capacity(room.min(leaders.count()));
        let mut table: Vec<(u32, u32, u32)> = Vec::with_capacity(room);
        each(&mut |block, sketch| {
            if !leaders.has(block as usize) {
                return;
            }
            let looked_up = sketch.least.0.iter().take(MINIMA);
            let keys = looked_up.take_while(|least| **least < u32::MAX);
            let before = table.len();
            table.extend(
                keys.filter(|key| part(**key) == pass)
                    .map(|key| (*key, block, lists.len() as u32)),
            );
            if table.len() > before {
                lists.push((block, sketch.least));
            }
        })?;
        // Pages may come in any order.
        table.sort_unstable();
        // Two shingles of a block may have the same upper bits.
        table.dedup();
        for group in table.chunk_by(|a, b| a.0 == b.0) {
            for (at, (_, block, list)) in group.iter().enumerate() {
                let least = &lists[*list as usize].1;
                let earlier = group[..at.min(MOST_EARLIER)].iter();
                let earlier = earlier.map(|(_, _, list)| &lists[*list as usize]);
                let earlier =
                    earlier.filter(|(_, other)| least.may_resemble(other, resemblance_from));
                pairs.extend(earlier.map(|(earlier, _)| (*block, *earlier)));
            }
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    let mut joined: HashMap<u32, u32, Places> = HashMap::default();
    for near in pairs.chunk_by(|a, b| a.0 == b.0) {
        let block = near[0].0;
        let own = words(block)?;
        let mut best: Option<(f64, u32)> = None;
        let earlier = near.iter().map(|(_, earlier)| *earlier);
        for earlier in earlier.filter(|earlier| !joined.contains_key(earlier)) {
            let resemblance = resemblance_of_hashes(&own, &words(earlier)?);
            if resemblance >= resemblance_from && best.is_none_or(|(most, _)| resemblance > most) {
                best = Some((resemblance, earlier));
            }
        }
        joined.extend(best.map(|(_, earlier)| (block, earlier)));
    }
    Ok(joined)
}
