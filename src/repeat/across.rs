//! Blocks that stand on several pages.

use super::{Extent, RepeatRule, Size, Unit, resemblance};
use crate::mix::{Mixed, Twice, key_of};
use crate::parallel::map;
use crate::shingle::least_shingles;
use std::borrow::Cow;
use std::collections::HashMap;
use std::num::NonZeroU64;

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
/// what it keeps of a block and the tables it works with take about 130 bytes for one of
/// `near_words` words or more, 90 for a shorter one.
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
    let sketched: Vec<Vec<BlockSketch>> = map(pages, |units| {
        let units = units.iter();
        units
            .map(|unit| BlockSketch::of(unit.words, unit.extent(), rule))
            .collect()
    });
    let words = |page: usize, block: usize| Cow::Borrowed(pages[page][block].words);
    let sketched: Vec<&[BlockSketch]> = sketched.iter().map(Vec::as_slice).collect();
    repeats_across_sketched(&sketched, words, rule)
}

/// What is kept of a block to look for it on other pages, in place of its words: 56 bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct BlockSketch {
    /// Of its words; `None` where it has none.
    key: Option<NonZeroU64>,
    extent: Extent,
    least: LeastShingles,
}

impl BlockSketch {
    pub(crate) fn of(words: &[u64], extent: Extent, rule: &RepeatRule) -> Self {
        let key = (!words.is_empty()).then(|| key_of(words.iter().copied()));
        BlockSketch {
            // One key in 2⁶⁴ is taken for another one.
            key: key.map(|key| NonZeroU64::new(key).unwrap_or(NonZeroU64::MIN)),
            extent,
            least: match words.len() >= rule.near_words {
                true => LeastShingles::of(words),
                false => LeastShingles::NONE,
            },
        }
    }
}

/// As [`repeats_across`], of pages of which only sketches are there: `words` gives those of a block
/// where it is compared.
pub(crate) fn repeats_across_sketched<'w>(
    pages: &[&[BlockSketch]],
    words: impl Fn(usize, usize) -> Cow<'w, [u64]> + Sync,
    rule: &RepeatRule,
) -> Vec<Vec<AcrossRepeat>> {
    let classes = classes(pages, &words, rule);
    let mut owned: HashMap<u32, Vec<(usize, usize)>, Mixed> = HashMap::default();
    let mut found = Vec::with_capacity(pages.len());
    let mut first = 0;
    for (page, units) in pages.iter().enumerate() {
        let class = |page_first: usize, at: usize| classes.of[page_first + at];
        let size = |at: usize, len: usize| {
            let run = (at..at + len).map(|at| {
                let class = class(first, at).map_or(usize::MAX, |class| class as usize);
                (class, units[at].extent)
            });
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
                    let resemblance = resemblance(&words(page, copy), &words(owner, kept));
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
    of: Vec<Option<u32>>,
    /// The first block of each page.
    first: Vec<usize>,
}

fn classes<'w>(
    pages: &[&[BlockSketch]],
    words: impl Fn(usize, usize) -> Cow<'w, [u64]> + Sync,
    rule: &RepeatRule,
) -> Classes {
    let mut first = Vec::with_capacity(pages.len());
    let mut page_of: Vec<u32> = Vec::new();
    for (page, blocks) in pages.iter().enumerate() {
        first.push(page_of.len());
        page_of.extend(blocks.iter().map(|_| page as u32));
    }
    let sketches: Vec<&BlockSketch> = pages.iter().copied().flatten().collect();
    let blocks = 0..sketches.len() as u32;
    let words = |block: u32| {
        let page = page_of[block as usize] as usize;
        words(page, block as usize - first[page])
    };
    // The first block of those with equal words stands for all.
    let keyed = |block: u32| sketches[block as usize].key.map(|_| block);
    let mut class: Vec<Option<u32>> = blocks.clone().map(keyed).collect();
    let keys = || sketches.iter().filter_map(|sketch| Some(sketch.key?.get()));
    let twice = Twice::of(keys(), sketches.len());
    let keyed = |block: u32| Some((sketches[block as usize].key?.get(), block));
    let keyed = blocks.clone().filter_map(keyed);
    let mut keyed: Vec<(u64, u32)> = keyed.filter(|(key, _)| twice.may_have(*key)).collect();
    keyed.sort_unstable();
    for group in keyed.chunk_by(|a, b| a.0 == b.0) {
        for (_, block) in group {
            class[*block as usize] = Some(group[0].1);
        }
    }
    drop(keyed);
    let is_leader = |block: &u32| {
        let long = sketches[*block as usize].extent.words() >= rule.near_words;
        class[*block as usize] == Some(*block) && long
    };
    let leaders: Vec<u32> = blocks.filter(is_leader).collect();
    let joined = near_equal(&leaders, &sketches, words, rule.near_resemblance);
    for class in class.iter_mut().flatten() {
        *class = joined.get(class).copied().unwrap_or(*class);
    }
    // Most blocks stand on one page only; they need no place in any table.
    let mut shared = vec![false; page_of.len()];
    for (block, class) in class.iter().enumerate() {
        if let Some(class) = *class {
            shared[class as usize] |= page_of[class as usize] != page_of[block];
        }
    }
    for class in &mut class {
        *class = class.filter(|class| shared[*class as usize]);
    }
    Classes { of: class, first }
}

/// Each block of `leaders` that is near-equal to an earlier one which is itself near-equal to
/// none, with the most similar of these.
fn near_equal<'w>(
    leaders: &[u32],
    sketches: &[&BlockSketch],
    words: impl Fn(u32) -> Cow<'w, [u64]>,
    resemblance_from: f64,
) -> HashMap<u32, u32, Mixed> {
    let least = |at: u32| &sketches[leaders[at as usize] as usize].least;
    let minima = |at: u32| {
        let looked_up = least(at).0.iter().take(MINIMA);
        looked_up.take_while(|least| **least < u32::MAX)
    };
    let places = 0..leaders.len() as u32;
    let keys = places
        .clone()
        .flat_map(|at| minima(at).map(move |key| (*key, at)));
    let mut table: Vec<(u32, u32)> = keys.collect();
    table.sort_unstable();
    // Two shingles of a block may have the same upper bits.
    table.dedup();
    let mut pairs: Vec<(u32, u32)> = Vec::new();
    for group in table.chunk_by(|a, b| a.0 == b.0) {
        for (at, (_, block)) in group.iter().enumerate() {
            let earlier = group[..at.min(MOST_EARLIER)].iter();
            let earlier = earlier.filter(|(_, earlier)| {
                least(*block).may_resemble(least(*earlier), resemblance_from)
            });
            pairs.extend(earlier.map(|(_, earlier)| (*block, *earlier)));
        }
    }
    drop(table);
    pairs.sort_unstable();
    pairs.dedup();
    let mut joined: HashMap<u32, u32, Mixed> = HashMap::default();
    for near in pairs.chunk_by(|a, b| a.0 == b.0) {
        let block = leaders[near[0].0 as usize];
        let own = words(block);
        let mut best: Option<(f64, u32)> = None;
        let earlier = near.iter().map(|(_, earlier)| leaders[*earlier as usize]);
        for earlier in earlier.filter(|earlier| !joined.contains_key(earlier)) {
            let resemblance = resemblance(&own, &words(earlier));
            if resemblance >= resemblance_from && best.is_none_or(|(most, _)| resemblance > most) {
                best = Some((resemblance, earlier));
            }
        }
        joined.extend(best.map(|(_, earlier)| (block, earlier)));
    }
    joined
}

/// The least shingles of a block, in order, by their upper 32 bits; the rest are `u32::MAX`.
///
/// Common phrases make five pairs a block of news (3.8 million in 100,000 pages, of which 237 are
/// near-equal); nearly all of them are told apart by this.
#[derive(Debug, Clone, Copy, PartialEq)]
struct LeastShingles([u32; LeastShingles::MOST]);

impl LeastShingles {
    const MOST: usize = 8;
    const NONE: LeastShingles = LeastShingles([u32::MAX; Self::MOST]);

    fn of(words: &[u64]) -> Self {
        let least = least_shingles::<{ Self::MOST }>(words);
        LeastShingles(least.map(|shingle| shingle.map_or(u32::MAX, |least| (least >> 32) as u32)))
    }

    /// Whether two blocks may have a resemblance of at least `least`.
    ///
    /// Of the least shingles of both together each is in both with that probability. They are given
    /// up where that is so of fewer than three standard errors under it: at 0.9 one pair in
    /// 2,000 is (Broder 1997, section 3).
    fn may_resemble(&self, other: &LeastShingles, least: f64) -> bool {
        let (mut all, mut shared) = (0, 0);
        let [mut a, mut b] =
            [self, other].map(|of| of.0.iter().take_while(|s| **s < u32::MAX).peekable());
        while all < Self::MOST {
            let (one, two) = match (a.peek(), b.peek()) {
                (Some(one), Some(two)) => (one <= two, two <= one),
                // One list may go on where it was cut.
                _ => break,
            };
            if one {
                a.next();
            }
            if two {
                b.next();
            }
            all += 1;
            shared += usize::from(one && two);
        }
        let all = all as f64;
        let errors = 3.0 * (all * least * (1.0 - least)).sqrt();
        shared as f64 >= (all * least - errors).floor()
    }
}
