//! Citation marks: noted, or taken out before the rest is cleaned.

use super::{Cleaned, Run, joined};
use crate::block::Segmented;
use crate::boilerplate::citation::citations;
use crate::boilerplate::markup::LineScore;
use crate::finding::{Action, Evidence, Finding, Reason};
use crate::span::{Slices, Span, concatenate, subtract};

impl Run<'_> {
    /// Takes out citation marks, and cleans what is left.
    ///
    /// Marks that turn up only in the cleaned text are taken out too, and the
    /// cleaning starts anew without them.
    pub(super) fn strip(&self, page: &Segmented<'_>, scores: &[LineScore]) -> Cleaned {
        let text = page.text();
        let whole = subtract(Span::new(0, text.len()), &[]);
        let mut stripped = marks(text, &whole, Action::Remove);
        if stripped.is_empty() {
            return self.rounds(page, scores);
        }
        loop {
            stripped.sort_by_key(|mark| mark.span);
            let holes: Vec<Span> = stripped.iter().map(|mark| mark.span).collect();
            let left = subtract(Span::new(0, text.len()), &holes);
            let slices = Slices::new(&left);
            let shorter = concatenate(text, &left);
            let cleaned = self.rounds(&page.alike(&shorter), &moved(scores, &holes));
            let kept: Vec<Span> = cleaned
                .kept
                .iter()
                .flat_map(|span| slices.original(*span))
                .collect();
            let more = marks(text, &kept, Action::Remove);
            if !more.is_empty() {
                stripped.extend(more);
                continue;
            }
            // A removed line takes the marks inside it along.
            let mut findings: Vec<Finding> = cleaned.findings;
            for finding in &mut findings {
                finding.span = slices.hull(finding.span);
                finding.kept = finding.kept.map(|kept| slices.hull(kept));
            }
            let mut taken: Vec<Span> = findings
                .iter()
                .filter(|finding| finding.action == Action::Remove)
                .map(|finding| finding.span)
                .collect();
            taken.sort_unstable();
            let inside = |mark: &Finding| {
                let after = taken.partition_point(|span| span.end <= mark.span.start);
                taken
                    .get(after)
                    .is_some_and(|span| span.start <= mark.span.start)
            };
            findings.extend(stripped.into_iter().filter(|mark| !inside(mark)));
            let mut blocks = cleaned.blocks;
            for block in &mut blocks {
                block.span = slices.hull(block.span);
            }
            return Cleaned {
                kept,
                findings,
                words: cleaned.words,
                blocks,
            };
        }
    }
}

/// The scores of lines in a text without `holes`, which are in order and never at the
/// start of a line.
fn moved(scores: &[LineScore], holes: &[Span]) -> Vec<LineScore> {
    let mut holes = holes.iter().peekable();
    let mut gone = 0;
    let moved = scores.iter().map(|line| {
        while let Some(hole) = holes.next_if(|hole| hole.start < line.span.start) {
            gone += hole.len();
        }
        let start = line.span.start - gone;
        LineScore {
            span: Span::new(start, start + line.span.len()),
            ..line.clone()
        }
    });
    moved.collect()
}

/// The citation marks of the cleaned text, in places of the original.
pub(super) fn marks(text: &str, kept: &[Span], action: Action) -> Vec<Finding> {
    let cleaned = joined(text, kept);
    let slices = Slices::new(kept);
    let marks = citations(&cleaned).into_iter().flat_map(|mark| {
        let pieces = slices.original(mark.span);
        pieces.into_iter().map(move |span| Finding {
            span,
            reason: Reason::Citation,
            action,
            kept: None,
            kept_page: None,
            score: 1.0,
            evidence: Evidence::Citation {
                name: mark.name.clone(),
                index: mark.index,
            },
        })
    });
    marks.collect()
}
