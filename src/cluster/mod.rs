//! Candidate pairs to clusters with one keeper each, without chains.
//!
//! Pages are taken in the order of a ranking, best first. A page goes under the
//! most similar *keeper* it is near enough to, measured exactly, and else becomes
//! a keeper itself. So a removed page is always directly similar to a kept one,
//! two keepers are never near-duplicates (but for protected pages, pairs the search
//! did not meet, and those a full bucket left out, which are counted), and neither
//! depends on the order of arrival. Union of linked pairs would do none of this: 200
//! versions of a text that drift by 0.5 % a step would become one.
//!
//! In a bucket, a page is compared with the bucket's keepers only, never with
//! every page in it, so ten thousand copies of one page cost ten thousand
//! comparisons. A bucket of too many keepers is split by further rows of their
//! signatures, and what is still too many is capped and counted.

mod digest;

use crate::error::Error;
pub use crate::lsh::LeftOut;
use crate::lsh::{Buckets, Listings};
use crate::shingle::ShingleSet;
use crate::sketch::Signature;
use crate::verify::Overlap;
use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

/// When one page counts as a copy of another.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Nearness {
    /// Least resemblance of near-duplicates, above 0 and at most 1.
    pub resemblance: f64,
    /// Least share of a page that must stand in a keeper for the page to be
    /// contained in it, above 0 and at most 1; `None` never removes by containment.
    pub containment: Option<f64>,
    /// Containment counts only under a keeper at most this many times as long
    /// (in distinct shingles), 1 or more.
    pub longest_container: f64,
}

impl Nearness {
    /// Resemblance 0.7, or containment 0.9 in a keeper at most twice as long.
    pub const DEFAULT: Nearness = Nearness {
        resemblance: 0.7,
        containment: Some(0.9),
        longest_container: 2.0,
    };

    /// Checks the ranges.
    ///
    /// # Errors
    ///
    /// Where a figure is out of its range.
    pub fn validate(&self) -> Result<(), Error> {
        let share = |name, value: f64| match value > 0.0 && value <= 1.0 {
            true => Ok(()),
            false => Err(Error::setting(name, value, "above 0 and at most 1")),
        };
        share("resemblance", self.resemblance)?;
        if let Some(containment) = self.containment {
            share("containment", containment)?;
        }
        match self.longest_container >= 1.0 && self.longest_container.is_finite() {
            true => Ok(()),
            false => Err(Error::setting(
                "longest container",
                self.longest_container,
                "1 or more",
            )),
        }
    }

    pub(crate) fn resembles(&self, overlap: Overlap) -> bool {
        overlap.resemblance() >= self.resemblance
    }

    /// Whether the left text stands in the right one.
    pub(crate) fn contains(&self, overlap: Overlap) -> bool {
        let least = self.containment;
        least.is_some_and(|least| overlap.containment() >= least)
    }

    pub(crate) fn fits(&self, overlap: Overlap) -> bool {
        overlap.right as f64 <= self.longest_container * overlap.left as f64
    }

    /// Whether one of two texts says what the other says.
    fn alike(&self, overlap: Overlap) -> bool {
        self.resembles(overlap) || self.contains(overlap) || self.contains(overlap.reversed())
    }
}

/// A text as it is compared: its word hashes and, on demand, its shingle set.
#[derive(Debug, Clone)]
pub struct Compared {
    words: Vec<u64>,
    width: usize,
    shingles: OnceLock<ShingleSet>,
}

impl Compared {
    /// The text of these word hashes, to be compared in shingles of `width` words.
    pub fn new(words: Vec<u64>, width: usize) -> Self {
        Compared {
            words,
            width,
            shingles: OnceLock::new(),
        }
    }

    /// The word hashes.
    pub fn words(&self) -> &[u64] {
        &self.words
    }

    /// The shingle set, made at the first call.
    pub fn shingles(&self) -> &ShingleSet {
        self.shingles
            .get_or_init(|| ShingleSet::new(&self.words, self.width))
    }

    /// The exact overlap with `other`.
    pub fn overlap(&self, other: &Compared) -> Overlap {
        if self.words == other.words {
            let len = self.shingles().len();
            return Overlap {
                left: len,
                right: len,
                shared: len,
            };
        }
        Overlap::of(self.shingles(), other.shingles())
    }
}

/// What became of one page.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case", tag = "status"))]
pub enum Fate {
    /// It is kept.
    Kept,
    /// It is a copy of the kept page `keeper`.
    Removed {
        /// Index of the kept page.
        keeper: usize,
        /// What the two share, exactly; the removed page is the left text.
        overlap: Overlap,
    },
}

/// Two kept pages that have much in common, but not enough to lose one: rewrites,
/// running stories, excerpts.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Related {
    /// The page of lower rank.
    pub page: usize,
    /// The page of higher rank.
    pub other: usize,
    /// What the two share; `page` is the left text.
    pub overlap: Overlap,
}

/// The clusters of a pile of pages.
#[derive(Debug, Clone, Default)]
pub struct Clusters {
    /// One entry for each page, in the order of the input.
    pub fates: Vec<Fate>,
    /// Pairs of keepers met by the search with a resemblance of at least the
    /// report threshold, or with one contained in the other; the most similar first.
    pub related: Vec<Related>,
    /// Pairs of a page and a keeper that share a bucket and were not compared in
    /// it, because it had more than [`Search::most_keepers`] keepers and they went
    /// into different parts of it: they differ in a further row of their
    /// signatures, or stand on the two sides of the cap.
    pub left_out: LeftOut,
}

/// In which order pages are taken, and which stay whatever they resemble.
#[derive(Debug, Clone, Copy)]
pub struct Ranking<'a> {
    /// Every page once, best first.
    pub order: &'a [usize],
    /// How many of the first ones are protected: they are kept even under a better one.
    pub protected: usize,
}

impl<'a> Ranking<'a> {
    /// This order, no page protected.
    pub fn new(order: &'a [usize]) -> Self {
        Ranking {
            order,
            protected: 0,
        }
    }
}

impl Clusters {
    /// The keeper of the cluster `page` is in; `page` itself where it is kept.
    pub fn keeper_of(&self, page: usize) -> usize {
        match self.fates[page] {
            Fate::Kept => page,
            Fate::Removed { keeper, .. } => keeper,
        }
    }
}

/// How clusters are searched for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Search {
    /// When a page is a copy.
    pub nearness: Nearness,
    /// Whether a page that holds two pages unlike each other (a digest, a front
    /// page) is barred from removing either by containment.
    pub bar_digests: bool,
    /// Least resemblance at which two keepers are reported as related; `None`
    /// reports none and saves the counting.
    pub report_from: Option<f64>,
    /// Most keepers of one bucket that a page is compared with; where there are more,
    /// the bucket is split by further rows of their signatures. 0 is taken as 1.
    pub most_keepers: usize,
}

impl Search {
    /// Default cap on the keepers of a bucket.
    pub const MOST_KEEPERS: usize = 64;

    /// Clusters `pages`, taken in the order of `ranking`.
    ///
    /// `signatures` only spare exact comparisons: a pair is skipped where the
    /// estimate lies five standard errors under every threshold that removes, and
    /// two under the one that reports.
    ///
    /// At most bands · most_keepers comparisons a page, each linear in the two
    /// texts; nothing of a bucket is compared all with all. Where digests are
    /// barred, the search runs again, on what it has counted, until no new one
    /// turns up (once or twice as a rule).
    ///
    /// # Panics
    ///
    /// Where the slices differ in length, the order is not a permutation, or the buckets
    /// were made of other signatures.
    pub fn clusters(
        &self,
        pages: &[Compared],
        signatures: &[Option<Signature>],
        buckets: &Buckets,
        ranking: Ranking<'_>,
    ) -> Clusters {
        let Ranking { order, protected } = ranking;
        assert_eq!(pages.len(), signatures.len());
        assert_eq!(pages.len(), order.len());
        let mut rank = vec![usize::MAX; pages.len()];
        for (at, &page) in order.iter().enumerate() {
            assert_eq!(
                rank[page],
                usize::MAX,
                "page {page} stands twice in the order"
            );
            rank[page] = at;
        }
        let mut pass = Pass {
            search: self,
            pages,
            signatures,
            buckets,
            rank,
            protected,
            counted: HashMap::new(),
            digests: HashSet::new(),
            containers: HashSet::new(),
            checked: HashSet::new(),
        };
        loop {
            let clusters = pass.run(order);
            if !self.bar_digests {
                return clusters;
            }
            // With the digests found so far barred, look again.
            let found = pass.find_digests();
            if found.is_empty() {
                return clusters;
            }
            pass.digests.extend(found);
        }
    }

    /// The estimate under which a pair is not counted: five standard errors of a
    /// signature of `rows` rows under every threshold that removes, and two under
    /// the one that reports.
    pub(crate) fn least_estimate(&self, rows: usize) -> f64 {
        let nearness = &self.nearness;
        // |A∩B| ≥ c·|A| and |B| ≤ f·|A| give a resemblance of at least c / (1 + f − c).
        let contained = nearness.containment.map_or(1.0, |least| {
            least / (1.0 + nearness.longest_container - least)
        });
        let under =
            |least: f64, errors: f64| least - errors * (least * (1.0 - least) / rows as f64).sqrt();
        let removes = under(nearness.resemblance.min(contained), 5.0);
        let reports = self.report_from.map_or(1.0, |least| under(least, 2.0));
        removes.min(reports)
    }
}

/// What one search knows while it runs.
struct Pass<'a> {
    search: &'a Search,
    pages: &'a [Compared],
    signatures: &'a [Option<Signature>],
    buckets: &'a Buckets,
    /// Place of each page in the order; lower is better.
    rank: Vec<usize>,
    /// Pages of a rank below this stay in any case.
    protected: usize,
    /// Overlaps counted so far, by (page, keeper): later rounds reuse them.
    counted: HashMap<(usize, usize), Overlap>,
    /// Keepers barred from removing by containment.
    digests: HashSet<usize>,
    /// Keepers met that could remove a page by containment alone.
    containers: HashSet<usize>,
    /// Those of them that were looked into.
    checked: HashSet<usize>,
}

impl Pass<'_> {
    fn run(&mut self, order: &[usize]) -> Clusters {
        let mut keepers = Listings::new(self.search.most_keepers);
        let mut clusters = Clusters {
            fates: vec![Fate::Kept; self.pages.len()],
            ..Clusters::default()
        };
        let mut met = Vec::new();
        let mut met_by = vec![usize::MAX; self.pages.len()];
        for &page in order {
            met.clear();
            for &bucket in self.buckets.of(page) {
                let further = self.further_rows(bucket, page);
                keepers.meet(bucket.into(), further, &mut clusters.left_out, |keeper| {
                    if std::mem::replace(&mut met_by[keeper], page) != page {
                        met.push(keeper);
                    }
                });
            }
            match self.best(page, &met, &mut clusters.related) {
                Some((keeper, overlap)) => {
                    clusters.fates[page] = Fate::Removed { keeper, overlap };
                }
                None => {
                    for &bucket in self.buckets.of(page) {
                        let further = |keeper| self.further_rows(bucket, keeper);
                        keepers.list(bucket.into(), page, further);
                    }
                }
            }
        }
        let rank = &self.rank;
        clusters.related.sort_by(|a, b| {
            let closer = b.overlap.resemblance().total_cmp(&a.overlap.resemblance());
            closer.then((rank[a.other], rank[a.page]).cmp(&(rank[b.other], rank[b.page])))
        });
        clusters
    }

    /// What splits `bucket` where it is too large, for one page.
    fn further_rows(&self, bucket: u32, page: usize) -> impl Iterator<Item = u32> {
        let signature = self.signatures[page].iter();
        signature.flat_map(move |signature| self.buckets.further_rows(bucket, signature))
    }

    /// The most similar of the keepers `met` that `page` is a copy of. Where it
    /// is none's, what it shares with them goes to `related`.
    fn best(
        &mut self,
        page: usize,
        met: &[usize],
        related: &mut Vec<Related>,
    ) -> Option<(usize, Overlap)> {
        let signature = self.signatures[page].as_ref()?;
        let least = self.search.least_estimate(signature.rows().len());
        let nearness = &self.search.nearness;
        let related_before = related.len();
        let mut best: Option<(usize, Overlap)> = None;
        for &keeper in met {
            let estimate = self.signatures[keeper]
                .as_ref()
                .map_or(0.0, |other| signature.estimate(other));
            if estimate < least {
                continue;
            }
            let overlap = *self
                .counted
                .entry((page, keeper))
                .or_insert_with(|| self.pages[page].overlap(&self.pages[keeper]));
            let contained = nearness.contains(overlap)
                && nearness.fits(overlap)
                && !self.digests.contains(&keeper);
            let removable = self.rank[page] >= self.protected;
            if removable && contained && !nearness.resembles(overlap) {
                self.containers.insert(keeper);
            }
            if removable && (nearness.resembles(overlap) || contained) {
                let closer = best.is_none_or(|(known, its)| {
                    let by_figure = overlap.resemblance().total_cmp(&its.resemblance());
                    by_figure
                        .then(self.rank[known].cmp(&self.rank[keeper]))
                        .is_gt()
                });
                if closer {
                    best = Some((keeper, overlap));
                }
            } else if self.search.report_from.is_some_and(|report_from| {
                overlap.resemblance() >= report_from
                    || nearness.resembles(overlap)
                    || nearness.contains(overlap)
                    || nearness.contains(overlap.reversed())
            }) {
                related.push(Related {
                    page,
                    other: keeper,
                    overlap,
                });
            }
        }
        if best.is_some() {
            related.truncate(related_before);
        }
        best
    }
}
