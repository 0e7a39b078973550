//! Stretches of words that a page says twice, joined over edits.

use crate::places::Seen;
use crate::shingle::{first_shingle, shingles, windows};
use std::cell::LazyCell;
use std::cmp::Reverse;

/// Words of an anchor. Of windows of four words 66 % survive when a tenth of the words
/// is edited, of five 59 %.
const ANCHOR: usize = 4;

/// One in four anchors is looked at, the same wherever its words stand. Of the 37
/// windows of a paragraph of 40 words with a tenth edited about six remain; none
/// remain once in 700.
const SAMPLE: u64 = 4;

/// Most earlier places of an anchor that are tried, the latest ones.
const MOST_PLACES: usize = 8;

/// Places looked at for those, others of the same unit among them: a paragraph may say the
/// same a hundred times itself.
const MOST_LOOKED_AT: usize = 64;

/// Most words between two stretches of one chain, on either side. By estimate, sampled anchors
/// that survive a tenth of edits hardly ever leave a longer gap.
pub(super) const GAP: usize = 64;

/// Width of the buckets of distances in which a stretch looks for the one before it:
/// a gap moves the distance by no more words than were deleted or inserted in it.
const DRIFT: usize = 32;

/// Stretches of a bucket that may come before one, the latest ones.
const MOST_BEFORE: usize = 4;

/// Words that are compared for each word of the page, at most, in all places together; the
/// rest is left out. A bound on the work, not yet measured on real pages.
const MOST_COMPARED: usize = 64;

/// Equal words at two places of a page: `len` from `kept` on and from `copy` on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) kept: usize,
    pub(super) copy: usize,
    pub(super) len: usize,
}

impl Stretch {
    fn distance(&self) -> usize {
        self.copy - self.kept
    }
}

/// Whether there may be a chain: whether a sampled anchor stands at two places. `again` has those from
/// which every word may come up elsewhere, in order; no other anchor is hashed.
pub(super) fn may_chain(words: &[u64], again: &[usize]) -> bool {
    // Where so much comes up elsewhere, some of it does in a row.
    if again.len() > words.len() / 16 {
        return true;
    }
    let all = windows(words, ANCHOR);
    let anchors = again.iter().take_while(|at| **at < all);
    let anchors = anchors.map(|at| first_shingle(&words[*at..], ANCHOR));
    let mut sampled: Vec<u64> = anchors.filter(|anchor| anchor % SAMPLE == 0).collect();
    sampled.sort_unstable();
    sampled.windows(2).any(|pair| pair[0] == pair[1])
}

/// Every chain of equal stretches, both sides in order, with at most [`GAP`] words
/// between two of them; those with most words first.
///
/// `start` has the first word of each unit, and one past the last: what a unit says twice itself is
/// not looked at. `None` where there would be more than `most` stretches. O(n log n).
pub(super) fn chains(words: &[u64], start: &[usize], most: usize) -> Option<Vec<Vec<Stretch>>> {
    let mut stretches = stretches(words, start, most)?;
    if stretches.is_empty() {
        return Some(Vec::new());
    }
    stretches.sort_unstable_by_key(|stretch| (stretch.copy, stretch.kept));
    // The best chain that ends with each: colinear chaining over near distances.
    let mut weight = vec![0i64; stretches.len()];
    let mut before = vec![usize::MAX; stretches.len()];
    // By distance, with a bucket more on either side.
    let mut latest = vec![[usize::MAX; MOST_BEFORE]; words.len() / DRIFT + 3];
    for (at, stretch) in stretches.iter().enumerate() {
        let bucket = stretch.distance() / DRIFT + 1;
        let candidates = latest[bucket - 1..=bucket + 1].as_flattened().iter();
        let best = candidates
            .filter(|other| **other != usize::MAX)
            .filter_map(|&other| {
                let (_, cost) = joined(&stretches[other], stretch)?;
                Some((weight[other] - cost, other))
            })
            .max();
        weight[at] = 4 * stretch.len as i64;
        if let Some((gain, other)) = best.filter(|(gain, _)| *gain > 0) {
            weight[at] += gain;
            before[at] = other;
        }
        latest[bucket].rotate_left(1);
        latest[bucket][MOST_BEFORE - 1] = at;
    }
    let mut ends: Vec<usize> = (0..stretches.len()).collect();
    ends.sort_unstable_by_key(|&at| (Reverse(weight[at]), at));
    let mut used = vec![false; stretches.len()];
    let mut chains = Vec::new();
    for end in ends {
        let mut chain = Vec::new();
        let mut at = end;
        while at != usize::MAX && !used[at] {
            used[at] = true;
            chain.push(stretches[at]);
            at = before[at];
        }
        if chain.is_empty() {
            continue;
        }
        chain.reverse();
        for at in 1..chain.len() {
            let last: Stretch = chain[at - 1];
            let stretch = &mut chain[at];
            let kept = (last.kept + last.len).saturating_sub(stretch.kept);
            let overlap = kept.max((last.copy + last.len).saturating_sub(stretch.copy));
            stretch.kept += overlap;
            stretch.copy += overlap;
            stretch.len -= overlap;
        }
        chains.push(chain);
    }
    Some(chains)
}

/// By how many words `next` begins before `stretch` is over, and what the way from one
/// to the other costs, in quarters of a word; `None` where it does not follow.
fn joined(stretch: &Stretch, next: &Stretch) -> Option<(usize, i64)> {
    let (kept, copy) = (stretch.kept + stretch.len, stretch.copy + stretch.len);
    if next.kept < stretch.kept || next.copy < stretch.copy {
        return None;
    }
    let overlap = kept
        .saturating_sub(next.kept)
        .max(copy.saturating_sub(next.copy));
    let gaps = [(next.kept + overlap) - kept, (next.copy + overlap) - copy];
    let drift = stretch.distance().abs_diff(next.distance());
    let fits = overlap < next.len && gaps.iter().all(|gap| *gap <= GAP) && drift <= DRIFT;
    let cost = 4 * overlap + 4 * drift + gaps[0].max(gaps[1]);
    fits.then_some((overlap, cost as i64))
}

/// Equal words around sampled anchors, as far as they go; `None` where there are more than `most`.
fn stretches(words: &[u64], start: &[usize], most: usize) -> Option<Vec<Stretch>> {
    const NONE: u32 = u32::MAX;
    if words.len() >= NONE as usize {
        return None; // 4 billion words are no page
    }
    let mut sampled: Vec<(u64, usize)> = Vec::with_capacity(words.len() / SAMPLE as usize + 1);
    let mut at = 0;
    shingles(words, ANCHOR).for_each(|shingle| {
        if shingle % SAMPLE == 0 {
            sampled.push((shingle, at));
        }
        at += 1;
    });
    // The unit of each word; most pages say nothing twice.
    let unit = LazyCell::new(|| {
        let mut unit = vec![0u32; words.len()];
        for (at, range) in start.windows(2).enumerate() {
            unit[range[0]..range[1]].fill(at as u32);
        }
        unit
    });
    let mut latest: Seen<u32> = Seen::with_capacity(sampled.len());
    let mut earlier = vec![NONE; sampled.len()];
    // The end of the last stretch of each distance.
    let mut reached: Vec<u32> = Vec::new();
    let mut found = Vec::new();
    let mut budget = MOST_COMPARED * words.len();
    for (at, &(shingle, copy)) in sampled.iter().enumerate() {
        let last = latest.see(shingle, at as u32);
        let mut other = last.map_or(NONE, |last| std::mem::replace(last, at as u32));
        earlier[at] = other;
        let mut tried = 0;
        for _ in 0..MOST_LOOKED_AT {
            if other == NONE || tried == MOST_PLACES {
                break;
            }
            let (_, kept) = sampled[other as usize];
            other = earlier[other as usize];
            if unit[kept] == unit[copy] {
                continue;
            }
            tried += 1;
            let distance = copy - kept;
            if reached.is_empty() {
                reached.resize(words.len(), 0);
            }
            let free = reached[distance] as usize;
            if copy < free || budget == 0 {
                continue;
            }
            let behind = words[copy..].iter().zip(&words[kept..]);
            let behind = behind.take_while(|(a, b)| a == b).count();
            let before = words[free.max(distance)..copy].iter().rev();
            let before = before.zip(words[..kept].iter().rev());
            let before = before.take_while(|(a, b)| a == b).count();
            budget = budget.saturating_sub(before + behind + 2);
            if behind > 0 {
                if found.len() == most {
                    return None;
                }
                reached[distance] = (copy + behind) as u32;
                found.push(Stretch {
                    kept: kept - before,
                    copy: copy - before,
                    len: before + behind,
                });
            }
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repeat::{Flat, Unit};
    use proptest::prelude::*;

    /// The first words of units of `len` words.
    fn starts(words: usize, len: usize) -> Vec<usize> {
        (0..words).step_by(len).chain([words]).collect()
    }

    /// The words of a page whose copy begins at `copy`, and where its units do.
    fn page(body: &[u64], between: usize, edits: &[(usize, u64)]) -> (Vec<u64>, Vec<usize>, usize) {
        let mut words = body.to_vec();
        words.extend((0..between as u64).map(|at| u64::MAX - at));
        let copy = words.len();
        words.extend(body);
        for (at, word) in edits {
            words[copy + at % body.len()] = 1 << 40 | word;
        }
        let start = starts(words.len(), 40);
        (words, start, copy)
    }

    proptest! {
        /// Whatever the page: chains are of equal words, of two units, in order on both sides.
        #[test]
        fn chains_say_equal_words_in_order(words in proptest::collection::vec(0..12u64, 0..400)) {
            for chain in chains(&words, &starts(words.len(), 9), usize::MAX).unwrap() {
                for stretch in &chain {
                    let Stretch { kept, copy, len } = *stretch;
                    prop_assert!(len > 0 && kept < copy);
                    prop_assert_eq!(&words[kept..kept + len], &words[copy..copy + len]);
                }
                for pair in chain.windows(2) {
                    prop_assert!(pair[0].kept + pair[0].len <= pair[1].kept);
                    prop_assert!(pair[0].copy + pair[0].len <= pair[1].copy);
                }
            }
        }

        /// A page that is done at once says no anchor in two units, whatever its words weigh.
        #[test]
        fn pages_that_are_passed_over_have_no_chain(
            words in proptest::collection::vec(0..150u64, 0..120), again in 0..9usize, shift in 0..2,
        ) {
            let mut words: Vec<u64> = words.into_iter().map(|word| crate::mix::mix(word) >> (3 * shift)).collect();
            words.extend_from_within(..again.min(words.len()));
            let unit = |words| Unit { words, sign: 0, chars: 100, sentence: true };
            let units: Vec<Unit<'_>> = words.chunks(9).map(unit).collect();
            let page = Flat::new(&units);
            if !may_chain(&page.words, &page.again) {
                prop_assert_eq!(stretches(&page.words, &page.start, usize::MAX), Some(Vec::new()));
            }
        }

        /// A copy of different words is found whole, and of an edited one nothing that is not
        /// its place; how much is `tests/injected.rs`.
        #[test]
        fn a_copy_is_found(
            seed in any::<u64>(), between in 0..50usize, edits in proptest::collection::vec((0..300usize, 0..1u64 << 30), 0..30),
        ) {
            let body: Vec<u64> = (0..300u64).map(|at| crate::mix::mix(seed ^ at)).collect();
            let (words, start, copy) = page(&body, between, &edits);
            let found = chains(&words, &start, usize::MAX).unwrap();
            if edits.is_empty() {
                prop_assert_eq!(found.len(), 1);
                prop_assert_eq!(found[0].iter().map(|stretch| stretch.len).sum::<usize>(), 300);
            }
            let mut stretches = found.iter().flatten();
            prop_assert!(stretches.all(|stretch| stretch.copy - stretch.kept == copy));
        }
    }
}
