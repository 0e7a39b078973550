//! Which second copies are large enough to be one, and which of their blocks go.

use super::align::common_len;
use super::chain::GAP;
use super::near::{LEAST_SAID, Pair, Run, SHORT};
use super::{RepeatRule, Unit};
use std::cmp::Reverse;
use std::ops::Range;

/// What a run is enough for; `None` where it is too little to be a second copy.
pub(crate) fn size(run: &Run, units: &[Unit<'_>], rule: &RepeatRule) -> Option<Size> {
    let least = run.said.min(run.covered);
    if least < LEAST_PAGE {
        return None;
    }
    let of = |pair: &Pair, figure: fn(&Unit<'_>) -> usize| {
        let kept: usize = pair.kept.clone().map(|at| figure(&units[at])).sum();
        figure(&units[pair.copy]).max(kept)
    };
    let alone = |pair: &Pair| {
        of(pair, |unit| unit.words.len()) >= BLOCK_WORDS
            && 5 * of(pair, |unit| unit.chars) >= 3 * rule.block_chars
    };
    let several = run.blocks >= rule.run_blocks;
    let twice = several && run.words >= SHORT && run.edits.all == 0;
    let chars: usize = run.pairs.iter().map(|pair| units[pair.copy].chars).sum();
    if run.halves && (twice || run.words >= BLOCK_WORDS - 4)
        || run.begins_again && run.words >= rule.run_words && run.words >= run.of / WHOLE
    {
        Some(Size::Page)
    } else if least < LEAST_RUN {
        None
    } else if several && run.words >= 2 * rule.run_words && run.words >= run.of / PART {
        Some(Size::Part)
    } else if several && run.words >= rule.run_words && run.words >= LINE_WORDS * run.blocks {
        Some(Size::Run)
    } else if run.pairs.iter().any(alone)
        || several
            && (run.words >= rule.run_words / PASSAGE
                && run.words >= PASSAGE_LINE * run.blocks
                && 5 * chars >= 3 * rule.block_chars
                || run.edits.all == 0
                    && run.words >= EXACT_SHARE * rule.run_words / 100
                    && run.words >= LINE_WORDS * run.blocks
                    && chars >= 80)
    {
        Some(Size::Block)
    } else {
        None
    }
}

/// Least share of the words of a run that what it repeats says, and the other way round.
const LEAST_RUN: f64 = 0.8;

/// The same of a page that says itself again: of its short lines more are lost.
const LEAST_PAGE: f64 = 0.7;

/// A run that begins where the page does and ends where it ends is the page again where it has one
/// word in so many of it: a body said twice but for its first paragraph has a third. A song
/// whose refrain stands first and last has less.
const WHOLE: usize = 4;

/// Least words of a block that repeats another one alone, of the longer of the two.
const BLOCK_WORDS: usize = 40;

/// A run of one word in so many of the page is a part of it.
const PART: usize = 10;

/// Least words of a block, on average, unless the page is said twice: code and menus come
/// in shorter ones.
pub(crate) const LINE_WORDS: usize = 6;

/// A run of blocks of [`PASSAGE_LINE`] words on average, prose and no list of names, may be
/// shorter by this factor.
const PASSAGE: usize = 4;

/// Hundredths of the words of a run that are enough where all are equal.
const EXACT_SHARE: usize = 15;

/// See [`PASSAGE`].
const PASSAGE_LINE: usize = 8;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Size {
    /// The page says itself again.
    Page,
    /// A tenth of the page and more: no program or table is repeated so by its author.
    Part,
    /// Enough blocks and words.
    Run,
    /// A long block, or a few that are prose.
    Block,
}

/// For each unit that goes, in order, the blocks that stay and say it; the longest run is
/// served first.
pub(crate) fn select(units: &[Unit<'_>], runs: &[Run]) -> Vec<Pair> {
    let mut stays: Vec<Option<Range<usize>>> = vec![None; units.len()];
    let mut needed = vec![false; units.len()];
    let mut taken: Vec<Pair> = Vec::new();
    for run in runs {
        for pair in &run.pairs {
            if stays[pair.copy].is_some() || needed[pair.copy] {
                continue;
            }
            let mut pair = pair.clone();
            if pair.kept.clone().any(|at| stays[at].is_some()) {
                // What it repeats goes too: what that repeats must say it.
                let root = stays[pair.kept.start].clone();
                let Some(root) = root.filter(|root| pair.kept.len() == 1 && root.len() == 1) else {
                    continue;
                };
                let Some(said) = said_by(units[root.start].words, units[pair.copy].words) else {
                    continue;
                };
                pair = Pair {
                    copy: pair.copy,
                    kept: root,
                    said,
                };
            }
            needed[pair.kept.clone()].fill(true);
            stays[pair.copy] = Some(pair.kept.clone());
            taken.push(pair);
        }
    }
    taken.sort_unstable_by_key(|pair| pair.copy);
    taken
}

/// How many words of `copy` the words of `kept` say, where that is enough for a repeat; texts of more
/// than 128 words must be equal.
pub(crate) fn said_by(kept: &[u64], copy: &[u64]) -> Option<usize> {
    let said = match kept == copy {
        true => copy.len(),
        false if kept.len().max(copy.len()) <= 2 * GAP => common_len(kept, copy),
        false => return None,
    };
    (said as f64 >= LEAST_SAID * copy.len() as f64).then_some(said)
}

/// Those of `pairs`, in order, of which what is kept is not taken out by one before, nor the copy
/// needed by one.
pub(crate) fn standing(pairs: Vec<Pair>, units: usize) -> Vec<Pair> {
    let (mut gone, mut needed) = (vec![false; units], vec![false; units]);
    let pairs = pairs.into_iter().filter(|pair| {
        let stands = !needed[pair.copy] && !gone[pair.kept.clone()].contains(&true);
        if stands {
            gone[pair.copy] = true;
            needed[pair.kept.clone()].fill(true);
        }
        stands
    });
    pairs.collect()
}

/// How often what each unit says stands on the page, as far as `runs` tell: what is like the
/// same unit is like each other here.
pub(crate) fn often(units: &[Unit<'_>], runs: &[Run]) -> Vec<usize> {
    if runs.is_empty() {
        return vec![1; units.len()];
    }
    let mut root: Vec<usize> = (0..units.len()).collect();
    fn find(root: &mut [usize], mut at: usize) -> usize {
        while root[at] != at {
            root[at] = root[root[at]];
            at = root[at];
        }
        at
    }
    for pair in runs.iter().flat_map(|run| &run.pairs) {
        let (copy, kept) = (
            units[pair.copy].words.len(),
            units[pair.kept.start].words.len(),
        );
        if pair.kept.len() == 1 && pair.said as f64 >= 0.8 * copy.max(kept) as f64 {
            let (a, b) = (find(&mut root, pair.copy), find(&mut root, pair.kept.start));
            root[a.max(b)] = a.min(b);
        }
    }
    let roots: Vec<usize> = (0..units.len()).map(|at| find(&mut root, at)).collect();
    let mut times = vec![0; units.len()];
    roots.iter().for_each(|root| times[*root] += 1);
    roots.iter().map(|root| times[*root]).collect()
}

/// `pair` with the one of its kept units that says most of the copy; of units of more than
/// 1,000 words the first 1,000 are counted.
pub(crate) fn narrowed(pair: Pair, units: &[Unit<'_>]) -> Pair {
    let head = |at: usize| &units[at].words[..units[at].words.len().min(1_000)];
    let said = |at: usize| common_len(head(at), head(pair.copy));
    let best = pair.kept.clone().map(|at| (said(at), Reverse(at))).max();
    let (said, Reverse(at)) = best.unwrap_or((0, Reverse(pair.kept.start)));
    Pair {
        copy: pair.copy,
        kept: at..at + 1,
        said,
    }
}
