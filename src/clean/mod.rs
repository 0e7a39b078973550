//! Findings to removals to cleaned text.
//!
//! Cleaning goes in steps: template, text cues, repeats inside the page, what the
//! markup of HTML says, and citation marks where asked for. Each step is a function of the text as the
//! steps before left it, and the first that takes something out starts the round
//! anew. Cleaning ends when no step takes anything; so cleaning a cleaned page
//! changes nothing. (Steps that come to no end are left out, with a guard that says so.) Cues go before repeats because a tail must not become
//! the kept twin of a repeat and be cut off afterwards; markup goes after them, scored
//! once for the whole page, so that of a page that holds everything twice the second half
//! is a repeat and not something behind the article.
//!
//! Whole lines are removed, with their line ends (citation marks excepted), and
//! nothing else is touched: the cleaned text is the concatenation of kept slices.

mod across;
mod repeated;
mod round;
mod step;
mod strip;

pub(crate) use across::{KeptBlock, Owner, Shared};

use crate::block::{Block, Segmented};
use crate::boilerplate::cue::{CueTable, Cues};
use crate::boilerplate::markup::{LineScore, Markup};
use crate::boilerplate::template::Template;
use crate::error::Error;
use crate::finding::{Action, Finding};
use crate::repeat::{RepeatRule, near};
use crate::span::{Slices, Span, concatenate};
use repeated::repeated;
use round::{Round, kept_slices, whole_lines};
use std::borrow::Cow;
use std::cell::{Cell, OnceCell};
use std::ops::Range;
use std::sync::Arc;
use step::guard;
use strip::marks;

/// What the cleaner takes out.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct CleanRule {
    /// Repeats inside the page; `None` leaves them.
    pub repeats: Option<RepeatRule>,
    /// Whether text cues take out what follows an article.
    pub cues: bool,
    /// Whether what the markup of HTML says takes out what is not the article's.
    pub markup: bool,
    /// Most of the words that text cues may take, from 0 to 1; where they would
    /// take more they only annotate.
    pub most_cue_share: f64,
    /// Least score of what template, cues and markup take out, above 0 and at most 1;
    /// what scores less is annotated. See [`Finding::score`].
    pub remove_from: f64,
    /// Whether citation marks are taken out; else they are annotated.
    pub strip_citations: bool,
    /// Most bytes of a page that is cleaned. A longer one is a dump, not an article; it is compared, and stays as it
    /// is, with a guard that says so. What a page takes while it is cleaned grows with it, so this bounds memory.
    pub most_bytes: usize,
}

impl CleanRule {
    /// Repeats and cues removed, at most 40 % of the words by cues, citations annotated.
    pub const DEFAULT: CleanRule = CleanRule {
        repeats: Some(RepeatRule::DEFAULT),
        cues: true,
        markup: true,
        most_cue_share: 0.4,
        remove_from: 0.7,
        strip_citations: false,
        most_bytes: 64 << 20,
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
        if !(self.remove_from > 0.0 && self.remove_from <= 1.0) {
            let value = self.remove_from;
            return Err(Error::setting(
                "remove from",
                value,
                "above 0 and at most 1",
            ));
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
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct CleanedBlock {
    /// From its first byte to the end of its last line end, in the original text; what
    /// was taken out in between is under the span, but not in the block.
    pub span: Span,
    /// Its words, as indices into [`Cleaned::words`].
    pub words: Range<usize>,
}

/// The slices of `text`, one after the other.
pub(crate) fn joined<'t>(text: &'t str, slices: &[Span]) -> Cow<'t, str> {
    match slices {
        [] => Cow::Borrowed(""),
        [slice] => Cow::Borrowed(slice.of(text)),
        _ => Cow::Owned(concatenate(text, slices)),
    }
}

impl Cleaned {
    /// The cleaned text: the kept slices of `text`, one after the other.
    pub fn text(&self, text: &str) -> String {
        concatenate(text, &self.kept)
    }

    /// What was found in the concatenation of `slices`, in places of their text.
    fn place(&mut self, slices: &Slices<'_>) {
        let kept = self.kept.iter();
        self.kept = kept.flat_map(|span| slices.original(*span)).collect();
        for finding in &mut self.findings {
            finding.span = slices.hull(finding.span);
            finding.kept = finding.kept.map(|kept| slices.hull(kept));
        }
        for block in &mut self.blocks {
            block.span = slices.hull(block.span);
        }
    }
}

/// Cleans one page of which nothing is known but its text, by a rule taken as it
/// stands; see [`Cleaner`].
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
    let cleaner = Cleaner {
        rule: *rule,
        cues: None,
    };
    cleaner.clean(text)
}

/// Cleans pages by one rule.
///
/// Text cues leave a page without prose (25 words in a sentence, or 100 in a run
/// of sentences) alone: they need an article to stand behind.
///
/// O(n log n) in the length of the text for each step that takes something out.
///
/// ```
/// use twicetold::clean::{CleanRule, Cleaner};
///
/// let cleaner = Cleaner::new(CleanRule::DEFAULT)?;
/// let text = "A line that says nothing twice.";
/// assert_eq!(cleaner.clean(text).text(text), text);
/// # Ok::<(), twicetold::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Cleaner {
    rule: CleanRule,
    /// The built-in ones unless told, compiled with the first page: who only clusters needs none.
    cues: Option<Arc<Cues>>,
}

impl Cleaner {
    /// A cleaner that takes out what `rule` says.
    ///
    /// # Errors
    ///
    /// Where a figure of the rule is out of its range.
    pub fn new(rule: CleanRule) -> Result<Self, Error> {
        rule.validate()?;
        Ok(Cleaner { rule, cues: None })
    }

    /// The same cleaner with the text cues of `table` too, compiled once.
    ///
    /// # Errors
    ///
    /// Where a phrase cannot be one; the error names it. See [`CueTable::validate`].
    pub fn with_cues(self, table: CueTable) -> Result<Self, Error> {
        let cues = Arc::unwrap_or_clone(self.cues.unwrap_or_else(Cues::built_in)).with(table)?;
        Ok(Cleaner {
            cues: Some(Arc::new(cues)),
            ..self
        })
    }

    /// The same cleaner with no text cues but those of `cues`.
    pub fn with_only_cues(self, cues: Cues) -> Self {
        Cleaner {
            cues: Some(Arc::new(cues)),
            ..self
        }
    }

    /// Cleans a page read from HTML that has no template.
    #[cfg(feature = "html")]
    pub fn clean_document(&self, page: &crate::html::Document) -> Cleaned {
        let text = Segmented::of_marked(page.text(), page.markup());
        self.clean_page(&text, None, Some(page.markup()))
    }

    /// Cleans a page that has no template.
    pub fn clean(&self, text: &str) -> Cleaned {
        self.clean_page(&Segmented::new(text), None, None)
    }

    /// Cleans a page of a source whose template is known; see
    /// [`Templates::of_source`](crate::boilerplate::template::Templates::of_source).
    /// With the same template, cleaning the cleaned text takes out nothing more; a page read
    /// from HTML is text when it comes back, without markup.
    ///
    /// A page read from HTML comes as [`Segmented::of_marked`], with its `markup`. A page of more than
    /// [`Segmented::MOST_LINES`] or [`CleanRule::most_bytes`] stays as it is, with a guard that says so.
    pub fn clean_page(
        &self,
        page: &Segmented<'_>,
        template: Option<&Template>,
        markup: Option<&Markup>,
    ) -> Cleaned {
        self.clean_uncounted(page, template, markup).0
    }

    /// Why a page is not cleaned, if it is not: what it has more of than a page that is.
    fn cap(&self, page: &Segmented<'_>) -> Option<String> {
        if page.text().len() > self.rule.most_bytes {
            let most = self.rule.most_bytes;
            return Some(format!("{most} bytes of text are a dump, not an article"));
        }
        let lines = Segmented::MOST_LINES;
        let list = || format!("{lines} lines are a list or a dump, not an article");
        page.has_too_many_lines().then(list)
    }

    /// As [`clean_page`](Self::clean_page), by a template of which it is not counted yet how many sources have
    /// what is in it; and whether the page must be cleaned again once more than one of them has.
    pub(crate) fn clean_uncounted(
        &self,
        page: &Segmented<'_>,
        template: Option<&Template>,
        markup: Option<&Markup>,
    ) -> (Cleaned, bool) {
        if let Some(cap) = self.cap(page) {
            return (untouched(page, cap), false);
        }
        let markup = markup.filter(|_| self.rule.markup);
        let scores = markup.map_or(Vec::new(), |markup| markup.scores(page.text()));
        let none = Template::default();
        let cues = self.cues.clone().unwrap_or_else(Cues::built_in);
        let run = Run {
            rule: &self.rule,
            cues: &cues,
            template: template.unwrap_or(&none),
            hangs_on_sources: Cell::new(false),
        };
        let mut cleaned = match self.rule.strip_citations {
            true => run.strip(page, &scores),
            false => run.rounds(page, &scores),
        };
        cleaned
            .findings
            .sort_by_key(|finding| (finding.span, finding.reason));
        (cleaned, run.hangs_on_sources.get())
    }
}

/// A page that is not cleaned, because it is over a cap.
fn untouched(page: &Segmented<'_>, cap: String) -> Cleaned {
    let all = Span::new(0, page.text().len());
    let guard = Finding {
        span: all,
        ..guard(&[], 1.0, format!("cleaning: more than {cap}"))
    };
    Cleaned {
        kept: vec![all],
        findings: vec![guard],
        words: page.words().to_vec(),
        blocks: Vec::new(),
    }
}

/// A step of cleaning.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Template,
    Cues,
    Repeats,
    Markup,
}

/// Most times that steps of one kind may take something out of a page. Of the pages of the development
/// sets none needs more than five.
const MOST_ROUNDS: usize = 24;

/// Why a walk did not go to its end.
struct Stopped {
    /// The kind of step that took too much, or too often.
    kind: Kind,
    /// What that prevents, in a sentence.
    prevented: String,
}

impl Stopped {
    /// After as many rounds as there may be.
    fn after_rounds(kind: Kind) -> Self {
        let what = match kind {
            Kind::Template => "template",
            Kind::Cues => "text cues",
            Kind::Repeats => "repeats",
            Kind::Markup => "markup",
        };
        Stopped {
            kind,
            prevented: format!(
                "the limit of rounds: after {MOST_ROUNDS} that took out {what} there was still more, so all of it stays"
            ),
        }
    }

    /// Where the page says so much again and again that too many words would have to be aligned.
    fn by_work(most: usize) -> Self {
        Stopped {
            kind: Kind::Repeats,
            prevented: format!(
                "the limit of repeats: to compare what this page says again and again, more than {most} pairs of \
                 words would have to be aligned, so all of it stays"
            ),
        }
    }
}

/// The cleaning of one page.
struct Run<'a> {
    rule: &'a CleanRule,
    cues: &'a Cues,
    template: &'a Template,
    /// Whether it may come out otherwise where more sources have what is in the template.
    hangs_on_sources: Cell<bool>,
}

impl Run<'_> {
    /// Steps until none takes anything, and what comes of it taken as it stands: cleaned again,
    /// it stays as it is.
    ///
    /// A step is a function of the text as it stands, cut anew or not; which lines went before is
    /// nothing to it. (Headings left without a section are the one exception, and a text cut anew has
    /// fewer of those; see [`step::cues`].) So a walk that ends, ends with a text of which no step takes
    /// anything.
    ///
    /// It need not end: a repeat whose kept twin goes comes back, and three texts that say each
    /// other may come and go for ever. It need not end well: cues may take in several steps more than they
    /// may take at once. Then the steps that did so are left out, and those after them that stand on them.
    /// What the others leave is either the page, whole: it stays, and when it is cleaned again, it goes the
    /// same way. Or it is shorter: then it is cleaned as if it had come so. Each such text is shorter than
    /// the one before, so the last of them stays as it is, by one of the two.
    ///
    /// Where there is markup, the cleaned text is never cleaned with it again: only the steps that
    /// failed are left out.
    fn rounds(&self, page: &Segmented<'_>, scores: &[LineScore]) -> Cleaned {
        let mut steps = vec![Kind::Template, Kind::Cues, Kind::Repeats, Kind::Markup];
        let mut prevented: Vec<String> = Vec::new();
        loop {
            let (round, left, blocks, notes) = match self.steps(page, scores, &steps) {
                Ok(ended) => ended,
                Err(stopped) => {
                    let at = steps.iter().position(|step| *step == stopped.kind);
                    let at = at.expect("what was stopped was among the steps");
                    match scores {
                        [] => steps.truncate(at),
                        _ => _ = steps.remove(at),
                    }
                    prevented.push(stopped.prevented);
                    continue;
                }
            };
            let mut findings = round.findings();
            let kept = kept_slices(&left);
            if !prevented.is_empty() && scores.is_empty() && !findings.is_empty() {
                let shorter = joined(page.text(), &kept);
                let mut cleaned = self.rounds(&page.alike(&shorter), &[]);
                cleaned.place(&Slices::new(&kept));
                cleaned.findings.extend(findings);
                return cleaned;
            }
            findings.extend(notes);
            let guards = prevented.into_iter();
            findings.extend(guards.map(|prevented| guard(&blocks, 1.0, prevented)));
            return self.finish(left, blocks, findings);
        }
    }

    /// A page of which nothing more goes.
    fn finish(
        &self,
        left: Cow<'_, Segmented<'_>>,
        blocks: Vec<Block>,
        mut findings: Vec<Finding>,
    ) -> Cleaned {
        let kept = kept_slices(&left);
        if !self.rule.strip_citations {
            findings.extend(marks(left.text(), &kept, Action::Annotate));
        }
        let blocks = blocks.into_iter();
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
            words: match left {
                Cow::Borrowed(page) => page.words().to_vec(),
                Cow::Owned(page) => page.into_words(),
            },
        }
    }

    /// One walk of `steps` to where none takes anything: the page that is left, its blocks, and what was
    /// only noticed in it.
    fn steps<'p>(
        &self,
        original: &'p Segmented<'p>,
        scores: &[LineScore],
        steps: &[Kind],
    ) -> Result<Ended<'p>, Stopped> {
        let mut round = Round::new(original);
        let apart = OnceCell::new();
        let mut rounds = [0; 4];
        let most_work = near::most_work(original.text().len());
        let work = Cell::new(most_work);
        'walk: loop {
            let page = round.left();
            let blocks = page.blocks();
            let mut notes: Vec<Finding> = Vec::new();
            for &kind in steps {
                let step = match kind {
                    Kind::Template => {
                        let (step, hangs) =
                            step::template(&page, &blocks, self.template, self.rule);
                        self.hangs_on_sources
                            .set(self.hangs_on_sources.get() | hangs);
                        step
                    }
                    Kind::Cues => {
                        round.words_before_cues.get_or_insert(page.words().len());
                        step::cues(&page, &blocks, self.cues, self.rule)
                    }
                    Kind::Repeats => {
                        let repeated = |page: &Segmented<'_>| {
                            let step = repeated(page, &blocks, &notes, self.rule, &work);
                            step.ok_or_else(|| Stopped::by_work(most_work))
                        };
                        let step = repeated(&page)?;
                        // It was told by hashes. Where these are forged it is told again, by numbers
                        // that no two different words share.
                        match step.is_forged(&page, &blocks) {
                            true => {
                                let apart = apart.get_or_init(|| original.told_apart());
                                repeated(&apart.without(|line| round.is_out(line)))?
                            }
                            false => step,
                        }
                    }
                    Kind::Markup => step::markup(&page, &blocks, scores, self.rule),
                };
                if round.take(&page, &blocks, &step.removals) {
                    rounds[kind as usize] += 1;
                    match rounds[kind as usize] > MOST_ROUNDS {
                        true => return Err(Stopped::after_rounds(kind)),
                        false => continue 'walk,
                    }
                }
                notes.extend(step.notes);
            }
            if round.cues_took_too_much(self.rule.most_cue_share) {
                return Err(Stopped {
                    kind: Kind::Cues,
                    prevented: "the guard of text cues: in several steps they would take too much"
                        .to_owned(),
                });
            }
            return Ok((round, page, blocks, notes));
        }
    }
}

/// A page that is cleaned, what is left of it, its blocks, and what was only noticed in it.
type Ended<'p> = (Round<'p>, Cow<'p, Segmented<'p>>, Vec<Block>, Vec<Finding>);
