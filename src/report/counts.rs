//! The figures of a run, page by page.

use super::{LeftOut, PageReport};
use crate::finding::{Action, Finding, Reason};
use crate::word::words;
use std::collections::BTreeMap;
use std::fmt;

/// What a run did, in figures; written as the `counts` of `summary.json`.
///
/// ```
/// use twicetold::{Deduplicator, Page, report::Counts};
///
/// let text = "A line that says nothing twice.";
/// let report = Deduplicator::default().run(&[Page::new("a", text)]);
/// let mut counts = Counts::default();
/// counts.add(None, text, &report.pages[0]);
/// assert_eq!((counts.inputs, counts.kept, counts.words), (1, 1, 6));
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Counts {
    /// Records of any kind.
    pub inputs: usize,
    /// Pages that stay.
    pub kept: usize,
    /// Copies.
    pub removed: usize,
    /// Records that are no page.
    pub rejected: usize,
    /// Pages whose id was that of an earlier one.
    pub equal_ids: usize,
    /// Clusters of at least two pages.
    pub clusters: usize,
    /// Pairs of kept pages that have much in common.
    pub related_pairs: usize,
    /// Such pairs that are not listed, because one of the two is in as many stronger ones as it may be.
    pub related_pairs_left_out: usize,
    /// Comparisons that full buckets left out.
    pub comparisons_left_out: LeftOut,
    /// Pages something was taken out of.
    pub pages_cleaned: usize,
    /// Words of all pages.
    pub words: usize,
    /// Words of the cleaned texts of kept pages.
    pub words_after: usize,
    /// Findings by reason and action.
    #[cfg_attr(feature = "serde", serde(serialize_with = "listed"))]
    pub findings: BTreeMap<(Reason, Action), Counted>,
    #[cfg_attr(feature = "serde", serde(skip))]
    sources: BTreeMap<String, Source>,
}

/// Findings of a kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Counted {
    /// How many.
    pub findings: usize,
    /// Words in them.
    pub words: usize,
}

/// What became of the words of a source.
#[derive(Debug, Clone, Default, PartialEq)]
struct Source {
    pages: usize,
    words: usize,
    /// Words lost otherwise than to template and repeats.
    lost: usize,
}

impl Counts {
    /// Counts a page of `text`.
    pub fn add(&mut self, source: Option<&str>, text: &str, page: &PageReport) {
        self.inputs += 1;
        self.words += page.words;
        match page.is_kept() {
            true => {
                self.kept += 1;
                self.words_after += page.cleaned_words;
            }
            false => self.removed += 1,
        }
        let took = |finding: &Finding| finding.action == Action::Remove;
        self.pages_cleaned += usize::from(page.findings.iter().any(took));
        let mut lost = match page.is_kept() {
            true => 0,
            false => page.cleaned_words,
        };
        for finding in &page.findings {
            let words = words(finding.span.of(text)).count();
            let counted = self.findings.entry((finding.reason, finding.action));
            let counted = counted.or_default();
            counted.findings += 1;
            counted.words += words;
            if took(finding) && !matches!(finding.reason, Reason::Template | Reason::RepeatedWithin)
            {
                lost += words;
            }
        }
        if let Some(name) = source {
            // Most pages are of a source that is known.
            if !self.sources.contains_key(name) {
                self.sources.insert(name.to_owned(), Source::default());
            }
            if let Some(source) = self.sources.get_mut(name) {
                source.pages += 1;
                source.words += page.words;
                source.lost += lost;
            }
        }
    }

    /// Counts a record that is no page.
    pub fn add_rejected(&mut self) {
        self.inputs += 1;
        self.rejected += 1;
    }

    /// Clusters and losses out of proportion, a sentence each: reasons to look before trusting a run.
    ///
    /// `largest` is the largest cluster: its keeper's id and its number of pages. It is told where it has over
    /// 1 % of at least 10,000 pages; a source of at least 20 pages is where it lost over half of
    /// its words otherwise than to template and repeats.
    pub fn alarms(&self, largest: Option<(&str, usize)>) -> Vec<String> {
        let mut alarms = Vec::new();
        let all = self.kept + self.removed;
        if let Some((keeper, pages)) = largest
            && all >= 10_000
            && pages * 100 > all
        {
            alarms.push(format!(
                "one cluster has {pages} of {all} pages; its keeper is {keeper}"
            ));
        }
        for (name, source) in &self.sources {
            if source.pages >= 20 && 2 * source.lost > source.words {
                alarms.push(format!(
                    "{name} lost {:.0} % of its words as copies or tails",
                    100.0 * source.lost as f64 / source.words as f64
                ));
            }
        }
        alarms
    }
}

#[cfg(feature = "serde")]
fn listed<S: serde::Serializer>(
    findings: &BTreeMap<(Reason, Action), Counted>,
    to: S,
) -> Result<S::Ok, S::Error> {
    #[derive(serde::Serialize)]
    struct Row<'a> {
        reason: Reason,
        action: Action,
        #[serde(flatten)]
        counted: &'a Counted,
    }
    to.collect_seq(findings.iter().map(|((reason, action), counted)| Row {
        reason: *reason,
        action: *action,
        counted,
    }))
}

/// How many words stay, and what was found inside the pages.
impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let share = 100.0 * self.words_after as f64 / self.words.max(1) as f64;
        writeln!(
            f,
            "{} of {} words stay ({share:.0} %)\n\ninside the pages",
            self.words_after, self.words
        )?;
        if self.findings.is_empty() {
            f.write_str("  nothing found")?;
        }
        for (at, ((reason, action), counted)) in self.findings.iter().enumerate() {
            if at > 0 {
                f.write_str("\n")?;
            }
            let what = describe(*reason, *action, counted.findings);
            let Counted { findings, words } = counted;
            write!(f, "  {findings:>6} {what:<46} {words:>8} words")?;
        }
        Ok(())
    }
}

fn describe(reason: Reason, action: Action, number: usize) -> String {
    let (one, many, kept) = match reason {
        Reason::RepeatedWithin => (
            "repeat inside a page",
            "repeats inside a page",
            "noted, kept",
        ),
        Reason::RepeatedAcross => (
            "passage of another page",
            "passages of other pages",
            "noted, kept",
        ),
        Reason::Template => (
            "stretch of template",
            "stretches of template",
            "shared, kept",
        ),
        Reason::TextCue => (
            "tail behind the article",
            "tails behind the article",
            "noted, kept",
        ),
        Reason::Markup => (
            "stretch that is no article by its markup",
            "stretches that are no article by their markup",
            "noted, kept",
        ),
        Reason::Citation => ("citation mark", "citation marks", "noted, kept"),
        Reason::Guard => (
            "page where a guard held back",
            "pages where a guard held back",
            "kept",
        ),
    };
    let done = match action {
        Action::Remove => "removed",
        Action::Annotate => kept,
    };
    format!("{}, {done}", if number == 1 { one } else { many })
}
