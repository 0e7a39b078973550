//! A page while it is cleaned: which of its lines are out, and why.

use super::step::Removal;
use crate::block::{Block, Segmented};
use crate::finding::{Action, Finding, Reason};
use crate::span::Span;
use std::borrow::Cow;
use std::ops::Range;

/// A page while it is cleaned.
pub(super) struct Round<'p> {
    pub(super) original: &'p Segmented<'p>,
    /// Which lines of the original are out.
    pub(super) dead: Vec<bool>,
    /// Why.
    pub(super) findings: Vec<Finding>,
    /// Words of the page when cues first looked at it.
    pub(super) words_before_cues: Option<usize>,
}

impl<'p> Round<'p> {
    pub(super) fn new(original: &'p Segmented<'p>) -> Self {
        Round {
            original,
            dead: vec![false; original.lines().len()],
            findings: Vec::new(),
            words_before_cues: None,
        }
    }

    /// The page as it stands.
    pub(super) fn left(&self) -> Cow<'p, Segmented<'p>> {
        match self.dead.contains(&true) {
            true => Cow::Owned(self.original.without(|line| self.dead[line])),
            false => Cow::Borrowed(self.original),
        }
    }

    /// Whether the cues of all steps together took more than `share` of the words.
    pub(super) fn cues_took_too_much(&self, share: f64) -> bool {
        let lines = self.original.lines();
        let words = |span: Span| -> usize {
            let first = lines.partition_point(|line| line.span.start < span.start);
            let lines = lines[first..]
                .iter()
                .take_while(|line| line.span.start < span.end);
            lines.map(|line| line.words.len()).sum()
        };
        let cues = self.findings.iter().filter(|finding| {
            finding.reason == Reason::TextCue && finding.action == Action::Remove
        });
        let taken: usize = cues.map(|finding| words(finding.span)).sum();
        taken as f64 > share * self.words_before_cues.unwrap_or(0) as f64
    }

    /// Takes `removals` (in order), blocks of the `page` that is left, out of the
    /// original and notes them; whether there were any.
    ///
    /// Neighbouring blocks with one reason and one twin become one finding, and
    /// the blank lines between them go too. A finding never spans what an earlier
    /// step took, on either side.
    pub(super) fn take(
        &mut self,
        page: &Segmented<'_>,
        blocks: &[Block],
        removals: &[Removal],
    ) -> bool {
        let first_new = self.findings.len();
        let mut before: Option<&Removal> = None;
        for removal in removals {
            let lines = blocks[removal.block].lines.clone();
            let kept = removal.kept.clone().map(|kept| {
                whole_lines(
                    page,
                    blocks[kept.start].lines.start..blocks[kept.end - 1].lines.end,
                )
            });
            for piece in contiguous_pieces(page, lines.clone()) {
                let span = whole_lines(page, piece.clone());
                let known = self.findings[first_new..].last_mut();
                let joined = before.zip(known).filter(|(before, known)| {
                    piece.start == lines.start
                        && before.block + 1 == removal.block
                        && before.reason == removal.reason
                        && follow(page, blocks, before.block, removal.block)
                        && match (&before.kept, &removal.kept) {
                            (Some(a), Some(b)) => {
                                a.end == b.start && follow(page, blocks, a.start, b.end - 1)
                            }
                            (None, None) => known.evidence.belongs_with(&removal.evidence),
                            _ => false,
                        }
                });
                match joined {
                    Some((_, known)) => {
                        known.span.end = span.end;
                        known.kept = known.kept.zip(kept).map(|(a, b)| Span::new(a.start, b.end));
                        known.score = known.evidence.joined_score(
                            known.score,
                            &removal.evidence,
                            removal.score,
                        );
                        known.evidence.add(&removal.evidence);
                    }
                    None => self.findings.push(Finding {
                        span,
                        reason: removal.reason,
                        action: Action::Remove,
                        kept,
                        kept_page: None,
                        score: removal.score,
                        evidence: removal.evidence.clone(),
                    }),
                }
            }
            before = Some(removal);
        }
        for at in first_new..self.findings.len() {
            self.mark(self.findings[at].span, true);
        }
        self.restore_orphans(first_new);
        !removals.is_empty()
    }

    /// Brings back repeats whose kept twin went in a later step: what is left
    /// must say it, or be judged itself in the next round.
    fn restore_orphans(&mut self, first_new: usize) {
        let taken: Vec<Span> = self.findings[first_new..].iter().map(|f| f.span).collect();
        let orphaned = |finding: &Finding| {
            finding.kept.is_some_and(|kept| {
                // `taken` is in order and disjoint.
                let after = taken.partition_point(|span| span.end <= kept.start);
                taken.get(after).is_some_and(|span| span.start < kept.end)
            })
        };
        let (orphans, old): (Vec<Finding>, Vec<Finding>) =
            self.findings.drain(..first_new).partition(orphaned);
        self.findings.splice(..0, old);
        for orphan in orphans {
            self.mark(orphan.span, false);
        }
    }

    /// Marks the lines under `span`, which covers whole lines.
    fn mark(&mut self, span: Span, dead: bool) {
        let lines = self.original.lines();
        let first = lines.partition_point(|line| line.span.start < span.start);
        let end = lines.partition_point(|line| line.span.start < span.end);
        self.dead[first..end].fill(dead);
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
