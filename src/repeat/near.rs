//! Second copies with edited words.

use super::Unit;
use super::align::{common, common_len};
use super::chain::{GAP, Stretch, chains, may_chain};
use super::flat::Flat;
use crate::mix::key_of;
use crate::places::Places;
use std::cell::Cell;
use std::cmp::Reverse;
use std::collections::HashSet;
use std::ops::Range;
use std::rc::Rc;

/// What a word of a page is, to tell a copy from a form filled in twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It has a digit.
    Figure,
    /// It has a capital that no sentence gave it.
    Name,
    Plain,
}

/// A block of a second copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pair {
    /// The block to take out.
    pub(crate) copy: usize,
    /// The blocks that say the same.
    pub(crate) kept: Range<usize>,
    /// How many words of the copy they say, in their order.
    pub(crate) said: usize,
}

/// A second copy of blocks that stand before it, in their order.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    pub(crate) pairs: Vec<Pair>,
    /// Its words, each kind of block once, and no more than lie between it and what it repeats.
    pub(crate) words: usize,
    /// Words of the copy.
    pub(crate) length: usize,
    /// Words of the page.
    pub(crate) of: usize,
    /// Different blocks of it.
    pub(crate) blocks: usize,
    /// Share of its words that the kept blocks say.
    pub(crate) said: f64,
    /// Share of the kept blocks' words that it says.
    pub(crate) covered: f64,
    pub(crate) edits: Edits,
    /// Words of the copy before the first one that both have.
    pub(crate) ahead: usize,
    /// Whether the page begins with what is kept, goes on with the copy, and is over.
    pub(crate) halves: bool,
    /// Whether what is kept begins within the first two blocks and the copy ends the page.
    pub(crate) begins_again: bool,
}

/// Where a copy and what it repeats differ.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Edits {
    /// Places in all: words for others, words left out, words put in.
    pub(crate) all: usize,
    /// A figure for a figure, or a name for a name.
    pub(crate) slots: usize,
    /// A figure on a side.
    pub(crate) figures: usize,
    /// The same words for the same words as at a place before.
    pub(crate) again: usize,
    /// Three words or more on a side.
    pub(crate) phrases: usize,
    /// Among the first words of a block.
    pub(crate) heads: usize,
}

/// Least share of a block's words that the kept ones say. Of ten words in a hundred
/// edited seven change what the copy says; a block of twenty words loses six of them
/// once in a thousand.
pub(super) const LEAST_SAID: f64 = 0.7;

/// The same for a block of fewer words than [`SHORT`], inside a run.
const LEAST_SAID_SHORT: f64 = 0.5;

/// Words under which a block of a run may be said in half only, or, between two that
/// are said, be another one altogether: a heading whose one word was edited.
pub(super) const SHORT: usize = 20;

/// First words of a block that number or name it.
const HEAD: usize = 3;

/// Units above what is kept among which the headline of the copy is looked for.
const HEADLINE: usize = 3;

/// Most units on either side that a run takes along.
const MOST_MORE: usize = 16;

/// What the search for second copies may cost a page of `bytes` in all its rounds. The unit is a pair of words to
/// align. A stretch costs [`STRETCH`] pairs; if its chain is filled, it costs [`FILLED`] more, and [`WORD`] for each
/// of its words.
///
/// On the nine development sets pages of up to 48 KiB take at most 83 pairs a byte of the 96 they may. Longer pages
/// repeat less of themselves: they take at most 35 a byte, and 63 % of what they may. A page that takes all costs
/// about thirty times as much as news of the same length (`cargo bench --bench growth`).
pub(crate) fn most_work(bytes: usize) -> usize {
    const SHORT: usize = 48 << 10;
    96 * bytes.min(SHORT) + 16 * bytes.saturating_sub(SHORT)
}

const STRETCH: usize = 128;
const FILLED: usize = 256;
const WORD: usize = 8;

/// Every second copy in the page, whatever its size, the longest first. The search takes its cost from `left`; it is
/// not made, and gives `None`, if it costs more than is left.
pub(crate) fn runs(
    page: &Flat<'_>,
    kinds: &dyn Fn(usize) -> Rc<[Kind]>,
    left: &Cell<usize>,
) -> Option<Vec<Run>> {
    if !may_chain(&page.words, &page.again) {
        return Some(Vec::new());
    }
    // Two anchors' worth: what is less is no 20 words with a third of them edited.
    let enough = |chain: &Vec<Stretch>| chain.iter().map(|stretch| stretch.len).sum::<usize>() >= 8;
    let mut chains = chains(&page.words, &page.start, left.get() / STRETCH)?;
    let stretches: usize = chains.iter().map(Vec::len).sum();
    chains.retain(enough);
    let filled = chains.iter().map(|chain| {
        let words: usize = chain.iter().map(|stretch| stretch.len).sum();
        page.aligned(chain) + FILLED * chain.len() + WORD * words
    });
    let cost = STRETCH * stretches + filled.sum::<usize>();
    left.set(left.get().checked_sub(cost)?);
    let runs = chains.into_iter();
    let mut runs: Vec<Run> = runs.filter_map(|chain| page.run(chain, kinds)).collect();
    runs.sort_by_key(|run| (Reverse(run.words), run.pairs[0].copy));
    Some(runs)
}

impl Flat<'_> {
    /// Most pairs of words that are aligned to fill `chain`: in its gaps and at its ends.
    fn aligned(&self, chain: &[Stretch]) -> usize {
        let (first, last) = (chain[0], chain[chain.len() - 1]);
        let head = self.head(first.kept).len() * self.head(first.copy).len();
        let tail = self.tail(last.kept + last.len).len() * self.tail(last.copy + last.len).len();
        let gaps = chain.windows(2).map(|pair| {
            let kept = pair[1].kept - (pair[0].kept + pair[0].len);
            kept * (pair[1].copy - (pair[0].copy + pair[0].len))
        });
        head + tail + gaps.sum::<usize>()
    }

    /// The words of its unit before `at`, [`GAP`] at most.
    fn head(&self, at: usize) -> Range<usize> {
        at.saturating_sub(GAP).max(self.start[self.unit_of(at)])..at
    }

    /// Those from `at` on of the unit that the word before it is in, [`GAP`] at most.
    fn tail(&self, at: usize) -> Range<usize> {
        at..(at + GAP).min(self.start[self.unit_of(at - 1) + 1])
    }

    /// The words of `chain` and of what lies in its gaps and at its ends.
    fn filled(&self, chain: &[Stretch]) -> Vec<Stretch> {
        let mut filled: Vec<Stretch> = Vec::new();
        let (first, last) = (chain[0], chain[chain.len() - 1]);
        self.fill(self.head(first.kept), self.head(first.copy), &mut filled);
        for (at, stretch) in chain.iter().enumerate() {
            if let Some(before) = at.checked_sub(1).map(|at| chain[at]) {
                let (kept, copy) = (before.kept + before.len, before.copy + before.len);
                self.fill(kept..stretch.kept, copy..stretch.copy, &mut filled);
            }
            push(&mut filled, *stretch);
        }
        let (kept, copy) = (last.kept + last.len, last.copy + last.len);
        self.fill(self.tail(kept), self.tail(copy), &mut filled);
        filled
    }

    fn fill(&self, kept: Range<usize>, copy: Range<usize>, into: &mut Vec<Stretch>) {
        if kept.is_empty() || copy.is_empty() {
            return;
        }
        for (x, y) in common(&self.words[kept.clone()], &self.words[copy.clone()]) {
            push(
                into,
                Stretch {
                    kept: kept.start + x,
                    copy: copy.start + y,
                    len: 1,
                },
            );
        }
    }

    fn run(&self, chain: Vec<Stretch>, kinds: &dyn Fn(usize) -> Rc<[Kind]>) -> Option<Run> {
        let filled = self.filled(&chain);
        // What each unit says again, and where.
        let mut met: Vec<(Pair, Range<usize>)> = Vec::new();
        for stretch in &filled {
            let (mut kept, mut copy) = (stretch.kept, stretch.copy);
            let end = copy + stretch.len;
            while copy < end {
                let unit = self.unit_of(copy);
                let len = end.min(self.start[unit + 1]) - copy;
                match met.last_mut() {
                    Some((pair, its)) if pair.copy == unit => {
                        pair.said += len;
                        its.end = kept + len;
                    }
                    _ => met.push((
                        Pair {
                            copy: unit,
                            kept: 0..0,
                            said: len,
                        },
                        kept..kept + len,
                    )),
                }
                (kept, copy) = (kept + len, copy + len);
            }
        }
        let mut pairs: Vec<Pair> = Vec::new();
        for (mut pair, its) in met {
            pair.kept = self.unit_of(its.start)..self.unit_of(its.end - 1) + 1;
            let len = self.units[pair.copy].words.len();
            let least = if len < SHORT {
                LEAST_SAID_SHORT
            } else {
                LEAST_SAID
            };
            if pair.said as f64 >= least * len as f64 && pair.kept.end <= pair.copy {
                self.carry(&mut pairs, &pair);
                pairs.push(pair);
            }
        }
        if pairs.is_empty() {
            return None;
        }
        let (begun, ended) = (pairs[0].copy, pairs[pairs.len() - 1].copy);
        self.extend(&mut pairs);
        let mut all: Vec<Stretch> = Vec::new();
        let ahead = pairs.iter().take_while(|pair| pair.copy < begun);
        ahead.for_each(|pair| self.align(pair, &mut all));
        filled.iter().for_each(|stretch| push(&mut all, *stretch));
        pairs
            .iter()
            .filter(|pair| pair.copy > ended)
            .for_each(|pair| self.align(pair, &mut all));
        let filled = all;
        let copy_words: usize = pairs
            .iter()
            .map(|pair| self.units[pair.copy].words.len())
            .sum();
        let said: usize = pairs.iter().map(|pair| pair.said).sum();
        let (first, last) = (&pairs[0], &pairs[pairs.len() - 1]);
        let kept_words = self.start[last.kept.end] - self.start[first.kept.start];
        let mut seen: HashSet<u64, Places> = HashSet::default();
        let distinct: usize = pairs
            .iter()
            .map(|pair| self.units[pair.copy].words)
            .filter(|words| !words.is_empty() && seen.insert(key_of(words.iter().copied())))
            .map(<[u64]>::len)
            .sum();
        let distance = self.start[first.copy] - self.start[first.kept.start];
        let edits = self.edits(&filled, &pairs, kinds);
        let begun = filled
            .iter()
            .find(|stretch| stretch.copy + stretch.len > self.start[first.copy]);
        let begun = begun.filter(|stretch| self.unit_of(stretch.copy) <= first.copy);
        let ahead = begun.map_or(0, |stretch| {
            stretch.copy.saturating_sub(self.start[first.copy])
        });
        let worded = |units: &[Unit<'_>]| {
            units
                .iter()
                .filter(|unit| !unit.words.is_empty())
                .take(4)
                .count()
        };
        let begins_again = last.kept.end <= first.copy
            && worded(&self.units[..first.kept.start]) <= 3
            && worded(&self.units[last.copy + 1..]) <= 3;
        let between = worded(self.units.get(last.kept.end..first.copy).unwrap_or(&[]));
        let halves = begins_again && between <= 1 && first.kept.start <= 1;
        Some(Run {
            words: distinct.min(distance),
            length: copy_words,
            of: self.words.len(),
            blocks: seen.len(),
            said: said as f64 / copy_words.max(1) as f64,
            covered: said as f64 / kept_words.max(1) as f64,
            edits,
            ahead,
            halves,
            begins_again,
            pairs,
        })
    }

    /// Takes along what lies between the last of `pairs` and `next`, where as many units
    /// lie between what they repeat.
    fn carry(&self, pairs: &mut Vec<Pair>, next: &Pair) {
        let Some(last) = pairs.last() else { return };
        let (copies, kept) = (last.copy + 1..next.copy, last.kept.end..next.kept.start);
        if copies.is_empty() || copies.len() != kept.len() {
            return;
        }
        let fits = |(copy, kept): (usize, usize)| {
            let (copy, kept) = (&self.units[copy], &self.units[kept]);
            copy.words.len() < SHORT
                && kept.words.len() < SHORT
                && copy.words.is_empty() == kept.words.is_empty()
        };
        if copies.clone().zip(kept.clone()).all(fits) {
            pairs.extend(copies.zip(kept).map(|(copy, kept)| self.pair(copy, kept)));
        }
    }

    fn pair(&self, copy: usize, kept: usize) -> Pair {
        let said = common_len(self.units[kept].words, self.units[copy].words);
        Pair {
            copy,
            kept: kept..kept + 1,
            said,
        }
    }

    fn align(&self, pair: &Pair, into: &mut Vec<Stretch>) {
        let kept = self.start[pair.kept.start]..self.start[pair.kept.end];
        self.fill(kept, self.start[pair.copy]..self.start[pair.copy + 1], into);
    }

    /// Takes along short units before and behind that are said in half.
    fn extend(&self, pairs: &mut Vec<Pair>) {
        let few = pairs.len() < 6;
        let like = |copy: usize, kept: usize| {
            if few && self.units[copy].words != self.units[kept].words {
                return None;
            }
            let (a, b) = (self.units[copy].words.len(), self.units[kept].words.len());
            if a == 0 && b == 0 {
                return (self.units[copy].sign == self.units[kept].sign
                    && self.units[copy].sign != 0)
                    .then(|| self.pair(copy, kept));
            }
            if a.max(b) > GAP {
                return None;
            }
            Some(self.pair(copy, kept)).filter(|pair| 2 * pair.said >= a.max(b) && pair.said > 0)
        };
        let mut ahead = Vec::new();
        let (mut copy, mut kept) = (pairs[0].copy, pairs[0].kept.start);
        let end = pairs[pairs.len() - 1].kept.end;
        while copy > end
            && kept > 0
            && ahead.len() < MOST_MORE
            && let Some(pair) = like(copy - 1, kept - 1)
        {
            ahead.push(pair);
            (copy, kept) = (copy - 1, kept - 1);
        }
        // A headline above a copy that left out the first paragraph.
        let headline = copy.checked_sub(1).and_then(|copy| {
            let words = self.units[copy].words;
            let mut above = kept.saturating_sub(HEADLINE)..kept;
            let like = above.find(|&kept| self.units[kept].words == words)?;
            (copy >= end && !words.is_empty()).then(|| self.pair(copy, like))
        });
        ahead.extend(headline);
        ahead.reverse();
        pairs.splice(..0, ahead);
        let (mut copy, mut kept) = (pairs[pairs.len() - 1].copy + 1, end);
        let first = pairs[0].copy;
        let most = pairs.len() + MOST_MORE;
        while pairs.len() < most
            && copy < self.units.len()
            && kept < first
            && let Some(pair) = like(copy, kept)
        {
            pairs.push(pair);
            (copy, kept) = (copy + 1, kept + 1);
        }
    }

    /// Places where the two differ, and those where only a figure or a name does.
    fn edits(
        &self,
        filled: &[Stretch],
        pairs: &[Pair],
        kinds: &dyn Fn(usize) -> Rc<[Kind]>,
    ) -> Edits {
        let of = |words: Range<usize>| -> Option<Kind> {
            let mut all = words.map(|word| {
                let unit = self.unit_of(word);
                kinds(unit)
                    .get(word - self.start[unit])
                    .copied()
                    .unwrap_or(Kind::Plain)
            });
            let first = all.next()?;
            (first != Kind::Plain && all.all(|kind| kind != Kind::Plain)).then_some(first)
        };
        let touches = |words: Range<usize>| {
            words.into_iter().any(|word| {
                let unit = self.unit_of(word);
                kinds(unit).get(word - self.start[unit]) == Some(&Kind::Figure)
            })
        };
        let mut edits = Edits::default();
        let mut seen: HashSet<(u64, u64), Places> = HashSet::default();
        let mut pairs = pairs.iter().peekable();
        for pair in filled.windows(2) {
            let (a, b) = (pair[0], pair[1]);
            // Only what is taken: between two words of it, and no more than a block on.
            let (from, to) = (self.unit_of(a.copy + a.len - 1), self.unit_of(b.copy));
            while pairs.next_if(|pair| pair.copy < from).is_some() {}
            let mut here = pairs.clone();
            if here.next_if(|pair| pair.copy == from).is_none()
                || to > from && (to > from + 1 || here.next_if(|pair| pair.copy == to).is_none())
            {
                continue;
            }
            let (kept, copy) = (a.kept + a.len..b.kept, a.copy + a.len..b.copy);
            if kept.is_empty() && copy.is_empty() {
                continue;
            }
            edits.all += 1;
            let head = self.start[self.unit_of(b.copy)] + HEAD;
            edits.heads += usize::from(kept.len().max(copy.len()) <= HEAD && b.copy <= head);
            edits.phrases += usize::from(kept.len().max(copy.len()) >= 3);
            if !kept.is_empty() && !copy.is_empty() {
                let key = |words: &Range<usize>| key_of(self.words[words.clone()].iter().copied());
                edits.again += usize::from(!seen.insert((key(&kept), key(&copy))));
            }
            let same = of(kept.clone())
                .zip(of(copy.clone()))
                .filter(|(a, b)| a == b);
            edits.slots += usize::from(same.is_some());
            edits.figures += usize::from(touches(kept) || touches(copy));
        }
        edits
    }
}

/// Adds a stretch behind the last one, or to it.
fn push(stretches: &mut Vec<Stretch>, next: Stretch) {
    match stretches.last_mut() {
        Some(last) if last.kept + last.len == next.kept && last.copy + last.len == next.copy => {
            last.len += next.len;
        }
        _ => stretches.push(next),
    }
}
