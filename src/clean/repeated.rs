//! Repeats inside a page: which of its blocks say again what others say, and which guards keep them.

use super::CleanRule;
use super::step::{Removal, Step, guard};
use crate::block::{Block, Segmented, breaks_off, ends_sentence};
use crate::boilerplate::cue::CueRule;
use crate::finding::{Evidence, Finding, Reason};
use crate::mix::key_of;
use crate::repeat::guard::Guarded;
use crate::repeat::near::{self, Kind, Pair, Run};
use crate::repeat::select::{self, narrowed, standing};
use crate::repeat::teaser::teasers;
use crate::repeat::{Flat, Repeat, RepeatRule, Unit, repeats_in};
use crate::word::words;
use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// Repeats, outside the tails that cues only annotate: with repeats taken out
/// of it, a tail would shrink until the cues might take it after all.
///
/// Second copies of runs go first, edited or not; then teasers; then blocks that equal
/// others. Each kind only looks where the ones before found nothing, so that what stays
/// is judged as it will stand. `None` where that would cost more than what is left of `work`.
pub(super) fn repeated(
    page: &Segmented<'_>,
    blocks: &[Block],
    tails: &[Finding],
    rule: &CleanRule,
    work: &Cell<usize>,
) -> Option<Step> {
    let Some(rule) = &rule.repeats else {
        return Some(Step::default());
    };
    let units = units(page, blocks, tails);
    let cache: RefCell<Vec<Option<Rc<[Kind]>>>> = RefCell::default();
    let kinds = |unit: usize| {
        let mut cache = cache.borrow_mut();
        if cache.is_empty() {
            cache.resize(blocks.len(), None);
        }
        let kinds = cache[unit].get_or_insert_with(|| kinds(page, &blocks[unit]));
        kinds.clone()
    };
    let flat = Flat::new(&units);
    let runs = near::runs(&flat, &kinds, work)?;
    let often = select::often(&units, &runs);
    let guarded = Guarded {
        page,
        blocks,
        units: &units,
        often: &often,
    };
    let mut step = Step::default();
    let stay = copies(&guarded, runs, rule, &mut step);
    if step.removals.is_empty() {
        let broken = |at: usize| breaks_off(&page.block_text(&blocks[at]));
        let teasers = teasers(&units, &broken).into_iter().filter(|pair| {
            let quoted = guarded.attributed(pair.copy, pair.kept.start);
            quoted.is_none() && guarded.symbols(std::slice::from_ref(pair)).is_none()
        });
        let teasers = standing(teasers.collect(), units.len());
        let teasers = teasers.into_iter().map(|pair| guarded.removal(pair));
        step.removals.extend(teasers);
    }
    if step.removals.is_empty() {
        equal_blocks(&guarded, &flat, &stay, rule, &mut step);
    }
    Some(step)
}

/// The blocks as the repeat finder sees them; those in tails that stay equal nothing.
fn units<'p>(page: &'p Segmented<'_>, blocks: &[Block], tails: &[Finding]) -> Vec<Unit<'p>> {
    let tails: HashSet<usize> = tails
        .iter()
        .filter(|note| match &note.evidence {
            // A heading without its section is no tail, and may be the copy of another.
            Evidence::Cue { rule, .. } => *rule != CueRule::OrphanedHeading,
            _ => false,
        })
        .map(|note| note.span.start)
        .collect();
    let units = blocks.iter().map(|block| {
        let text = page.block_text(block);
        let (words, sign) = match page.block_words(block) {
            _ if tails.contains(&block.span.start) => (&[][..], 0),
            [] => (&[][..], key_of(text.trim().bytes().map(u64::from))),
            words => (words, 0),
        };
        Unit {
            words,
            sign,
            chars: page.chars(block),
            sentence: ends_sentence(&text),
        }
    });
    units.collect()
}

/// Blocks that are no repeats of equal ones.
#[derive(Default)]
struct Stay {
    /// Those of second copies that a guard keeps.
    refused: HashSet<usize>,
    /// Those of numbered clauses, which are parallel to each other: of a long list each is too near to
    /// the one it repeats for a second copy, and near enough to the first to be taken for that.
    numbered: HashSet<usize>,
}

impl Stay {
    fn holds(&self, repeat: &Repeat) -> bool {
        let numbered = |at| self.numbered.contains(&at);
        self.refused.contains(&repeat.copy)
            || repeat.resemblance < 1.0 && numbered(repeat.copy) && numbered(repeat.kept)
    }
}

/// Takes out second copies of runs; which blocks guards keep.
fn copies(guarded: &Guarded<'_>, mut runs: Vec<Run>, rule: &RepeatRule, step: &mut Step) -> Stay {
    let (page, blocks, units) = (guarded.page, guarded.blocks, guarded.units);
    let mut stay = Stay::default();
    // What it repeats is its own teaser: the longer stays.
    let of_teaser = |run: &Run| match &run.pairs[..] {
        [pair] if pair.kept.len() == 1 => {
            let kept = &blocks[pair.kept.start];
            breaks_off(&page.block_text(kept)) && units[pair.copy].words.len() >= kept.words.len()
        }
        _ => false,
    };
    runs.retain(|run| {
        if of_teaser(run) {
            return false;
        }
        if guarded.numbered(run).is_some() {
            for pair in &run.pairs {
                stay.numbered.extend(pair.kept.clone().chain([pair.copy]));
            }
        }
        let Some(size) = select::size(run, units, rule) else {
            return false;
        };
        let prevented = guarded.prevents(run, size);
        if let Some(prevented) = &prevented {
            let (first, last) = (&run.pairs[0], &run.pairs[run.pairs.len() - 1]);
            stay.refused.extend(run.pairs.iter().map(|pair| pair.copy));
            let copy = &blocks[first.copy..last.copy + 1];
            step.notes.push(guard(copy, run.said, prevented.clone()));
        }
        prevented.is_none()
    });
    let taken = select::select(units, &runs).into_iter();
    step.removals
        .extend(taken.map(|pair| guarded.removal(pair)));
    stay
}

/// Takes out blocks that equal others, in runs as long as they go.
fn equal_blocks(
    guarded: &Guarded<'_>,
    flat: &Flat<'_>,
    stay: &Stay,
    rule: &RepeatRule,
    step: &mut Step,
) {
    let units = guarded.units;
    let found = repeats_in(flat, rule);
    let mut times: HashMap<usize, usize> = HashMap::new();
    for repeat in &found {
        *times.entry(repeat.kept).or_insert(1) += 1;
    }
    // A short piece goes with the long one beside it; where that stays, so does the piece.
    let mut kept_back: HashSet<usize> = stay.refused.clone();
    let pieces: Vec<&[Repeat]> = found
        .chunk_by(|a, b| a.copy + 1 == b.copy && a.kept + 1 == b.kept)
        .collect();
    let long = |piece: &[Repeat]| {
        let words: usize = piece
            .iter()
            .map(|repeat| units[repeat.copy].words.len())
            .sum();
        let block = |repeat: &Repeat| units[repeat.copy].chars >= rule.block_chars;
        piece.len() >= rule.run_blocks && words >= rule.run_words || piece.iter().any(block)
    };
    let (long, short): (Vec<_>, Vec<_>) = pieces.into_iter().partition(|piece| long(piece));
    let mut taken: Vec<&Repeat> = Vec::new();
    for piece in long {
        let (first, last) = (&piece[0], &piece[piece.len() - 1]);
        if piece.iter().any(|repeat| stay.holds(repeat)) {
            continue;
        }
        match guarded.keeps_equal(piece, times[&first.kept]) {
            Some(prevented) => {
                let copy = &guarded.blocks[first.copy..last.copy + 1];
                step.notes.push(guard(copy, first.resemblance, prevented));
                kept_back.extend(piece.iter().map(|repeat| repeat.copy));
            }
            None => taken.extend(piece),
        }
    }
    let near = |at: usize| at.saturating_sub(2)..=at + 2;
    for piece in short {
        let mut copies = piece.iter().map(|repeat| repeat.copy);
        if !copies.any(|copy| near(copy).any(|at| kept_back.contains(&at))) {
            taken.extend(piece);
        }
    }
    taken.sort_unstable_by_key(|repeat| repeat.copy);
    step.removals
        .extend(taken.into_iter().map(|repeat| Removal {
            block: repeat.copy,
            kept: Some(repeat.kept..repeat.kept + 1),
            named: None,
            reason: Reason::RepeatedWithin,
            score: repeat.resemblance,
            evidence: Evidence::Repeat {
                blocks: 1,
                words: units[repeat.copy].words.len(),
            },
        }));
}

impl Guarded<'_> {
    /// A block that others say again. What earlier steps took out of these does not say anything any
    /// more: where they are in pieces, the best of them stands for all in the report.
    fn removal(&self, pair: Pair) -> Removal {
        let (first, last) = (
            &self.blocks[pair.kept.start],
            &self.blocks[pair.kept.end - 1],
        );
        let mut lines = self.page.lines()[first.lines.start..last.lines.end].windows(2);
        if pair.kept.len() == 1 || lines.all(|pair| pair[0].end == pair[1].span.start) {
            return removal(pair, self.units);
        }
        let kept = Some(pair.kept.clone());
        let narrowed = removal(narrowed(pair, self.units), self.units);
        Removal {
            named: narrowed.kept,
            kept,
            ..narrowed
        }
    }
}

/// A block that others say again.
fn removal(pair: Pair, units: &[Unit<'_>]) -> Removal {
    let words = units[pair.copy].words.len();
    Removal {
        block: pair.copy,
        kept: Some(pair.kept),
        named: None,
        reason: Reason::RepeatedWithin,
        score: if words == 0 {
            1.0
        } else {
            pair.said as f64 / words as f64
        },
        evidence: Evidence::Repeat { blocks: 1, words },
    }
}

/// What the words of a block are.
fn kinds(page: &Segmented<'_>, block: &Block) -> Rc<[Kind]> {
    let mut kinds = Vec::with_capacity(block.words.len());
    for line in &page.lines()[block.lines.clone()] {
        let text = line.span.of(page.text());
        let mut before = 0;
        let record = !ends_sentence(text);
        for word in words(text) {
            let (gap, word) = (&text[before..word.start], (word, word.of(text)));
            before = word.0.end;
            let starts = kinds.is_empty() && !record
                || gap.contains(['.', '!', '?', ':', '•', '"', '“', '。']);
            kinds.push(match word.1.chars().next() {
                _ if word.1.contains(char::is_numeric) => Kind::Figure,
                Some(first) if first.is_uppercase() && !starts => Kind::Name,
                _ => Kind::Plain,
            });
        }
    }
    kinds.into()
}
