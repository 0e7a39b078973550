//! A page while it is cleaned: which of its lines are out, and why.

use super::step::Removal;
use crate::block::{Block, Segmented};
use crate::finding::{Action, Finding, Reason};
use crate::repeat::select::said_by;
use crate::span::Span;
use std::borrow::Cow;
use std::ops::Range;

/// A page while it is cleaned.
pub(super) struct Round<'p> {
    pub(super) original: &'p Segmented<'p>,
    /// Which lines of the original are out.
    dead: Vec<bool>,
    /// What took them out, step by step.
    taken: Vec<Taken>,
    /// Words of the page when cues first looked at it.
    pub(super) words_before_cues: Option<usize>,
}

/// A block that is out, or what of it stands in a row.
struct Taken {
    finding: Finding,
    /// What must stay because it says the same: at least what the finding names as kept.
    needs: Option<Span>,
    /// Whether it makes one finding with the one before it.
    joins: bool,
}

impl<'p> Round<'p> {
    pub(super) fn new(original: &'p Segmented<'p>) -> Self {
        Round {
            original,
            dead: vec![false; original.lines().len()],
            taken: Vec::new(),
            words_before_cues: None,
        }
    }

    /// Whether a line of the original is out.
    pub(super) fn is_out(&self, line: usize) -> bool {
        self.dead[line]
    }

    /// The page as it stands.
    pub(super) fn left(&self) -> Cow<'p, Segmented<'p>> {
        match self.taken.is_empty() {
            false => Cow::Owned(self.original.without(|line| self.dead[line])),
            true => Cow::Borrowed(self.original),
        }
    }

    /// Whether the cues of all steps together took more than `share` of the words.
    pub(super) fn cues_took_too_much(&self, share: f64) -> bool {
        let cues = self.taken.iter().map(|taken| &taken.finding);
        let cues = cues.filter(|finding| finding.reason == Reason::TextCue);
        let taken: usize = cues.map(|finding| self.words(finding.span).len()).sum();
        taken as f64 > share * self.words_before_cues.unwrap_or(0) as f64
    }

    /// Takes `removals` (in order), blocks of the `page` that is left, out of the
    /// original and notes them; whether there were any.
    pub(super) fn take(
        &mut self,
        page: &Segmented<'_>,
        blocks: &[Block],
        removals: &[Removal],
    ) -> bool {
        let first_new = self.taken.len();
        let mut gone: Vec<(Span, Option<Span>)> = Vec::with_capacity(removals.len());
        let mut before: Option<&Removal> = None;
        for removal in removals {
            let lines = blocks[removal.block].lines.clone();
            let span_of = |kept: Range<usize>| {
                whole_lines(
                    page,
                    blocks[kept.start].lines.start..blocks[kept.end - 1].lines.end,
                )
            };
            let needs = removal.kept.clone().map(span_of);
            let kept = removal.named.clone().map(span_of).or(needs);
            for piece in contiguous_pieces(page, lines.clone()) {
                let joins = before.is_some_and(|before| {
                    piece.start == lines.start
                        && before.block + 1 == removal.block
                        && before.reason == removal.reason
                        && follow(page, blocks, before.block, removal.block)
                        && match (before.names(), removal.names()) {
                            (Some(a), Some(b)) => {
                                a.end == b.start && follow(page, blocks, a.start, b.end - 1)
                            }
                            (None, None) => before.evidence.belongs_with(&removal.evidence),
                            _ => false,
                        }
                });
                let mut span = whole_lines(page, piece);
                gone.push((span, needs));
                if joins && let Some(last) = self.taken.last() {
                    span.start = last.finding.span.end;
                }
                self.taken.push(Taken {
                    finding: Finding {
                        span,
                        reason: removal.reason,
                        action: Action::Remove,
                        kept,
                        kept_page: None,
                        score: removal.score,
                        evidence: removal.evidence.clone(),
                    },
                    needs,
                    joins,
                });
            }
            before = Some(removal);
        }
        for at in first_new..self.taken.len() {
            self.mark(self.taken[at].finding.span, true);
        }
        self.settle_orphans(first_new, &gone);
        !removals.is_empty()
    }

    /// Looks after the repeats whose kept twin went in a later step: where what says the twin says them
    /// too, in one row with nothing taken out of it, it becomes theirs; else they come back, to be judged
    /// themselves in the next round.
    ///
    /// `new` has the blocks that went now, in order, each with what says it.
    fn settle_orphans(&mut self, first_new: usize, new: &[(Span, Option<Span>)]) {
        let mut back: Vec<usize> = Vec::new();
        for at in 0..first_new {
            let Some(needs) = self.taken[at].needs else {
                continue;
            };
            let after = new.partition_point(|(span, _)| span.end <= needs.start);
            let Some((gone, its)) = new.get(after).filter(|(span, _)| span.start < needs.end)
            else {
                continue;
            };
            let whole = |heir: &Span| !self.lines(*heir).any(|line| self.dead[line]);
            let heir = its.filter(|_| *gone == needs && !self.words(needs).is_empty());
            let heir = heir.filter(whole);
            let span = self.taken[at].finding.span;
            let words = self.words(span);
            let said = heir.and_then(|heir| said_by(self.words(heir), words));
            let Some(said) = said else {
                back.push(at);
                continue;
            };
            let score = said as f64 / words.len().max(1) as f64;
            let taken = &mut self.taken[at];
            (taken.finding.kept, taken.needs, taken.finding.score) = (heir, heir, score);
            taken.joins = false;
            if let Some(next) = self.taken.get_mut(at + 1) {
                next.joins = false;
            }
        }
        for &at in &back {
            self.mark(self.taken[at].finding.span, false);
            if let Some(next) = self.taken.get_mut(at + 1) {
                next.joins = false;
            }
        }
        let mut at = 0;
        let mut back = back.into_iter().peekable();
        self.taken.retain(|_| {
            at += 1;
            back.next_if_eq(&(at - 1)).is_none()
        });
    }

    /// The words of the original under `span`, which covers whole lines.
    fn words(&self, span: Span) -> &'p [u64] {
        let lines = &self.original.lines()[self.lines(span)];
        let (first, last) = (lines.first(), lines.last());
        let words = first
            .zip(last)
            .map_or(0..0, |(first, last)| first.words.start..last.words.end);
        &self.original.words()[words]
    }

    /// What was taken out, in order of the steps: neighbouring blocks that one step took, with one reason
    /// and one twin, are one finding, and the blank lines between them go too. A finding never
    /// spans what an earlier step took, on either side.
    pub(super) fn findings(self) -> Vec<Finding> {
        let mut findings: Vec<Finding> = Vec::new();
        for Taken { finding, joins, .. } in self.taken {
            let Some(known) = findings.last_mut().filter(|_| joins) else {
                findings.push(finding);
                continue;
            };
            known.span.end = finding.span.end;
            known.kept = known
                .kept
                .zip(finding.kept)
                .map(|(a, b)| Span::new(a.start, b.end));
            known.score =
                known
                    .evidence
                    .joined_score(known.score, &finding.evidence, finding.score);
            known.evidence.add(&finding.evidence);
        }
        findings
    }

    fn mark(&mut self, span: Span, dead: bool) {
        let lines = self.lines(span);
        self.dead[lines].fill(dead);
    }

    /// The lines under `span`, which covers whole lines.
    fn lines(&self, span: Span) -> Range<usize> {
        let lines = self.original.lines();
        let first = lines.partition_point(|line| line.span.start < span.start);
        first..lines.partition_point(|line| line.span.start < span.end)
    }
}

/// From the first byte of the first line to the last byte of the last line end.
pub(super) fn whole_lines(page: &Segmented<'_>, lines: Range<usize>) -> Span {
    Span::new(
        page.lines()[lines.start].span.start,
        page.lines()[lines.end - 1].end,
    )
}

/// Whether nothing was taken between two blocks, one after the other.
fn follow(page: &Segmented<'_>, blocks: &[Block], first: usize, second: usize) -> bool {
    contiguous_pieces(page, blocks[first].lines.start..blocks[second].lines.end).len() == 1
}

/// `lines`, cut where earlier steps took something between two of them.
fn contiguous_pieces(page: &Segmented<'_>, lines: Range<usize>) -> Vec<Range<usize>> {
    let mut pieces: Vec<Range<usize>> = Vec::new();
    for at in lines {
        match pieces.last_mut() {
            Some(piece) if page.lines()[at - 1].end == page.lines()[at].span.start => {
                piece.end += 1
            }
            _ => pieces.push(at..at + 1),
        }
    }
    pieces
}

/// The lines of `page` as slices of its text, joined where nothing lies between.
pub(super) fn kept_slices(page: &Segmented<'_>) -> Vec<Span> {
    let lines = page.lines();
    let pieces = contiguous_pieces(page, 0..lines.len());
    pieces
        .into_iter()
        .map(|piece| whole_lines(page, piece))
        .collect()
}
