//! What other pages say too: noted, or taken out.

use super::{CleanedBlock, joined};
use crate::boilerplate::PROSE_WORDS;
use crate::finding::{Action, Evidence, Finding, Reason};
use crate::repeat::AcrossRepeat;
use crate::span::Span;
use std::borrow::Cow;

/// A block of a cleaned text while it waits to be looked for on other pages: in 12 bytes, so no text of
/// 4 GiB or more has any, and no block of 2³¹ words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct KeptBlock {
    start: u32,
    end: u32,
    /// How many, and [`FOLLOWED`].
    words: u32,
}

/// Nothing stood between the block and the next. It is noted because the text of a page that owns what others repeat
/// is not read for them.
const FOLLOWED: u32 = 1 << 31;

impl KeptBlock {
    /// The blocks of `text`; `None` where one ends too far back.
    pub(crate) fn all(text: &str, blocks: &[CleanedBlock]) -> Option<Box<[Self]>> {
        let mut next = blocks.iter().skip(1);
        let blocks = blocks.iter().map(|block| {
            let is_followed = next.next().is_some_and(|next| {
                let between = Span::new(block.span.end, next.span.start);
                between.of(text).trim().is_empty()
            });
            let words = u32::try_from(block.words.len()).ok()?;
            Some(KeptBlock {
                start: block.span.start.try_into().ok()?,
                end: block.span.end.try_into().ok()?,
                words: match is_followed {
                    _ if words >= FOLLOWED => return None,
                    true => words | FOLLOWED,
                    false => words,
                },
            })
        });
        blocks.collect()
    }

    /// Whether nothing stood between it and the next.
    fn is_followed(self) -> bool {
        self.words & FOLLOWED != 0
    }

    /// As [`CleanedBlock::span`].
    pub(crate) fn span(self) -> Span {
        Span::new(self.start as usize, self.end as usize)
    }

    /// How many words it has.
    pub(crate) fn words(self) -> usize {
        (self.words & !FOLLOWED) as usize
    }

    /// What stays of it, of a text of which the slices `kept` stay.
    pub(crate) fn kept<'t>(self, text: &'t str, kept: &[Span]) -> Cow<'t, str> {
        joined(text, &inside(kept, self.span()))
    }
}

/// A page whose blocks may stand on pages of higher rank.
pub(crate) struct Shared<'a> {
    /// The slices of its text that stay.
    pub(crate) kept: &'a mut Vec<Span>,
    /// Everything noticed in it.
    pub(crate) findings: &'a mut Vec<Finding>,
    /// Its blocks.
    pub(crate) blocks: &'a [KeptBlock],
    /// Those of them that another page owns, in order.
    pub(crate) repeats: &'a [AcrossRepeat],
}

/// A page of higher rank.
pub(crate) struct Owner<'a> {
    /// Its index in the run.
    pub(crate) page: usize,
    /// Its blocks.
    pub(crate) blocks: &'a [KeptBlock],
}

impl Shared<'_> {
    /// Notes or takes out what the page repeats; `owner` gives a page by its rank.
    /// Words taken out.
    ///
    /// A page of which fewer than 25 words would be left stays as it is. So does a run
    /// that the page itself repeated, as the kept twin of what was taken out of it, unless
    /// all are equal: then the owner's blocks become that twin.
    pub(crate) fn act<'o>(self, action: Action, owner: impl Fn(usize) -> Owner<'o>) -> usize {
        let mut found: Vec<Finding> = Vec::new();
        let mut taken = 0;
        let mut moved: Vec<(usize, Span, usize)> = Vec::new();
        let twins = self.twins();
        let runs = self.repeats.chunk_by(|a, b| {
            let one_run = a.copy + 1 == b.copy && a.owner == b.owner && a.kept + 1 == b.kept;
            one_run
                && self.blocks[a.copy].is_followed()
                && owner(a.owner).blocks[a.kept].is_followed()
        });
        for run in runs {
            let its = owner(run[0].owner);
            let last = run.len() - 1;
            let twin = Span::new(
                its.blocks[run[0].kept].span().start,
                its.blocks[run[last].kept].span().end,
            );
            let whole = Span::new(
                self.blocks[run[0].copy].span().start,
                self.blocks[run[last].copy].span().end,
            );
            let words = run
                .iter()
                .map(|repeat| self.blocks[repeat.copy].words());
            let words: usize = words.sum();
            let evidence = Evidence::Repeat {
                blocks: run.len(),
                words,
            };
            let mut action = action;
            if action == Action::Remove {
                match self.moved(&twins, run, whole, &its) {
                    Some(twins) => {
                        moved.extend(twins.into_iter().map(|(at, twin)| (at, twin, its.page)));
                        taken += words;
                    }
                    None => action = Action::Annotate,
                }
            }
            let least = run.iter().map(|repeat| repeat.resemblance);
            let score = least.fold(1.0, f64::min);
            found.extend(inside(self.kept, whole).into_iter().map(|span| Finding {
                span,
                reason: Reason::RepeatedAcross,
                action,
                kept: Some(twin),
                kept_page: Some(its.page),
                score,
                evidence: evidence.clone(),
            }));
        }
        let all: usize = self.blocks.iter().map(|block| block.words()).sum();
        if taken > 0 && all - taken < PROSE_WORDS {
            found
                .iter_mut()
                .for_each(|finding| finding.action = Action::Annotate);
            let left = all - taken;
            found.push(Finding {
                span: Span::new(found[0].span.start, found[found.len() - 1].span.end),
                reason: Reason::Guard,
                action: Action::Annotate,
                kept: None,
                kept_page: None,
                score: taken as f64 / all as f64,
                evidence: Evidence::Guard {
                    prevented: format!(
                        "without what other pages say too {left} of {all} words would be left, so it stays"
                    ),
                },
            });
            taken = 0;
        }
        if taken > 0 {
            for (at, twin, page) in moved {
                self.findings[at].kept = Some(twin);
                self.findings[at].kept_page = Some(page);
            }
            let holes = found.iter().filter(|f| f.action == Action::Remove);
            let holes: Vec<Span> = holes.map(|finding| finding.span).collect();
            *self.kept = without(self.kept, &holes);
        }
        self.findings.append(&mut found);
        self.findings
            .sort_by_key(|finding| (finding.span, finding.reason));
        taken
    }

    /// The kept twins of what was taken out of the page, with their findings, by place.
    fn twins(&self) -> Twins {
        let removals = self.findings.iter().enumerate();
        let removals = removals.filter(|(_, finding)| finding.action == Action::Remove);
        let mut twins: Vec<(Span, usize)> = removals
            .filter_map(|(at, finding)| Some((finding.kept?, at)))
            .collect();
        twins.sort_unstable();
        let reach = twins.iter().scan(0, |reach, (twin, _)| {
            *reach = twin.end.max(*reach);
            Some(*reach)
        });
        Twins {
            reach: reach.collect(),
            twins,
        }
    }

    /// The findings whose kept twin goes with `run`, which covers `whole`, each with the
    /// owner's blocks that say the same; `None` where those do not say it in equal words.
    fn moved(
        &self,
        twins: &Twins,
        run: &[AcrossRepeat],
        whole: Span,
        its: &Owner<'_>,
    ) -> Option<Vec<(usize, Span)>> {
        let twins = twins.under(whole).map(|(twin, at)| {
            let score = self.findings[at].score;
            (at, score, twin)
        });
        let moved = twins.map(|(at, score, twin)| {
            let block = |repeat: &AcrossRepeat| self.blocks[repeat.copy].span();
            let first = run.binary_search_by_key(&twin.start, |repeat| block(repeat).start);
            let last = run.binary_search_by_key(&twin.end, |repeat| block(repeat).end);
            let (first, last) = (first.ok()?, last.ok()?);
            let same = run.get(first..=last)?;
            let equal = score == 1.0 && same.iter().all(|repeat| repeat.resemblance == 1.0);
            let [start, end] = [first, last].map(|at| its.blocks[run[at].kept].span());
            equal.then_some((at, Span::new(start.start, end.end)))
        });
        moved.collect()
    }
}

/// Kept twins in order, which may lie in each other.
struct Twins {
    twins: Vec<(Span, usize)>,
    /// The furthest end so far.
    reach: Vec<usize>,
}

impl Twins {
    /// Those that `span` touches.
    fn under(&self, span: Span) -> impl Iterator<Item = (Span, usize)> {
        let first = self.reach.partition_point(|reach| *reach <= span.start);
        let begun = self.twins[first..].iter();
        let begun = begun.take_while(move |(twin, _)| twin.start < span.end);
        begun
            .filter(move |(twin, _)| span.start < twin.end)
            .copied()
    }
}

/// What of `span` is under `slices`, which are in order and disjoint.
pub(super) fn inside(slices: &[Span], span: Span) -> Vec<Span> {
    let first = slices.partition_point(|slice| slice.end <= span.start);
    let touched = slices[first..]
        .iter()
        .take_while(|slice| slice.start < span.end);
    touched
        .map(|slice| Span::new(slice.start.max(span.start), slice.end.min(span.end)))
        .collect()
}

/// `slices` without `holes`; both in order and disjoint, each hole inside a slice.
fn without(slices: &[Span], holes: &[Span]) -> Vec<Span> {
    let mut left = Vec::with_capacity(slices.len() + holes.len());
    let mut holes = holes.iter().peekable();
    for slice in slices {
        let mut start = slice.start;
        while let Some(hole) = holes.next_if(|hole| hole.start < slice.end) {
            left.push(Span::new(start, hole.start));
            start = hole.end;
        }
        left.push(Span::new(start, slice.end));
    }
    left.retain(|span| !span.is_empty());
    left
}
