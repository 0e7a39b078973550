//! Blocks that stand on several pages.

use super::block_sketch::{BlockSketch, BlockSketches};
use super::classes::{Classes, MOST_EARLIER};
use super::{RepeatRule, Size, Unit, resemblance};
use crate::parallel::map;
use crate::places::Places;
use std::borrow::Cow;
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

/// Bytes of tables that a pile is told apart by at once, unless a caller says how many.
const TABLE: usize = 64 << 20;

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
    let words = |page: usize, block: usize| Ok(Cow::Borrowed(pages[page][block].words));
    let sketched: Vec<&[BlockSketch]> = sketched.iter().map(Vec::as_slice).collect();
    let resemblance = |page: usize, block: usize, owner: usize, kept: usize| {
        Ok(resemblance(
            pages[page][block].words,
            pages[owner][kept].words,
        ))
    };
    let Ok(found) = repeats_across_sketched(&sketched[..], words, resemblance, rule, TABLE);
    found
}

/// As [`repeats_across`], of pages of which only sketches are there: `words` gives those of a block
/// where it is compared, and `resemblance` is that of a block of a page to one of another: what nominated them
/// may be hashes, what it says decides.
pub(crate) fn repeats_across_sketched<'w, P: BlockSketches + ?Sized>(
    pages: &P,
    words: impl Fn(usize, usize) -> Result<Cow<'w, [u64]>, P::Error> + Sync,
    resemblance: impl Fn(usize, usize, usize, usize) -> Result<f64, P::Error>,
    rule: &RepeatRule,
    table: usize,
) -> Result<Vec<Vec<AcrossRepeat>>, P::Error> {
    let classes = Classes::told(pages, words, rule, table)?;
    let mut owned: HashMap<u32, Vec<(usize, usize)>, Places> = HashMap::default();
    let mut found = Vec::with_capacity(pages.count());
    for page in 0..pages.count() {
        if !classes.has_shared(page) {
            found.push(Vec::new());
            continue;
        }
        let units = pages.of(page)?;
        let size = |at: usize, len: usize| {
            let run = (at..at + len).map(|at| {
                let class = classes
                    .of(page, at)
                    .map_or(usize::MAX, |class| class as usize);
                (class, units[at].extent)
            });
            Size::of(run, rule).0
        };
        let mut repeats: Vec<AcrossRepeat> = Vec::new();
        let mut at = 0;
        while at < units.len() {
            let run = classes
                .of(page, at)
                .and_then(|class| owned.get(&class))
                .and_then(|places| {
                    let longest = |most: usize| {
                        let runs = places.iter().map(|&(owner, kept)| {
                            let room = (units.len() - at).min(classes.of_page(owner).len() - kept);
                            let len = (0..room.min(most))
                                .take_while(|&step| {
                                    let own = classes.of(page, at + step);
                                    own.is_some()
                                        && own == classes.of(owner, kept + step)
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
                for step in 0..len {
                    let (copy, kept) = (at + step, kept + step);
                    let resemblance = resemblance(page, copy, owner, kept)?;
                    // Near equality is measured against the first of a kind.
                    if resemblance >= rule.near_resemblance {
                        repeats.push(AcrossRepeat {
                            copy,
                            owner,
                            kept,
                            resemblance,
                        });
                    }
                }
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
            if let Some(class) = classes.of(page, at) {
                let places = owned.entry(class).or_default();
                if places.len() < MOST_EARLIER {
                    places.push((page, at));
                }
            }
        }
        found.push(repeats);
    }
    Ok(found)
}

/// Whether a block of an earlier page is no repeat itself.
fn is_owned(found: &[Vec<AcrossRepeat>], page: usize, at: usize) -> bool {
    let repeats = &found[page];
    repeats
        .binary_search_by_key(&at, |repeat| repeat.copy)
        .is_err()
}
