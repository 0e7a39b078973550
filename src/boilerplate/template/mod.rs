//! Template: blocks of a source that stand on many of its pages.
//!
//! Counting raw pages takes re-posted articles for template. So blocks are first
//! *suspected* (on at least 3 pages of the source, equal or near-equal), then the pages are
//! clustered without the suspects that are not prose, and then suspects are *convicted* by
//! the number of clusters, not pages, they stand in.
//!
//! What was learned from one pile of pages can be kept and applied to later pages of the
//! same sources: see [`Templates`].

mod keyed;
mod learn;
mod near;
mod policy;
mod standing;
mod suspect;
mod verdict;
#[cfg(feature = "serde")]
mod written;

pub(crate) use keyed::Keyed;
pub(crate) use learn::Learned;
pub(crate) use learn::Learning;
#[doc(hidden)]
pub use suspect::SourceKeys;
pub(crate) use suspect::Suspects;
pub use verdict::{Match, Verdict};

use crate::block::{Block, Segmented};
use crate::places::Places;
use std::borrow::Borrow;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Pages of a source a block must stand on to be suspected, and clusters to be convicted.
const LEAST_PAGES: usize = 3;

/// The counts that convicted a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Conviction {
    /// Clusters of the source the block stands in.
    pub clusters: usize,
    /// Clusters of the source altogether.
    pub of: usize,
    /// Pages of the source the block stands on.
    pub pages: usize,
    /// Pages of the source on which it stands directly above prose.
    pub leads: usize,
    /// Pages on which it stands above all prose of the page's own.
    pub above: usize,
    /// Pages on which it stands with prose of the page's own above and below.
    pub amid: usize,
    /// Pages on which it stands below all prose of the page's own.
    pub below: usize,
    /// Sources that have the block, where it is template of one by at least 8 clusters.
    pub sources: usize,
}

impl Conviction {
    /// The share of the source's clusters, from 0 to 1.
    pub fn share(self) -> f64 {
        self.clusters as f64 / self.of.max(1) as f64
    }

    /// Pages of which it is known where the block stands; one that has it twice counts twice.
    fn placed(self) -> usize {
        self.above + self.amid + self.below
    }
}

/// The template of one source: its convicted blocks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Template {
    /// By the key of their words, also with equal digits.
    blocks: HashMap<u64, Conviction, Places>,
    /// Shingles of near-equal blocks.
    near: HashMap<u64, Conviction, Places>,
    /// Prose in at least 3 clusters, but not convicted: author boxes, teasers, agencies.
    /// It is not removed; but it is not taken for the page's own prose either.
    shared: HashSet<u64, Places>,
    /// Pages and clusters of the source it was learned from.
    pages: usize,
    clusters: usize,
}

impl Template {
    /// Number of convicted blocks; those that are only near-equal to each other not counted.
    pub fn len(&self) -> usize {
        self.blocks.len()
    }

    /// Whether nothing was convicted.
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty() && self.near.is_empty()
    }

    /// Whether other sources have something of it too.
    pub(crate) fn is_met_elsewhere(&self) -> bool {
        let mut convictions = self.blocks.values().chain(self.near.values());
        convictions.any(|conviction| conviction.sources > 1)
    }

    /// Pages of the source it was learned from.
    pub fn pages(&self) -> usize {
        self.pages
    }

    /// Clusters of copies among them (or pages, where nothing stands on three).
    pub fn clusters(&self) -> usize {
        self.clusters
    }
}

/// The template of each source, by the source's name.
///
/// [`Deduplicator::templates`](crate::Deduplicator::templates) learns it from a pile of
/// pages and [`run_with`](crate::Deduplicator::run_with) applies it to the same or to later
/// ones. A source stands in it from 3 pages on, with nothing in its template where nothing was
/// convicted: so what is cleaned by it is not learned from anew, and cleaning the cleaned
/// texts by it takes nothing more. It does not grow by being used; to take in
/// new pages, learn from all.
///
/// It is written with the [format version](crate::word::FORMAT_VERSION), in one order: the
/// same templates give the same bytes. One of another version is refused, and one whose
/// counts cannot be. It takes about 50 bytes of JSON a block or shingle.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Templates {
    sources: BTreeMap<String, Template>,
}

impl Templates {
    /// The template of each source, told from pages whose copies are known.
    ///
    /// `sources` names the source of each page (a page without one has no
    /// template) and `clusters` numbers the cluster of copies it is in; pages of one
    /// cluster count once. O(n log n) in the number of blocks.
    ///
    /// ```
    /// use twicetold::block::Segmented;
    /// use twicetold::boilerplate::template::Templates;
    ///
    /// let texts = ["Home\nRain fell on Monday.\n", "Home\nThe ferry sails.\n", "Home\nBread is dear.\n"];
    /// let pages: Vec<Segmented> = texts.iter().map(|text| Segmented::new(text)).collect();
    /// let templates = Templates::of(&pages, &[Some("courier"); 3], &[0, 1, 2]);
    /// let template = templates.of_source("courier").unwrap();
    /// let verdicts = template.of_page(&pages[0], &pages[0].blocks());
    /// assert_eq!(verdicts.len(), 1);
    /// assert!(verdicts[0].block == 0 && verdicts[0].remove);
    /// assert_eq!(verdicts[0].conviction.share(), 1.0);
    /// ```
    ///
    /// # Panics
    ///
    /// Where the slices differ in length.
    pub fn of(pages: &[Segmented<'_>], sources: &[Option<&str>], clusters: &[usize]) -> Self {
        assert!(pages.len() == sources.len() && pages.len() == clusters.len());
        let of_source = by_source(sources.iter().copied());
        let learned = of_source.values().map(|indices| {
            let blocks: Vec<Vec<Block>> =
                indices.iter().map(|&page| pages[page].blocks()).collect();
            let pages = indices.iter().map(|&page| &pages[page]);
            let texts: Vec<(&Segmented<'_>, &[Block])> = pages
                .zip(&blocks)
                .map(|(page, blocks)| (page, &blocks[..]))
                .collect();
            let keyed = texts.iter().map(|(page, blocks)| Keyed::of(page, blocks));
            let mut keyed: Vec<Keyed> = keyed.collect();
            let suspects = Suspects::find(&mut keyed, &texts);
            let learning = Learning {
                keyed: &keyed,
                texts: &texts,
            };
            learning.convict(suspects, |page| clusters[indices[page]])
        });
        Self::of_learned(of_source.keys().copied().zip(learned))
    }

    /// The templates of sources, by name, from what was learned of each.
    ///
    /// How many sources have what one of them convicts is counted here, so they come all together.
    fn of_learned<'n>(learned: impl IntoIterator<Item = (&'n str, Learned)>) -> Self {
        let (named, keys): (Vec<_>, Vec<SourceKeys>) = learned
            .into_iter()
            .map(|(name, learned)| ((name, learned.template), learned.keys))
            .unzip();
        Self::of_counted(named, keys)
    }

    /// As [`of_learned`](Self::of_learned), from the parts of what was learned: the keys of all
    /// sources, one after the other, need not be in memory.
    pub(crate) fn of_counted<'n>(
        templates: impl IntoIterator<Item = (&'n str, Option<Template>)>,
        keys: impl IntoIterator<Item = impl Borrow<SourceKeys>>,
    ) -> Self {
        let (names, mut templates): (Vec<&str>, Vec<_>) = templates.into_iter().unzip();
        learn::count_sources(&mut templates, keys);
        let named = names.into_iter().zip(templates);
        Templates {
            sources: named
                .filter_map(|(name, template)| Some((name.to_owned(), template?)))
                .collect(),
        }
    }

    /// The template of a source, where enough of its pages were seen.
    pub fn of_source(&self, name: &str) -> Option<&Template> {
        self.sources.get(name)
    }

    /// The sources and their templates, by name.
    pub fn sources(&self) -> impl Iterator<Item = (&str, &Template)> {
        self.sources
            .iter()
            .map(|(name, template)| (&name[..], template))
    }

    /// Takes in the templates of `known`; for a source that is in both, the one of `known`.
    pub fn extend(&mut self, known: Templates) {
        self.sources.extend(known.sources);
    }

    /// Number of convicted blocks over all sources; see [`Template::len`].
    pub fn len(&self) -> usize {
        self.sources.values().map(Template::len).sum()
    }

    /// Whether no block was convicted.
    pub fn is_empty(&self) -> bool {
        self.sources.values().all(Template::is_empty)
    }
}

/// The pages of each source, as indices, by its name.
pub(crate) fn by_source<'s>(
    sources: impl Iterator<Item = Option<&'s str>>,
) -> BTreeMap<&'s str, Vec<usize>> {
    let mut pages: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (page, source) in sources.enumerate() {
        if let Some(source) = source {
            pages.entry(source).or_default().push(page);
        }
    }
    pages
}
