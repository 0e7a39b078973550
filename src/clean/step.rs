//! The steps of cleaning: what each would take out of a page as it stands.

use super::CleanRule;
use crate::block::{Block, Segmented, ends_sentence};
use crate::boilerplate::cue::tails;
use crate::boilerplate::cue_table::ENGLISH;
use crate::boilerplate::template::Template;
use crate::finding::{Action, Evidence, Finding, Reason};
use crate::mix::key_of;
use crate::repeat::{Unit, repeats};
use crate::span::Span;
use std::collections::HashSet;

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
    /// The block that stays and says the same.
    pub(super) kept: Option<usize>,
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
    template: &Template,
    rule: &CleanRule,
) -> Step {
    let mut step = Step::default();
    let judgement = template.judge(page, blocks, rule.remove_from);
    for verdict in judgement.verdicts {
        let removal = Removal {
            block: verdict.block,
            kept: None,
            reason: Reason::Template,
            score: verdict.score(),
            evidence: Evidence::from(&verdict),
        };
        match verdict.remove {
            true => step.judge(removal, blocks, rule),
            false => step.notes.push(removal.note(blocks)),
        }
    }
    for fired in judgement.guards {
        let kept = &blocks[fired.blocks];
        step.notes.push(guard(kept, fired.score, fired.prevented));
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
) -> Vec<Removal> {
    let Some(rule) = &rule.repeats else {
        return Vec::new();
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
    let found = repeats(&units, rule).into_iter();
    let removals = found.map(|repeat| Removal {
        block: repeat.copy,
        kept: Some(repeat.kept),
        reason: Reason::RepeatedWithin,
        score: repeat.resemblance,
        evidence: Evidence::Repeat {
            blocks: 1,
            words: units[repeat.copy].words.len(),
        },
    });
    removals.collect()
}
