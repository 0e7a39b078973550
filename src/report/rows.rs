//! Lines of the files of a run, as every program writes and reads them.

use crate::cluster::{Fate, Related};
use crate::finding::{Action, Evidence, Finding, Reason};
use crate::span::Span;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// One line of `ledger.jsonl`: what became of an input record.
///
/// ```
/// use twicetold::report::{Fate, LedgerRow};
///
/// let row = LedgerRow::of("courier/ferry", Some("courier"), Fate::Kept, "courier/ferry");
/// let line = serde_json::to_string(&row)?;
/// assert!(line.starts_with(r#"{"id":"courier/ferry","source":"courier","status":"kept","#));
/// assert_eq!(serde_json::from_str::<LedgerRow>(&line)?, row);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LedgerRow<'a> {
    /// Its id; of a record without one, where it stands.
    pub id: Cow<'a, str>,
    /// Its source.
    pub source: Option<Cow<'a, str>>,
    /// What became of it.
    pub status: Status,
    /// The id of the keeper of its cluster; of a kept page, its own.
    pub cluster: Option<Cow<'a, str>>,
    /// The kept page that a removed one is a copy of.
    pub keeper: Option<Cow<'a, str>>,
    /// Their exact resemblance, to six decimals.
    pub resemblance: Option<f64>,
    /// The share of the removed page that stands in the keeper.
    pub containment: Option<f64>,
    /// Why it was rejected, or what is odd about it.
    pub error: Option<Cow<'a, str>>,
    /// The index that has the keeper, where that is no page of this run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<Cow<'a, str>>,
}

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// It stays.
    Kept,
    /// It is a copy.
    Removed,
    /// It is no page.
    Rejected,
}

impl<'a> LedgerRow<'a> {
    /// A page by its fate; `keeper` is the id of the keeper of its cluster.
    pub fn of(id: &'a str, source: Option<&'a str>, fate: Fate, keeper: &'a str) -> Self {
        let (status, overlap) = match fate {
            Fate::Kept => (Status::Kept, None),
            Fate::Removed { overlap, .. } => (Status::Removed, Some(overlap)),
        };
        LedgerRow {
            id: id.into(),
            source: source.map(Cow::from),
            status,
            cluster: Some(keeper.into()),
            keeper: overlap.map(|_| keeper.into()),
            resemblance: overlap.map(|overlap| rounded(overlap.resemblance())),
            containment: overlap.map(|overlap| rounded(overlap.containment())),
            error: None,
            index: None,
        }
    }

    /// A record that is no page.
    pub fn rejected(id: &'a str, error: &'a str) -> Self {
        LedgerRow {
            id: id.into(),
            source: None,
            status: Status::Rejected,
            cluster: None,
            keeper: None,
            resemblance: None,
            containment: None,
            error: Some(error.into()),
            index: None,
        }
    }

    /// The same with the name of the index that has its keeper.
    pub fn with_index(mut self, index: Option<&'a str>) -> Self {
        self.index = index.map(Cow::from);
        self
    }

    /// The same with what is odd about it.
    pub fn with_remark(mut self, remark: Option<&'a str>) -> Self {
        self.error = remark.map(Cow::from);
        self
    }
}

/// One line of `removals.jsonl`: a finding inside a page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RemovalRow<'a> {
    /// The page.
    pub id: Cow<'a, str>,
    /// In bytes of its text.
    pub span: Span,
    /// Why it was noticed.
    pub reason: Reason,
    /// What was done about it.
    pub action: Action,
    /// What stays and says it too.
    pub kept: Option<Twin<'a>>,
    /// From 0 to 1, to six decimals.
    pub score: f64,
    /// The proof.
    pub evidence: Cow<'a, Evidence>,
    /// The text, where it was removed.
    pub text: Option<Cow<'a, str>>,
    /// Of a page read from HTML, in bytes of its source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub html_spans: Option<Vec<Span>>,
}

/// A span of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Twin<'a> {
    /// The page.
    pub id: Cow<'a, str>,
    /// In bytes of its text.
    pub span: Span,
}

impl<'a> RemovalRow<'a> {
    /// A finding in the page `id` of `text`; `kept_page` is the id of the page that what it repeats stands on,
    /// where that is another.
    pub fn of(
        id: &'a str,
        text: &'a str,
        finding: &'a Finding,
        kept_page: Option<&'a str>,
    ) -> Self {
        let removed = finding.action == Action::Remove;
        RemovalRow {
            id: id.into(),
            span: finding.span,
            reason: finding.reason,
            action: finding.action,
            kept: finding.kept.map(|span| Twin {
                id: kept_page.unwrap_or(id).into(),
                span,
            }),
            score: rounded(finding.score),
            evidence: Cow::Borrowed(&finding.evidence),
            text: removed.then(|| finding.span.of(text).into()),
            html_spans: None,
        }
    }
}

/// One line of `related.jsonl`: two kept pages that have much in common.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RelatedRow<'a> {
    /// The page of lower rank, and that of higher.
    pub ids: [Cow<'a, str>; 2],
    /// Their exact resemblance, to six decimals.
    pub resemblance: f64,
    /// The share of the first that stands in the second.
    pub containment: f64,
    /// The share of the second that stands in the first.
    pub contains: f64,
}

impl<'a> RelatedRow<'a> {
    /// A pair by the ids of its pages.
    pub fn of(pair: &Related, page: &'a str, other: &'a str) -> Self {
        RelatedRow {
            ids: [page.into(), other.into()],
            resemblance: rounded(pair.overlap.resemblance()),
            containment: rounded(pair.overlap.containment()),
            contains: rounded(pair.overlap.reversed().containment()),
        }
    }
}

/// Six decimals: enough to tell figures apart, and the same on every platform.
fn rounded(figure: f64) -> f64 {
    (figure * 1e6).round() / 1e6
}
