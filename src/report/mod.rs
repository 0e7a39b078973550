//! What a run found, kept and removed, and why.

mod counts;
mod names;
#[cfg(feature = "serde")]
mod rows;

pub use counts::{Counted, Counts};
pub use names::Names;
#[cfg(feature = "serde")]
pub use rows::{Form, LedgerRow, RelatedRow, RemovalRow, Status, TextWas, Twin, checksum};

use crate::finding::Finding;
use crate::lsh::Banding;
use crate::span::Span;
use crate::verify::Overlap;

pub use crate::cluster::{Fate, LeftOut, Related};

/// One page of a [`Report`].
#[derive(Debug, Clone, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PageReport {
    /// Kept, or removed under which page.
    pub fate: Fate,
    /// The slices of the page's text that stay; for a removed page, those it was compared by.
    pub kept: Vec<Span>,
    /// Everything noticed inside the page, in order of place.
    pub findings: Vec<Finding>,
    /// Words before cleaning.
    pub words: usize,
    /// Words after cleaning.
    pub cleaned_words: usize,
}

impl PageReport {
    /// The cleaned text: the kept slices of `text`, one after the other.
    ///
    /// # Panics
    ///
    /// Where `text` is not the text of this page.
    pub fn cleaned(&self, text: &str) -> String {
        self.kept.iter().map(|span| span.of(text)).collect()
    }

    /// Whether the page stays.
    pub fn is_kept(&self) -> bool {
        self.fate == Fate::Kept
    }
}

/// The outcome of a run: one entry for each input page, in the order of the input.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
#[must_use]
pub struct Report {
    /// What became of each page.
    pub pages: Vec<PageReport>,
    /// Pairs of kept pages that were met and are alike, but not enough to lose
    /// one; the most similar first. Not complete below the threshold: see [`Banding::probability`].
    /// No page is in more than [`MOST_RELATED`](crate::cluster::MOST_RELATED) of them.
    pub related: Vec<Related>,
    /// Such pairs that are not listed, because one of the two pages is in as many stronger ones.
    pub related_left_out: usize,
    /// How candidates were searched for.
    pub banding: Banding,
    /// Blocks convicted as template, over all sources.
    pub template_blocks: usize,
    /// Comparisons left out because a bucket had too many keepers.
    pub left_out: LeftOut,
}

impl Report {
    /// Index of the keeper of the cluster `page` is in; `page` itself where it is kept.
    pub fn keeper_of(&self, page: usize) -> usize {
        match self.pages[page].fate {
            Fate::Kept => page,
            Fate::Removed { keeper, .. } => keeper,
        }
    }

    /// The pages that stay, by their places in the input.
    ///
    /// ```
    /// use twicetold::{Deduplicator, Page};
    ///
    /// let story = "The ferry to the outer islands stopped on Monday after the crew found a crack.";
    /// let copy = format!("{story} Read by the harbour desk.");
    /// let report = Deduplicator::default().run(&[Page::new("a", story), Page::new("b", &copy)]);
    /// let kept: Vec<usize> = report.kept().map(|(page, _)| page).collect();
    /// let removed: Vec<(usize, usize)> = report.removed().map(|(page, keeper, _)| (page, keeper)).collect();
    /// assert_eq!((kept, removed), (vec![1], vec![(0, 1)]));
    /// ```
    pub fn kept(&self) -> impl Iterator<Item = (usize, &PageReport)> {
        let pages = self.pages.iter().enumerate();
        pages.filter(|(_, page)| page.is_kept())
    }

    /// The pages that are removed as copies, by their places in the input: each with its keeper, and what the two
    /// share, the page being the left one.
    pub fn removed(&self) -> impl Iterator<Item = (usize, usize, Overlap)> {
        let pages = self.pages.iter().enumerate();
        pages.filter_map(|(page, report)| match report.fate {
            Fate::Removed { keeper, overlap } => Some((page, keeper, overlap)),
            Fate::Kept => None,
        })
    }

    /// The clusters of at least two pages, as (keeper, copies), the largest
    /// first, then in the order of the input.
    pub fn clusters(&self) -> Vec<(usize, Vec<usize>)> {
        let mut copies: Vec<Vec<usize>> = vec![Vec::new(); self.pages.len()];
        for page in 0..self.pages.len() {
            if !self.pages[page].is_kept() {
                copies[self.keeper_of(page)].push(page);
            }
        }
        let mut clusters: Vec<(usize, Vec<usize>)> = copies
            .into_iter()
            .enumerate()
            .filter(|(_, copies)| !copies.is_empty())
            .collect();
        clusters.sort_by_key(|(_, copies)| std::cmp::Reverse(copies.len()));
        clusters
    }
}
