//! The steps of cleaning: what each would take out of a page as it stands.

use super::CleanRule;
use crate::block::{Block, Segmented, ends_sentence};
use crate::boilerplate::PROSE_WORDS;
use crate::boilerplate::cue::tails;
use crate::boilerplate::cue_table::ENGLISH;
use crate::boilerplate::template::{Templates, Verdict};
use crate::finding::{Action, Evidence, Finding, Reason};
use crate::mix::key_of;
use crate::repeat::near::{self, Kind, Run, Size};
use crate::repeat::{Unit, repeats};
use crate::word::words;
use crate::span::Span;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// What one step found: removals (whole blocks) and notes.
#[derive(Default)]
pub(super) struct Step {
    pub(super) removals: Vec<Removal>,
    pub(super) notes: Vec<Finding>,
}

impl Step {
    /// Takes the block out, or only notes it where its score is too low for that.
    fn judge(&mut self, removal: Removal, blocks: &[Block], rule: &CleanRule) {
        match removal.score >= rule.remove_from {
            true => self.removals.push(removal),
            false => self.notes.push(removal.note(blocks)),
        }
    }
}

/// A block to take out.
pub(super) struct Removal {
    pub(super) block: usize,
    /// The blocks that stay and say the same.
    pub(super) kept: Option<Range<usize>>,
    pub(super) reason: Reason,
    pub(super) score: f64,
    pub(super) evidence: Evidence,
}

impl Removal {
    /// The block as an annotation.
    pub(super) fn note(self, blocks: &[Block]) -> Finding {
        Finding {
            span: blocks[self.block].span,
            reason: self.reason,
            action: Action::Annotate,
            kept: None,
            kept_page: None,
            score: self.score,
            evidence: self.evidence,
        }
    }
}

/// Words of the longest menu entry.
const LONGEST_ENTRY: usize = 5;

pub(super) fn guard(blocks: &[Block], score: f64, prevented: String) -> Finding {
    let last = blocks.last().map_or(0, |block| block.span.end);
    let first = blocks.first().map_or(last, |block| block.span.start);
    Finding {
        span: Span::new(first, last),
        reason: Reason::Guard,
        action: Action::Annotate,
        kept: None,
        kept_page: None,
        score,
        evidence: Evidence::Guard { prevented },
    }
}

/// Convicted blocks of the page's source.
pub(super) fn template(
    page: &Segmented<'_>,
    blocks: &[Block],
    templates: &Templates,
    source: Option<usize>,
    rule: &CleanRule,
) -> Step {
    let mut step = Step::default();
    let verdicts = templates.of_page(page, blocks, source);
    let length = |verdict: &Verdict| blocks[verdict.block].words.len();
    let removed = || verdicts.iter().filter(|verdict| verdict.remove);
    let taken: usize = removed().map(length).sum();
    // A menu is short entries without figures. Where hardly anything else
    // would be left, and most of the page is not such entries, it may be a
    // poem, a program or a table that was posted several times.
    let substance = |verdict: &Verdict| {
        let block = &blocks[verdict.block];
        let figures = || block.span.of(page.text()).contains(char::is_numeric);
        block.words.len() > LONGEST_ENTRY || figures()
    };
    let weight: usize = removed()
        .filter(|verdict| substance(verdict))
        .map(length)
        .sum();
    let all = page.words().len();
    let stub = taken > 0 && all - taken < PROSE_WORDS && 2 * weight > all;
    let nothing_left = !stub && taken > 0 && taken == all;
    for verdict in verdicts {
        let removal = Removal {
            block: verdict.block,
            kept: None,
            reason: Reason::Template,
            score: verdict.score(),
            evidence: Evidence::from(&verdict),
        };
        match nothing_left || stub && substance(&verdict) {
            true => step.notes.push(removal.note(blocks)),
            false => step.judge(removal, blocks, rule),
        }
    }
    if stub || nothing_left {
        let left = all - taken;
        let goes = match stub {
            true => "only its short entries without figures go",
            false => "the page stays as it is",
        };
        let prevented = format!("template would leave {left} of {all} words, so {goes}");
        let score = taken as f64 / all as f64;
        step.notes.push(guard(blocks, score, prevented));
    }
    step
}

/// What stands behind the article.
pub(super) fn cues(page: &Segmented<'_>, blocks: &[Block], rule: &CleanRule) -> Step {
    let mut step = Step::default();
    if !rule.cues {
        return step;
    }
    for tail in tails(page, blocks) {
        let evidence = Evidence::Cue {
            rule: tail.rule,
            cues: vec![tail.cue],
            table: ENGLISH.language.to_owned(),
            version: ENGLISH.version,
        };
        for block in tail.blocks {
            let removal = Removal {
                block,
                kept: None,
                reason: Reason::TextCue,
                score: 1.0,
                evidence: evidence.clone(),
            };
            step.judge(removal, blocks, rule);
        }
    }
    let taken = step
        .removals
        .iter()
        .map(|removal| blocks[removal.block].words.len());
    let share = taken.sum::<usize>() as f64 / page.words().len().max(1) as f64;
    if share > rule.most_cue_share {
        let prevented = format!(
            "text cues would take {:.0} % of the words; at most {:.0} % may go",
            100.0 * share,
            100.0 * rule.most_cue_share
        );
        step.notes.push(guard(blocks, share, prevented));
        let refused = step.removals.drain(..);
        step.notes
            .extend(refused.map(|removal| removal.note(blocks)));
    }
    step
}

/// Repeats, outside the tails that cues only annotate: with repeats taken out
/// of it, a tail would shrink until the cues might take it after all.
pub(super) fn repeated(
    page: &Segmented<'_>,
    blocks: &[Block],
    tails: &[Finding],
    rule: &CleanRule,
) -> Step {
    let Some(rule) = &rule.repeats else {
        return Step::default();
    };
    let tails: HashSet<usize> = tails
        .iter()
        .filter(|note| note.reason == Reason::TextCue)
        .map(|note| note.span.start)
        .collect();
    let units: Vec<Unit<'_>> = blocks
        .iter()
        .map(|block| {
            let text = block.span.of(page.text());
            let (words, sign) = match page.block_words(block) {
                _ if tails.contains(&block.span.start) => (&[][..], 0),
                [] => (&[][..], key_of(text.trim().bytes().map(u64::from))),
                words => (words, 0),
            };
            Unit {
                words,
                sign,
                chars: page.chars(block),
                sentence: ends_sentence(text),
            }
        })
        .collect();
    let cache = RefCell::new(HashMap::new());
    let kinds = |unit: usize| {
        let mut cache = cache.borrow_mut();
        cache.entry(unit).or_insert_with(|| kinds(page, &blocks[unit])).clone()
    };
    let all: usize = page.words().len();
    let off = std::env::var("OFF").unwrap_or_default();
    let off = |name: &str| off.split(',').any(|o| o == name);
    let mut step = Step::default();
    let mut refused: HashSet<usize> = HashSet::new();
    let mut runs = near::runs(&units, &kinds);
    if off("near") { runs.clear(); }
    runs.retain(|run| {
        let Some(size) = near::size(run, &units, rule) else { return false };
        let copies = || run.pairs[0].copy..run.pairs[run.pairs.len() - 1].copy + 1;
        let prevented = guards(page, blocks, run, size, all, &off);
        if let Some(prevented) = &prevented {
            refused.extend(run.pairs.iter().map(|pair| pair.copy));
            step.notes.push(guard(&blocks[copies()], run.said, prevented.clone()));
        }
        prevented.is_none()
    });
    let taken = near::select(&units, &runs);
    step.removals.extend(taken.into_iter().map(|(pair, _)| {
        let words = units[pair.copy].words.len();
        Removal {
            block: pair.copy,
            kept: Some(pair.kept),
            reason: Reason::RepeatedWithin,
            score: if words == 0 { 1.0 } else { pair.said as f64 / words as f64 },
            evidence: Evidence::Repeat { blocks: 1, words },
        }
    }));
    if !step.removals.is_empty() {
        return step;
    }
    let found = repeats(&units, rule);
    for piece in found.chunk_by(|a, b| a.copy + 1 == b.copy && a.kept + 1 == b.kept) {
        if piece.iter().any(|repeat| refused.contains(&repeat.copy)) { continue; }
        let (first, last) = (&piece[0], &piece[piece.len() - 1]);
        if let Some(prevented) = neighbours(page, blocks, first.copy, first.kept, &off) {
            step.notes.push(guard(&blocks[first.copy..last.copy + 1], first.resemblance, prevented));
            continue;
        }
        step.removals.extend(piece.iter().map(|repeat| Removal {
            block: repeat.copy,
            kept: Some(repeat.kept..repeat.kept + 1),
            reason: Reason::RepeatedWithin,
            score: repeat.resemblance,
            evidence: Evidence::Repeat { blocks: 1, words: units[repeat.copy].words.len() },
        }));
    }
    step
}

fn guards(page: &Segmented<'_>, blocks: &[Block], run: &Run, size: Size, all: usize, off: &dyn Fn(&str) -> bool) -> Option<String> {
    if std::env::var_os("NEAR_SHOW").is_some() && std::env::var_os("NEAR_GUARD").is_none() {
        let f = &run.pairs[0]; let l = &run.pairs[run.pairs.len()-1];
        let cut = |a: usize, b: usize| { let t: Vec<char> = page.text()[blocks[a].span.start..blocks[b].span.end].chars().collect(); if t.len() > 300 { format!("{} …… {}", t[..150].iter().collect::<String>(), t[t.len()-150..].iter().collect::<String>()) } else { t.iter().collect() } };
        println!("RUN {size:?} words {} blocks {} of {} said {:.2} covered {:.2} edits {} slots {} again {} ahead {} copy {}..={} kept {}..{} of {}\n   COPY {}\n   KEPT {}", run.words, run.blocks, run.pairs.len(), run.said, run.covered, run.edits, run.slots, run.again, run.ahead, f.copy, l.copy, f.kept.start, l.kept.end, blocks.len(), cut(f.copy, l.copy).replace('\n', " ⏎ "), cut(f.kept.start, l.kept.end-1).replace('\n', " ⏎ "));
    }
    if size == Size::Page { return None; }
    let edits = run.edits;
    if !off("slots") && 2 * run.slots >= edits && run.slots > 0 {
        return Some(format!("the two differ in figures or names: {} of {edits} places", run.slots));
    }
    if !off("again") && (3 * run.again >= edits) && run.again > 0 {
        return Some(format!("the two differ in the same word again and again: {} of {edits} places", run.again + 1));
    }
    if !off("short") && all < 50 {
        return Some(format!("a page of {all} words is too short"));
    }
    if !off("quote") && run.pairs.len() == 1 && run.ahead > 0 && run.ahead <= 4 && edits == 0 {
        return Some("it is quoted under the name of who said it".to_owned());
    }
    neighbours(page, blocks, run.pairs[0].copy, run.pairs[0].kept.start, off)
}

/// What stands before a copy and before what it repeats.
fn neighbours(page: &Segmented<'_>, blocks: &[Block], copy: usize, kept: usize, off: &dyn Fn(&str) -> bool) -> Option<String> {
    let before = |at: usize| at.checked_sub(1).map(|at| &blocks[at]);
    let (copy, kept) = (before(copy)?, before(kept));
    let text = |block: &Block| block.span.of(page.text()).trim();
    let said = text(copy);
    let len = copy.words.len();
    if !off("quote") && said.ends_with([':', '：']) && len <= 12 && kept.is_none_or(|kept| !text(kept).ends_with([':', '：'])) {
        return Some(format!("it is quoted: \"{said}\""));
    }
    None
}

/// What the words of a block are.
fn kinds(page: &Segmented<'_>, block: &Block) -> Vec<Kind> {
    let mut kinds = Vec::with_capacity(block.words.len());
    for line in &page.lines()[block.lines.clone()] {
        let text = line.span.of(page.text());
        let mut before = 0;
        for word in words(text) {
            let (gap, word) = (&text[before..word.start], (word, word.of(text)));
            before = word.0.end;
            let starts = kinds.is_empty() || gap.contains(['.', '!', '?', ':', '•', '"', '“', '。']);
            kinds.push(match word.1.chars().next() {
                _ if word.1.contains(char::is_numeric) => Kind::Figure,
                Some(first) if first.is_uppercase() && !starts => Kind::Name,
                _ => Kind::Plain,
            });
        }
    }
    kinds
}
