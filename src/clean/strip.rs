//! Citation marks: noted, or taken out before the rest is cleaned.

use super::{Cleaned, MOST_ROUNDS, Run, joined, untouched};
use crate::block::Segmented;
use crate::boilerplate::citation::citations;
use crate::boilerplate::markup::LineScore;
use crate::finding::{Action, Evidence, Finding, Reason};
use crate::span::{Slices, Span, concatenate, subtract};

impl Run<'_> {
    /// Takes out citation marks, and cleans what is left.
    ///
    /// Marks that turn up only in the cleaned text are taken out too, and the
    /// cleaning starts anew without them. It ends with a text that [`rounds`](Self::rounds) would leave as it is
    /// and that has no marks, so it stays when it is cleaned again; or after [`MOST_ROUNDS`] with the page
    /// as it came, which then stays too.
    pub(super) fn strip(&self, page: &Segmented<'_>, scores: &[LineScore]) -> Cleaned {
        let text = page.text();
        let all = Span::new(0, text.len());
        let mut stripped = marks(text, &[all], Action::Remove);
        for _ in 0..MOST_ROUNDS {
            stripped.sort_by_key(|mark| mark.span);
            let holes: Vec<Span> = stripped.iter().map(|mark| mark.span).collect();
            let mut cleaned = match &holes[..] {
                [] => self.rounds(page, scores),
                holes => {
                    let left = subtract(all, holes);
                    let shorter = concatenate(text, &left);
                    let mut cleaned = self.rounds(&page.alike(&shorter), &moved(scores, holes));
                    cleaned.place(&Slices::new(&left));
                    cleaned
                }
            };
            let more = marks(text, &cleaned.kept, Action::Remove);
            if !more.is_empty() {
                stripped.extend(more);
                continue;
            }
            // A removed line takes the marks inside it along.
            let mut taken: Vec<Span> = cleaned
                .findings
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
            let left = stripped.into_iter().filter(|mark| !inside(mark));
            cleaned.findings.extend(left);
            return cleaned;
        }
        let prevented = format!(
            "the limit of rounds: after {MOST_ROUNDS} without citation marks the page still had some, so it stays as it is"
        );
        untouched(page, prevented)
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
