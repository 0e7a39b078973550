//! Template: blocks of a source that stand on many of its pages.
//!
//! Counting raw pages takes re-posted articles for template. So blocks are first
//! *suspected* (on at least 3 pages of the source), then the pages are clustered
//! without the suspects that are not prose, and then suspects are *convicted* by
//! the number of clusters, not pages, they stand in.

use super::cue::is_counter;
use super::prose;
use crate::block::{Block, Segmented};
use crate::mix::key_of;
use crate::word::{WordHasher, words};
use std::collections::{HashMap, HashSet};

/// Pages of a source a block must stand on to be suspected, and clusters to be convicted.
const LEAST_PAGES: usize = 3;

/// Clusters a block of prose must stand in to be convicted.
const LEAST_PROSE_CLUSTERS: usize = 8;

/// A page's blocks as the template stage sees them.
#[derive(Debug, Clone)]
pub(crate) struct Keyed {
    /// Key of each block's words; `None` for a block without words.
    exact: Vec<Option<u64>>,
    /// The same with equal digits: "3 comments" and "17 comments" have one.
    pub(crate) keys: Vec<Option<u64>>,
    /// Which blocks read like prose.
    pub(crate) prose: Vec<bool>,
}

impl Keyed {
    pub(crate) fn of(page: &Segmented<'_>, blocks: &[Block]) -> Self {
        let mut hasher = WordHasher::new();
        let exact: Vec<Option<u64>> = blocks
            .iter()
            .map(|block| {
                let words = page.block_words(block);
                (!words.is_empty()).then(|| key_of(words.iter().copied()))
            })
            .collect();
        let keys = blocks.iter().zip(&exact).map(|(block, exact)| {
            let text = block.span.of(page.text());
            match exact.is_some() && text.contains(char::is_numeric) {
                true => Some(key_of(
                    words(text).map(|word| hasher.hash_without_digits(word.of(text))),
                )),
                false => *exact,
            }
        });
        Keyed {
            keys: keys.collect(),
            exact,
            prose: prose(page, blocks),
        }
    }

    /// Every key of the page, once.
    fn distinct(&self) -> Vec<u64> {
        let mut keys: Vec<u64> = self
            .keys
            .iter()
            .chain(&self.exact)
            .flatten()
            .copied()
            .collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// Whether a block stands directly above prose, or with one line between, as
    /// a headline above its dateline does.
    fn leads(&self, at: usize) -> bool {
        let prose = |at: usize| self.prose.get(at) == Some(&true);
        !prose(at) && (prose(at + 1) || prose(at + 2))
    }
}

/// Blocks that stand on at least 3 pages of their source.
#[derive(Debug, Clone, Default)]
pub(crate) struct Suspects {
    /// Source (by number) and key.
    keys: HashSet<(usize, u64)>,
}

impl Suspects {
    /// `sources` numbers the source of each page; a page without one has no template.
    pub(crate) fn find(pages: &[Keyed], sources: &[Option<usize>]) -> Self {
        let mut counts: HashMap<(usize, u64), usize> = HashMap::new();
        for (page, source) in pages.iter().zip(sources) {
            let Some(source) = source else { continue };
            for key in page.distinct() {
                *counts.entry((*source, key)).or_default() += 1;
            }
        }
        Suspects {
            keys: counts
                .into_iter()
                .filter(|(_, pages)| *pages >= LEAST_PAGES)
                .map(|(key, _)| key)
                .collect(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Whether the block under `key` of a page of `source` is suspected.
    pub(crate) fn contains(&self, source: Option<usize>, key: Option<u64>) -> bool {
        source
            .zip(key)
            .is_some_and(|source_and_key| self.keys.contains(&source_and_key))
    }
}

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
}

impl Conviction {
    /// The share of the source's clusters, from 0 to 1.
    pub fn share(self) -> f64 {
        self.clusters as f64 / self.of.max(1) as f64
    }
}

/// The template of each source: its convicted blocks.
#[derive(Debug, Clone, Default)]
pub struct Templates {
    blocks: HashMap<(usize, u64), Conviction>,
}

impl Templates {
    /// The template of each source, told from pages whose copies are known.
    ///
    /// `sources` numbers the source of each page (a page without one has no
    /// template) and `clusters` the cluster of copies it is in; pages of one
    /// cluster count once. Linear in the number of blocks.
    ///
    /// ```
    /// use twicetold::block::Segmented;
    /// use twicetold::boilerplate::template::Templates;
    ///
    /// let texts = ["Home\nRain fell on Monday.\n", "Home\nThe ferry sails.\n", "Home\nBread is dear.\n"];
    /// let pages: Vec<Segmented> = texts.iter().map(|text| Segmented::new(text)).collect();
    /// let templates = Templates::of(&pages, &[Some(0); 3], &[0, 1, 2]);
    /// let verdicts = templates.of_page(&pages[0], &pages[0].blocks(), Some(0));
    /// assert_eq!(verdicts.len(), 1);
    /// assert!(verdicts[0].block == 0 && verdicts[0].remove);
    /// assert_eq!(verdicts[0].conviction.share(), 1.0);
    /// ```
    ///
    /// # Panics
    ///
    /// Where the slices differ in length.
    pub fn of(pages: &[Segmented<'_>], sources: &[Option<usize>], clusters: &[usize]) -> Self {
        assert!(pages.len() == sources.len() && pages.len() == clusters.len());
        let keyed: Vec<Keyed> = pages
            .iter()
            .map(|page| Keyed::of(page, &page.blocks()))
            .collect();
        let suspects = Suspects::find(&keyed, sources);
        Self::convict(&keyed, sources, &suspects, |page| clusters[page])
    }

    /// Convicts suspects by the clusters they stand in; `cluster_of` names the
    /// cluster of each page by its keeper.
    pub(crate) fn convict(
        pages: &[Keyed],
        sources: &[Option<usize>],
        suspects: &Suspects,
        cluster_of: impl Fn(usize) -> usize,
    ) -> Self {
        let mut clusters: HashMap<usize, HashSet<usize>> = HashMap::new();
        let mut stands: HashMap<(usize, u64), (HashSet<usize>, Conviction)> = HashMap::new();
        for (at, (page, source)) in pages.iter().zip(sources).enumerate() {
            let Some(source) = *source else { continue };
            let cluster = cluster_of(at);
            clusters.entry(source).or_default().insert(cluster);
            let leads = (0..page.keys.len()).filter(|&at| page.leads(at));
            let leads: HashSet<u64> = leads.filter_map(|at| page.exact[at]).collect();
            for key in page.distinct() {
                if suspects.contains(Some(source), Some(key)) {
                    let (in_clusters, counts) = stands.entry((source, key)).or_default();
                    in_clusters.insert(cluster);
                    counts.pages += 1;
                    counts.leads += usize::from(leads.contains(&key));
                }
            }
        }
        let blocks = stands
            .into_iter()
            .filter_map(|((source, key), (in_clusters, counts))| {
                let conviction = Conviction {
                    clusters: in_clusters.len(),
                    of: clusters[&source].len(),
                    ..counts
                };
                let guilty =
                    conviction.clusters >= LEAST_PAGES && 2 * conviction.clusters >= conviction.of;
                guilty.then_some(((source, key), conviction))
            })
            .collect();
        Templates { blocks }
    }

    /// Number of convicted blocks over all sources.
    pub fn len(&self) -> usize {
        self.blocks.len()
    }

    /// Whether no block was convicted.
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// The convicted blocks of a page, and which of them may be removed.
    ///
    /// - Prose goes only where it stands in at least 8 clusters, at an edge of the
    ///   page (no prose of the page's own before it, or none after it), and where
    ///   the page's own prose outweighs it; else it is shared, not template.
    /// - A line that is convicted only with its digits taken as equal goes where it
    ///   stands alone beside a line that is convicted as it is, or only counts
    ///   ("17 comments"); a dateline under a headline or a list of figures does not.
    /// - A line above this page's prose that on most other pages stands elsewhere
    ///   is this page's headline, however many "Most read" lists have it.
    pub fn of_page(
        &self,
        page: &Segmented<'_>,
        blocks: &[Block],
        source: Option<usize>,
    ) -> Vec<Verdict> {
        let Some(source) = source.filter(|_| !self.is_empty()) else {
            return Vec::new();
        };
        let page_text = page.text();
        let page = Keyed::of(page, blocks);
        let convicted = |key: Option<u64>| self.blocks.get(&(source, key?)).copied();
        let exact: Vec<Option<Conviction>> = page.exact.iter().map(|key| convicted(*key)).collect();
        let with_digits: Vec<Option<Conviction>> = (0..blocks.len())
            .map(|at| convicted(page.keys[at]).filter(|_| exact[at].is_none()))
            .collect();
        let found = |at: usize| exact[at].or(with_digits[at]);
        let own_prose = |at: &usize| page.prose[*at] && found(*at).is_none();
        let first = (0..blocks.len()).find(own_prose);
        let last = (0..blocks.len()).rfind(own_prose);
        let weigh = |own: bool| -> usize {
            (0..blocks.len())
                .filter(|&at| page.prose[at] && found(at).is_none() == own)
                .map(|at| blocks[at].words.len())
                .sum()
        };
        let outweighed = weigh(false) < weigh(true);
        let verdict = |at: usize| {
            let conviction = found(at)?;
            let edge = first.is_none_or(|first| at < first) || last.is_none_or(|last| at > last);
            let beside = |list: &[Option<Conviction>]| {
                let before = at
                    .checked_sub(1)
                    .is_some_and(|before| list[before].is_some());
                before || list.get(at + 1).is_some_and(Option::is_some)
            };
            let headline = page.leads(at) && 4 * conviction.leads <= conviction.pages;
            let remove = match page.prose[at] {
                true => conviction.clusters >= LEAST_PROSE_CLUSTERS && edge && outweighed,
                false if exact[at].is_some() => !headline,
                false => {
                    is_counter(blocks[at].span.of(page_text))
                        || beside(&exact) && !beside(&with_digits)
                }
            };
            Some(Verdict {
                block: at,
                conviction,
                digits_equal: exact[at].is_none(),
                remove,
            })
        };
        (0..blocks.len()).filter_map(verdict).collect()
    }
}

/// A convicted block on one page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// Index of the block on its page.
    pub block: usize,
    /// The counts that convicted it.
    pub conviction: Conviction,
    /// Whether it was convicted with its digits taken as equal to any others.
    pub digits_equal: bool,
    /// Whether to take it out; else it is only noted as shared.
    pub remove: bool,
}

impl Verdict {
    /// How sure it is that the block is the site's and not the page's: 0.75 for half
    /// of the clusters to 1 for all of them; under 0.5 where it may not be removed.
    pub fn score(&self) -> f64 {
        let share = self.conviction.share();
        match self.remove {
            true => 0.5 + share / 2.0,
            false => share / 2.0,
        }
    }
}
