//! Blocks that stand on several pages.

use super::{RepeatRule, Size, Unit, resemblance};
use crate::mix::{Mixed, key_of};
use crate::parallel::map;
use crate::shingle::least_shingles;
use std::collections::HashMap;

/// One block that repeats a block of a page of higher rank.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct AcrossRepeat {
    /// The block, on its own page.
    pub copy: usize,
    /// The page that has it too and owns it.
    pub owner: usize,
    /// The block on that page; no repeat itself.
    pub kept: usize,
    /// Their exact resemblance: 1 where the folded words are equal.
    pub resemblance: f64,
}

/// Least shingles of a block by which near-equal ones are looked for. Two blocks
/// of resemblance 0.9 share none of them once in a thousand, of 0.5 once in eight.
const MINIMA: usize = 3;

/// Most earlier blocks of a kind that one is compared with, and paired with.
const MOST_EARLIER: usize = 64;

/// Blocks in which a run must become one: comments that say "Reply" a thousand times
/// are not followed to their end from each of them.
const HEAD: usize = 64;

/// For each page, its blocks that repeat those of pages before it, in order.
///
/// `pages` are in rank order, best first: the first page that has a block owns it,
/// and all others repeat it. So what a repeat names as `kept` is never a repeat
/// itself, and one copy of everything stays. Runs count as inside a page (see
/// [`RepeatRule`]): at least `run_blocks` blocks and `run_words` words in a row that
/// stand so on the owner, or a block of `block_chars` characters that ends a sentence,
/// within the first 64 blocks of the run.
/// Blocks of one page that are equal to each other are not looked at.
///
/// O(n log n) in the number of blocks, plus 64 · 64 comparisons for each at most;
/// the tables it works with take about 140 bytes a block of `near_words` words or more,
/// 65 a shorter one.
///
/// ```
/// use twicetold::repeat::{RepeatRule, Unit, repeats_across};
///
/// let wire: Vec<u64> = (0..60).collect(); // a paragraph of an agency
/// let own: Vec<u64> = (100..160).collect();
/// let unit = |words| Unit { words, sign: 0, chars: 300, sentence: true };
/// let pages = [vec![unit(&wire[..])], vec![unit(&own[..]), unit(&wire[..])]];
/// let found = repeats_across(&pages, &RepeatRule::DEFAULT);
/// assert!(found[0].is_empty());
/// assert_eq!((found[1][0].copy, found[1][0].owner, found[1][0].kept), (1, 0, 0));
/// ```
pub fn repeats_across(pages: &[Vec<Unit<'_>>], rule: &RepeatRule) -> Vec<Vec<AcrossRepeat>> {
    let classes = classes(pages, rule);
    let mut owned: HashMap<usize, Vec<(usize, usize)>, Mixed> = HashMap::default();
    let mut found = Vec::with_capacity(pages.len());
    let mut first = 0;
    for (page, units) in pages.iter().enumerate() {
        let class = |page_first: usize, at: usize| classes.of[page_first + at];
        let size = |at: usize, len: usize| {
            let run = (at..at + len).map(|at| (class(first, at).unwrap_or(usize::MAX), &units[at]));
            Size::of(run, rule).0
        };
        let mut repeats: Vec<AcrossRepeat> = Vec::new();
        let mut at = 0;
        while at < units.len() {
            let run = class(first, at)
                .and_then(|class| owned.get(&class))
                .and_then(|places| {
                    let longest = |most: usize| {
                        let runs = places.iter().map(|&(owner, kept)| {
                            let room = (units.len() - at).min(pages[owner].len() - kept);
                            let its_first = classes.first[owner];
                            let len = (0..room.min(most))
                                .take_while(|&step| {
                                    let own = class(first, at + step);
                                    own.is_some()
                                        && own == class(its_first, kept + step)
                                        && is_owned(&found, owner, kept + step)
                                })
                                .count();
                            (len, owner, kept)
                        });
                        runs.max_by_key(|(len, owner, kept)| {
                            (*len, std::cmp::Reverse((*owner, *kept)))
                        })
                    };
                    // Only what will be taken may be followed to its end.
                    let head = longest(HEAD)?;
                    match head.0 == HEAD && size(at, HEAD) != Size::Short {
                        true => longest(usize::MAX),
                        false => Some(head),
                    }
                });
            let Some((len, owner, kept)) = run else {
                at += 1;
                continue;
            };
            if size(at, len) != Size::Short {
                repeats.extend((0..len).filter_map(|step| {
                    let (copy, kept) = (at + step, kept + step);
                    let resemblance = resemblance(units[copy].words, pages[owner][kept].words);
                    // Near equality is measured against the first of a kind.
                    (resemblance >= rule.near_resemblance).then_some(AcrossRepeat {
                        copy,
                        owner,
                        kept,
                        resemblance,
                    })
                }));
                at += len;
            } else {
                at += 1;
            }
        }
        let mut repeated = repeats.iter().map(|repeat| repeat.copy).peekable();
        for at in 0..units.len() {
            if repeated.next_if_eq(&at).is_some() {
                continue;
            }
            // A class of one page is nobody's to share.
            if let Some(class) = class(first, at) {
                let places = owned.entry(class).or_default();
                if places.len() < MOST_EARLIER {
                    places.push((page, at));
                }
            }
        }
        found.push(repeats);
        first += units.len();
    }
    found
}

/// Whether a block of an earlier page is no repeat itself.
fn is_owned(found: &[Vec<AcrossRepeat>], page: usize, at: usize) -> bool {
    let repeats = &found[page];
    repeats
        .binary_search_by_key(&at, |repeat| repeat.copy)
        .is_err()
}

/// Equal blocks over all pages.
struct Classes {
    /// The class of each block, over all pages in order; `None` where no other page has it.
    of: Vec<Option<usize>>,
    /// The first block of each page.
    first: Vec<usize>,
}

fn classes(pages: &[Vec<Unit<'_>>], rule: &RepeatRule) -> Classes {
    let mut first = Vec::with_capacity(pages.len());
    let mut place: Vec<(usize, usize)> = Vec::new();
    for (page, units) in pages.iter().enumerate() {
        first.push(place.len());
        place.extend((0..units.len()).map(|at| (page, at)));
    }
    let unit = |block: usize| {
        let (page, at) = place[block];
        &pages[page][at]
    };
    let keyed = map(&place, |&(page, at)| {
        let words = pages[page][at].words;
        (!words.is_empty()).then(|| key_of(words.iter().copied()))
    });
    let mut keys: Vec<(u64, usize)> = keyed
        .into_iter()
        .enumerate()
        .filter_map(|(block, key)| Some((key?, block)))
        .collect();
    keys.sort_unstable();
    // The first block of those with equal words stands for all.
    let mut class: Vec<Option<usize>> = vec![None; place.len()];
    for group in keys.chunk_by(|a, b| a.0 == b.0) {
        for (_, block) in group {
            class[*block] = Some(group[0].1);
        }
    }
    drop(keys);
    let leaders: Vec<usize> = (0..place.len())
        .filter(|&block| class[block] == Some(block) && unit(block).words.len() >= rule.near_words)
        .collect();
    let minima = map(&leaders, |&block| {
        least_shingles::<MINIMA>(unit(block).words)
    });
    let mut table: Vec<(u64, usize)> = leaders
        .iter()
        .zip(minima)
        .flat_map(|(block, minima)| minima.into_iter().flatten().map(|least| (least, *block)))
        .collect();
    table.sort_unstable();
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for group in table.chunk_by(|a, b| a.0 == b.0) {
        for (at, (_, block)) in group.iter().enumerate() {
            let earlier = &group[..at.min(MOST_EARLIER)];
            pairs.extend(earlier.iter().map(|(_, earlier)| (*block, *earlier)));
        }
    }
    drop(table);
    pairs.sort_unstable();
    pairs.dedup();
    let mut joined: HashMap<usize, usize, Mixed> = HashMap::default();
    for near in pairs.chunk_by(|a, b| a.0 == b.0) {
        let block = near[0].0;
        let mut best: Option<(f64, usize)> = None;
        for (_, earlier) in near
            .iter()
            .filter(|(_, earlier)| !joined.contains_key(earlier))
        {
            let resemblance = resemblance(unit(block).words, unit(*earlier).words);
            if resemblance >= rule.near_resemblance
                && best.is_none_or(|(most, _)| resemblance > most)
            {
                best = Some((resemblance, *earlier));
            }
        }
        joined.extend(best.map(|(_, earlier)| (block, earlier)));
    }
    for class in class.iter_mut().flatten() {
        *class = joined.get(class).copied().unwrap_or(*class);
    }
    // Most blocks stand on one page only; they need no place in any table.
    let mut shared = vec![false; place.len()];
    for (block, class) in class.iter().enumerate() {
        if let Some(class) = *class {
            shared[class] |= place[class].0 != place[block].0;
        }
    }
    for class in &mut class {
        *class = class.filter(|class| shared[*class]);
    }
    Classes { of: class, first }
}
