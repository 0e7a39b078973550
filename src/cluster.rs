//! Candidate pairs to clusters with one keeper each, without chains.
//!
//! Pages are taken in the order of a ranking, best first. A page goes under the
//! most similar *keeper* it is near enough to, measured exactly, and else becomes
//! a keeper itself. So a removed page is always directly similar to a kept one,
//! two keepers are never near-duplicates (but for pairs the search did not meet
//! or a cap left out, which is counted), and neither depends on the order of arrival. Union of linked pairs
//! would do none of this: 200 versions of a text that drift by 0.5 % a step
//! would become one.
//!
//! In a bucket, a page is compared with the bucket's keepers only, never with
//! every page in it, so ten thousand copies of one page cost ten thousand
//! comparisons.

use crate::error::Error;
use crate::lsh::Buckets;
use crate::shingle::{ShingleSet, shingles};
use crate::sketch::Signature;
use crate::verify::Overlap;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};
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

    fn resembles(&self, overlap: Overlap) -> bool {
        overlap.resemblance() >= self.resemblance
    }

    /// Whether the left text stands in the right one.
    fn contains(&self, overlap: Overlap) -> bool {
        let least = self.containment;
        least.is_some_and(|least| overlap.containment() >= least)
    }

    fn fits(&self, overlap: Overlap) -> bool {
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
    /// Comparisons that were left out because a bucket had more keepers than
    /// [`Search::most_keepers`].
    pub left_out: u64,
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
    /// Most keepers of one bucket that a page is compared with, best rank first;
    /// 0 is taken as 1.
    pub most_keepers: usize,
}

impl Search {
    /// Default cap on the keepers of a bucket.
    pub const MOST_KEEPERS: usize = 64;

    /// Clusters `pages`, taken in `order` (every page once, best first).
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
    /// Where the slices differ in length or `order` is not a permutation.
    pub fn clusters(
        &self,
        pages: &[Compared],
        signatures: &[Option<Signature>],
        buckets: &Buckets,
        order: &[usize],
    ) -> Clusters {
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
    fn least_estimate(&self, rows: usize) -> f64 {
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

/// Shingles are hashes already.
#[derive(Default)]
struct AlreadyHashed(u64);

type Hashed = BuildHasherDefault<AlreadyHashed>;

impl Hasher for AlreadyHashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("only shingles are keys")
    }

    fn write_u64(&mut self, shingle: u64) {
        self.0 = shingle;
    }
}

/// Most keepers in question that one page is looked for in.
const MOST_HOLDERS: usize = 256;

/// What one search knows while it runs.
struct Pass<'a> {
    search: &'a Search,
    pages: &'a [Compared],
    signatures: &'a [Option<Signature>],
    buckets: &'a Buckets,
    /// Place of each page in the order; lower is better.
    rank: Vec<usize>,
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
        let mut keepers: Vec<Vec<usize>> = vec![Vec::new(); self.buckets.len()];
        let mut unlisted = vec![0u64; self.buckets.len()];
        let mut clusters = Clusters {
            fates: vec![Fate::Kept; self.pages.len()],
            related: Vec::new(),
            left_out: 0,
        };
        let mut met = Vec::new();
        let mut met_by = vec![usize::MAX; self.pages.len()];
        for &page in order {
            met.clear();
            for &bucket in self.buckets.of(page) {
                clusters.left_out += unlisted[bucket as usize];
                for &keeper in &keepers[bucket as usize] {
                    if std::mem::replace(&mut met_by[keeper], page) != page {
                        met.push(keeper);
                    }
                }
            }
            match self.best(page, &met, &mut clusters.related) {
                Some((keeper, overlap)) => {
                    clusters.fates[page] = Fate::Removed { keeper, overlap };
                }
                None => {
                    for &bucket in self.buckets.of(page) {
                        let listed = &mut keepers[bucket as usize];
                        match listed.len() < self.search.most_keepers.max(1) {
                            true => listed.push(page),
                            false => unlisted[bucket as usize] += 1,
                        }
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
            if contained && !nearness.resembles(overlap) {
                self.containers.insert(keeper);
            }
            if nearness.resembles(overlap) || contained {
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

    /// Of the keepers that could remove a page by containment alone, those that
    /// hold two pages unlike each other.
    ///
    /// Exact over all pages, not only those the search met: a page stands in a
    /// keeper only if one of its rarest shingles does (prefix filtering:
    /// Chaudhuri, Ganti and Kaushik, *A primitive operator for similarity joins*,
    /// 2006), so those are looked up in an index of the keepers in question. Of
    /// a page that may stand in more than 256 of them, the first 256 are looked at,
    /// rarest shingle first and then by rank.
    fn find_digests(&mut self) -> Vec<usize> {
        let nearness = &self.search.nearness;
        let Some(least) = nearness.containment else {
            return Vec::new();
        };
        let mut suspects: Vec<usize> = self.containers.drain().collect();
        suspects.retain(|keeper| self.checked.insert(*keeper));
        suspects.sort_unstable_by_key(|&keeper| self.rank[keeper]);
        if suspects.is_empty() {
            return Vec::new();
        }
        let mut index: HashMap<u64, Vec<usize>, Hashed> = HashMap::default();
        for (at, &keeper) in suspects.iter().enumerate() {
            for &shingle in self.pages[keeper].shingles().as_slice() {
                index.entry(shingle).or_default().push(at);
            }
        }
        let mut held: Vec<Vec<usize>> = vec![Vec::new(); suspects.len()];
        for (page, text) in self.pages.iter().enumerate() {
            // Most pages stand in none: a tenth of their shingles tells.
            let all = shingles(&text.words, text.width);
            let mut may_miss = all.len() - (least * all.len() as f64).floor() as usize;
            let mut missed: HashSet<u64, Hashed> = HashSet::default();
            let stands_nowhere = all.into_iter().any(|shingle| {
                let new = !index.contains_key(&shingle) && missed.insert(shingle);
                let out = new && may_miss == 0;
                may_miss -= usize::from(new && !out);
                out
            });
            if stands_nowhere {
                continue;
            }
            let shingles = ShingleSet::new(&text.words, text.width);
            let must_stand = (least * shingles.len() as f64).ceil() as usize;
            let may_miss = shingles.len().saturating_sub(must_stand);
            let mut rarest: Vec<&[usize]> = shingles
                .as_slice()
                .iter()
                .map(|shingle| index.get(shingle).map_or(&[][..], Vec::as_slice))
                .collect();
            rarest.sort_unstable_by_key(|keepers| keepers.len());
            rarest.truncate(may_miss + 1);
            let mut candidates: Vec<usize> = Vec::new();
            for keepers in rarest {
                let room = MOST_HOLDERS.saturating_sub(candidates.len());
                candidates.extend(&keepers[..keepers.len().min(room)]);
            }
            candidates.sort_unstable();
            candidates.dedup();
            for at in candidates {
                let keeper = suspects[at];
                if keeper != page
                    && nearness.contains(Overlap::of(&shingles, self.pages[keeper].shingles()))
                {
                    held[at].push(page);
                }
            }
        }
        let digests = suspects.iter().zip(&mut held);
        digests
            .filter_map(|(&keeper, held)| self.unlike_each_other(held).then_some(keeper))
            .collect()
    }

    /// Whether two of `held` are unlike each other.
    ///
    /// Every page is compared with at most 64 leaders, of which none resembles
    /// another, so the cost is linear in a keeper that holds thousands.
    fn unlike_each_other(&self, held: &mut [usize]) -> bool {
        const MOST_LEADERS: usize = 64;
        held.sort_unstable_by_key(|&page| self.rank[page]);
        let nearness = &self.search.nearness;
        let mut leaders: Vec<usize> = Vec::new();
        for &page in held.iter() {
            let mut copy = false;
            for &leader in &leaders {
                let overlap = self.pages[page].overlap(&self.pages[leader]);
                if !nearness.alike(overlap) {
                    return true;
                }
                copy |= nearness.resembles(overlap);
            }
            if !copy && leaders.len() < MOST_LEADERS {
                leaders.push(page);
            }
        }
        false
    }
}
