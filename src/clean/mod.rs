//! Findings to removals to cleaned text.
//!
//! Cleaning goes in steps: template, text cues, repeats inside the page, and
//! citation marks where asked for. Each step is a function of the text as the
//! steps before left it, and the first that takes something out starts the round
//! anew. Cleaning ends when no step takes anything; so cleaning a cleaned page
//! changes nothing. Cues go before repeats because a tail must not become
//! the kept twin of a repeat and be cut off afterwards.
//!
//! Whole lines are removed, with their line ends (citation marks excepted), and
//! nothing else is touched: the cleaned text is the concatenation of kept slices.

mod across;

pub(crate) use across::{Owner, Shared};

use crate::block::{Block, Segmented, ends_sentence};
use crate::boilerplate::PROSE_WORDS;
use crate::boilerplate::citation::citations;
use crate::boilerplate::cue::tails;
use crate::boilerplate::cue_table::ENGLISH;
use crate::boilerplate::template::{Templates, Verdict};
use crate::error::Error;
use crate::finding::{Action, Evidence, Finding, Reason};
use crate::mix::key_of;
use crate::repeat::{RepeatRule, Unit, repeats};
use crate::span::{Slices, Span, concatenate, subtract};
use std::collections::HashSet;
use std::ops::Range;

/// What the cleaner takes out.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct CleanRule {
    /// Repeats inside the page; `None` leaves them.
    pub repeats: Option<RepeatRule>,
    /// Whether text cues take out what follows an article.
    pub cues: bool,
    /// Most of the words that text cues may take, from 0 to 1; where they would
    /// take more they only annotate.
    pub most_cue_share: f64,
    /// Whether citation marks are taken out; else they are annotated.
    pub strip_citations: bool,
}

impl CleanRule {
    /// Repeats and cues removed, at most 40 % of the words by cues, citations annotated.
    pub const DEFAULT: CleanRule = CleanRule {
        repeats: Some(RepeatRule::DEFAULT),
        cues: true,
        most_cue_share: 0.4,
        strip_citations: false,
    };

    /// Checks the ranges.
    ///
    /// # Errors
    ///
    /// Where a figure is out of its range.
    pub fn validate(&self) -> Result<(), Error> {
        if !(0.0..=1.0).contains(&self.most_cue_share) {
            let value = self.most_cue_share;
            return Err(Error::setting("most cue share", value, "from 0 to 1"));
        }
        self.repeats.as_ref().map_or(Ok(()), RepeatRule::validate)
    }
}

/// A page after cleaning: what stays, what was found, and the words that are left.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cleaned {
    /// The slices of the original text that stay, in order, disjoint, not empty.
    pub kept: Vec<Span>,
    /// Everything noticed, in order of place.
    pub findings: Vec<Finding>,
    /// Folded word hashes of the cleaned text.
    pub words: Vec<u64>,
    /// The blocks of the cleaned text that hold words, in order.
    pub blocks: Vec<CleanedBlock>,
}

/// A block of a cleaned text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CleanedBlock {
    /// From its first byte to the end of its last line end, in the original text; what
    /// was taken out in between is under the span, but not in the block.
    pub span: Span,
    /// Its words, as indices into [`Cleaned::words`].
    pub words: Range<usize>,
}

impl Cleaned {
    /// The cleaned text: the kept slices of `text`, one after the other.
    pub fn text(&self, text: &str) -> String {
        concatenate(text, &self.kept)
    }
}

/// Cleans one page that has no template.
///
/// Text cues leave a page without prose (25 words in a sentence, or 100 in a run
/// of sentences) alone: they need an article to stand behind.
///
/// O(n log n) in the length of the text for each step that takes something out.
///
/// ```
/// use twicetold::clean::{CleanRule, clean};
///
/// let text = "The ferry to the outer islands stopped running on Monday after the crew found \
///     a crack in the hull, the company said, and nobody knows yet when it will sail again.\n\
///     Post a Comment\nPrevious Post Next Post\n";
/// let cleaned = clean(text, &CleanRule::DEFAULT);
/// assert!(cleaned.text(text).ends_with("sail again.\n"));
/// assert_eq!(cleaned.findings[0].reason.name(), "text-cue");
/// ```
pub fn clean(text: &str, rule: &CleanRule) -> Cleaned {
    clean_with(&Segmented::new(text), rule, &Templates::default(), None)
}

/// Cleans a page of a source whose template is known; `source` is its number in `templates`.
pub fn clean_with(
    page: &Segmented<'_>,
    rule: &CleanRule,
    templates: &Templates,
    source: Option<usize>,
) -> Cleaned {
    let cleaner = Cleaner {
        rule,
        templates,
        source,
    };
    let mut cleaned = match rule.strip_citations {
        true => cleaner.strip(page),
        false => cleaner.rounds(page),
    };
    cleaned
        .findings
        .sort_by_key(|finding| (finding.span, finding.reason));
    cleaned
}

struct Cleaner<'a> {
    rule: &'a CleanRule,
    templates: &'a Templates,
    source: Option<usize>,
}

/// What one step found: removals (whole blocks) and notes.
#[derive(Default)]
struct Step {
    removals: Vec<Removal>,
    notes: Vec<Finding>,
}

/// A block to take out.
struct Removal {
    block: usize,
    /// The block that stays and says the same.
    kept: Option<usize>,
    reason: Reason,
    score: f64,
    evidence: Evidence,
}

impl Cleaner<'_> {
    /// Steps until none takes anything.
    fn rounds(&self, page: &Segmented<'_>) -> Cleaned {
        let (round, left) = self.steps(page, true);
        if !round.cues_took_too_much(self.rule.most_cue_share) {
            return self.finish(left, round.findings);
        }
        // Step by step the cues took more than they may take at once. Only what
        // stood before their first step is sure to lead here again: template.
        let (mut round, left) = self.steps(page, false);
        let prevented = "text cues would take too much in several steps".to_owned();
        round.findings.push(guard(&left.blocks(), 1.0, prevented));
        self.finish(left, round.findings)
    }

    fn finish(&self, left: Segmented<'_>, mut findings: Vec<Finding>) -> Cleaned {
        let kept = kept_slices(&left);
        if !self.rule.strip_citations {
            findings.extend(marks(left.text(), &kept, Action::Annotate));
        }
        let blocks = left.blocks().into_iter();
        let blocks = blocks.filter(|block| !block.words.is_empty());
        Cleaned {
            blocks: blocks
                .map(|block| CleanedBlock {
                    span: whole_lines(&left, block.lines),
                    words: block.words,
                })
                .collect(),
            kept,
            findings,
            words: left.words().to_vec(),
        }
    }

    /// One run of steps to where none takes anything; template only, or all.
    fn steps<'p>(&self, original: &'p Segmented<'p>, all: bool) -> (Round<'p>, Segmented<'p>) {
        let mut round = Round::new(original);
        loop {
            let page = original.without(|line| round.dead[line]);
            let blocks = page.blocks();
            let template = self.template(&page, &blocks);
            if round.take(&page, &blocks, &template.removals) {
                continue;
            }
            let mut cues = Step::default();
            if all {
                round.words_before_cues.get_or_insert(page.words().len());
                cues = self.cues(&page, &blocks);
                if round.take(&page, &blocks, &cues.removals) {
                    continue;
                }
                let repeated = self.repeats(&page, &blocks, &cues.notes);
                if round.take(&page, &blocks, &repeated) {
                    continue;
                }
            }
            round.findings.extend(template.notes);
            round.findings.extend(cues.notes);
            return (round, page);
        }
    }

    fn template(&self, page: &Segmented<'_>, blocks: &[Block]) -> Step {
        let mut step = Step::default();
        let verdicts = self.templates.of_page(page, blocks, self.source);
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
                score: verdict.conviction.share(),
                evidence: Evidence::from(&verdict),
            };
            match verdict.remove && !nothing_left && !(stub && substance(&verdict)) {
                true => step.removals.push(removal),
                false => step.notes.push(removal.note(blocks)),
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

    fn cues(&self, page: &Segmented<'_>, blocks: &[Block]) -> Step {
        let mut step = Step::default();
        if !self.rule.cues {
            return step;
        }
        for tail in tails(page, blocks) {
            let evidence = Evidence::Cue {
                rule: tail.rule,
                cues: vec![tail.cue],
                table: ENGLISH.language.to_owned(),
                version: ENGLISH.version,
            };
            step.removals.extend(tail.blocks.map(|block| Removal {
                block,
                kept: None,
                reason: Reason::TextCue,
                score: 1.0,
                evidence: evidence.clone(),
            }));
        }
        let taken = step
            .removals
            .iter()
            .map(|removal| blocks[removal.block].words.len());
        let share = taken.sum::<usize>() as f64 / page.words().len().max(1) as f64;
        if share > self.rule.most_cue_share {
            let prevented = format!(
                "text cues would take {:.0} % of the words; at most {:.0} % may go",
                100.0 * share,
                100.0 * self.rule.most_cue_share
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
    fn repeats(&self, page: &Segmented<'_>, blocks: &[Block], tails: &[Finding]) -> Vec<Removal> {
        let Some(rule) = &self.rule.repeats else {
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

    /// Takes out citation marks, and cleans what is left.
    ///
    /// Marks that turn up only in the cleaned text are taken out too, and the
    /// cleaning starts anew without them.
    fn strip(&self, page: &Segmented<'_>) -> Cleaned {
        let text = page.text();
        let whole = subtract(Span::new(0, text.len()), &[]);
        let mut stripped = marks(text, &whole, Action::Remove);
        if stripped.is_empty() {
            return self.rounds(page);
        }
        loop {
            stripped.sort_by_key(|mark| mark.span);
            let holes: Vec<Span> = stripped.iter().map(|mark| mark.span).collect();
            let left = subtract(Span::new(0, text.len()), &holes);
            let slices = Slices::new(&left);
            let shorter = concatenate(text, &left);
            let cleaned = self.rounds(&Segmented::new(&shorter));
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

impl Removal {
    /// The block as an annotation.
    fn note(self, blocks: &[Block]) -> Finding {
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

fn guard(blocks: &[Block], score: f64, prevented: String) -> Finding {
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

/// A page while it is cleaned.
struct Round<'p> {
    original: &'p Segmented<'p>,
    /// Which lines of the original are out.
    dead: Vec<bool>,
    /// Why.
    findings: Vec<Finding>,
    /// Words of the page when cues first looked at it.
    words_before_cues: Option<usize>,
}

impl<'p> Round<'p> {
    fn new(original: &'p Segmented<'p>) -> Self {
        Round {
            original,
            dead: vec![false; original.lines().len()],
            findings: Vec::new(),
            words_before_cues: None,
        }
    }

    /// Whether the cues of all steps together took more than `share` of the words.
    fn cues_took_too_much(&self, share: f64) -> bool {
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
    fn take(&mut self, page: &Segmented<'_>, blocks: &[Block], removals: &[Removal]) -> bool {
        let first_new = self.findings.len();
        let mut before: Option<&Removal> = None;
        for removal in removals {
            let lines = blocks[removal.block].lines.clone();
            let kept = removal
                .kept
                .map(|kept| whole_lines(page, blocks[kept].lines.clone()));
            for piece in contiguous_pieces(page, lines.clone()) {
                let span = whole_lines(page, piece.clone());
                let known = self.findings[first_new..].last_mut();
                let joined = before.zip(known).filter(|(before, known)| {
                    piece.start == lines.start
                        && before.block + 1 == removal.block
                        && before.reason == removal.reason
                        && follow(page, blocks, before.block, removal.block)
                        && match (before.kept, removal.kept) {
                            (Some(a), Some(b)) => a + 1 == b && follow(page, blocks, a, b),
                            (None, None) => known.evidence.belongs_with(&removal.evidence),
                            _ => false,
                        }
                });
                match joined {
                    Some((_, known)) => {
                        known.span.end = span.end;
                        known.kept = known.kept.zip(kept).map(|(a, b)| Span::new(a.start, b.end));
                        known.score = known.score.min(removal.score);
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
fn whole_lines(page: &Segmented<'_>, lines: Range<usize>) -> Span {
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
fn kept_slices(page: &Segmented<'_>) -> Vec<Span> {
    let lines = page.lines();
    let pieces = contiguous_pieces(page, 0..lines.len());
    pieces
        .into_iter()
        .map(|piece| whole_lines(page, piece))
        .collect()
}

/// The citation marks of the cleaned text, in places of the original.
fn marks(text: &str, kept: &[Span], action: Action) -> Vec<Finding> {
    let cleaned = concatenate(text, kept);
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
