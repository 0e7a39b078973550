//! What was observed in a page, and what was done about it.

use crate::boilerplate::cue::CueRule;
use crate::boilerplate::markup::Argument;
use crate::boilerplate::template::{Match, Verdict};
use crate::error::Error;
use crate::span::Span;
use std::fmt;
use std::str::FromStr;

/// Why a span was noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Reason {
    /// It says again what stands elsewhere on its page: before it, but for teasers.
    RepeatedWithin,
    /// It stands on another kept page too.
    RepeatedAcross,
    /// It belongs to the template of its source.
    Template,
    /// A text cue says that the article is over.
    TextCue,
    /// The markup of HTML says that it is not the article's.
    Markup,
    /// A citation mark glued to a sentence.
    Citation,
    /// A guard kept the cleaner from taking too much.
    Guard,
}

impl Reason {
    /// The name written to reports: `repeated-within`, `repeated-across`, `template`, `text-cue`, `markup`, `citation`, `guard`.
    pub fn name(self) -> &'static str {
        match self {
            Reason::RepeatedWithin => "repeated-within",
            Reason::RepeatedAcross => "repeated-across",
            Reason::Template => "template",
            Reason::TextCue => "text-cue",
            Reason::Markup => "markup",
            Reason::Citation => "citation",
            Reason::Guard => "guard",
        }
    }
}

/// What was done about a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Action {
    /// The span was taken out.
    Remove,
    /// The span stays; it is only noted.
    Annotate,
}

impl Action {
    /// Its name, one word in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Action::Remove => "remove",
            Action::Annotate => "annotate",
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.name())
    }
}

impl FromStr for Action {
    type Err = Error;

    /// By its [name](Action::name).
    fn from_str(name: &str) -> Result<Self, Error> {
        match name {
            "remove" => Ok(Action::Remove),
            "annotate" => Ok(Action::Annotate),
            _ => Err(Error::setting("action", name, "remove or annotate")),
        }
    }
}

/// The proof of a finding.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case", tag = "kind"))]
#[non_exhaustive]
pub enum Evidence {
    /// The kept twin of a finding says it all; how much was repeated.
    Repeat {
        /// Blocks of the run.
        blocks: usize,
        /// Words of the run.
        words: usize,
    },
    /// The counts that convicted template; of several blocks, the weakest.
    Template {
        /// Clusters of the source it stands in.
        clusters: usize,
        /// Clusters of the source.
        of: usize,
        /// Pages of the source it stands on.
        pages: usize,
        /// Blocks this finding covers.
        blocks: usize,
        /// Whether one of them stands on the other pages with other digits.
        digits_equal: bool,
        /// Whether one of them stands on the other pages with some other words.
        near_equal: bool,
    },
    /// The matched words and the table they come from.
    Cue {
        /// Which rule; of several tails in a row, the first one's.
        rule: CueRule,
        /// The matched words of each tail, folded.
        cues: Vec<String>,
        /// Language of the table; empty where figures or signs alone tell (©, 2026-05-03).
        table: String,
        /// Version of the table; 0 without one.
        version: u32,
        /// Whether the table was measured on labelled pages; the score is lower where not.
        measured: bool,
    },
    /// What speaks for it in the markup; of several lines, the first's.
    Markup {
        /// The strongest first.
        arguments: Vec<Argument>,
    },
    /// A citation mark.
    Citation {
        /// The source it names.
        name: String,
        /// Its number on the page.
        index: usize,
    },
    /// What a guard prevented.
    Guard {
        /// One sentence.
        prevented: String,
    },
}

impl Evidence {
    /// Whether two removals without twins, one after the other, are one finding.
    pub(crate) fn belongs_with(&self, next: &Evidence) -> bool {
        match (self, next) {
            (Evidence::Template { .. }, Evidence::Template { .. })
            | (Evidence::Markup { .. }, Evidence::Markup { .. }) => true,
            (
                Evidence::Cue { table, version, .. },
                Evidence::Cue {
                    table: its,
                    version: v,
                    ..
                },
            ) => (table, version) == (its, v),
            _ => false,
        }
    }

    /// The score of two together: of repeats the share of the words of both that
    /// what stays says, else the lower one.
    pub(crate) fn joined_score(&self, score: f64, next: &Evidence, its: f64) -> f64 {
        match (self, next) {
            (Evidence::Repeat { words, .. }, Evidence::Repeat { words: more, .. }) => {
                let (words, more) = (*words as f64, *more as f64);
                match words + more > 0.0 {
                    true => (score * words + its * more) / (words + more),
                    false => score.min(its),
                }
            }
            _ => score.min(its),
        }
    }

    /// Takes in the evidence of a block that joins the finding.
    pub(crate) fn add(&mut self, next: &Evidence) {
        match (self, next) {
            (
                Evidence::Repeat { blocks, words },
                Evidence::Repeat {
                    blocks: more_blocks,
                    words: more_words,
                },
            ) => {
                *blocks += more_blocks;
                *words += more_words;
            }
            (
                Evidence::Template {
                    clusters,
                    pages,
                    blocks,
                    digits_equal,
                    near_equal,
                    ..
                },
                Evidence::Template {
                    clusters: its_clusters,
                    pages: its_pages,
                    blocks: more_blocks,
                    digits_equal: its_digits,
                    near_equal: its_words,
                    ..
                },
            ) => {
                *digits_equal |= its_digits;
                *near_equal |= its_words;
                *clusters = (*clusters).min(*its_clusters);
                *pages = (*pages).min(*its_pages);
                *blocks += more_blocks;
            }
            (Evidence::Cue { cues, .. }, Evidence::Cue { cues: more, .. }) => {
                let new = more.iter().filter(|cue| cues.last() != Some(cue));
                let new: Vec<String> = new.cloned().collect();
                cues.extend(new);
            }
            _ => {}
        }
    }
}

impl From<&Verdict> for Evidence {
    fn from(verdict: &Verdict) -> Self {
        Evidence::Template {
            clusters: verdict.conviction.clusters,
            of: verdict.conviction.of,
            pages: verdict.conviction.pages,
            blocks: 1,
            digits_equal: verdict.how == Match::Digits,
            near_equal: matches!(verdict.how, Match::Near(_)),
        }
    }
}

/// Something observed in a page.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Finding {
    /// Where, in bytes of the original text. Spans of removals are disjoint.
    pub span: Span,
    /// Why.
    pub reason: Reason,
    /// What was done.
    pub action: Action,
    /// The part that says the same and stays, for repeats.
    pub kept: Option<Span>,
    /// The page that part stands on, as its index in the run, where it is another one.
    pub kept_page: Option<usize>,
    /// How sure it is, from 0 to 1, that the span says again what stays, or is not
    /// the page's own: resemblance of a repeat; for template from 0.75 (half of the
    /// source's clusters) to 1, and no more than the share of a near-equal block's words that
    /// is the site's; 1 for an exact mark, or a cue of a measured table;
    /// [`UNMEASURED`](crate::boilerplate::cue::UNMEASURED) for one of another table. At or above
    /// [`CleanRule::remove_from`](crate::clean::CleanRule::remove_from) it is removed.
    /// For a guard, the share of words it saved.
    pub score: f64,
    /// The proof.
    pub evidence: Evidence,
}
