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
mod part;
mod sets;

use crate::error::Error;
pub use crate::lsh::LeftOut;
use crate::lsh::{Buckets, Signatures};
use crate::parallel::try_map_owned;
use crate::shingle::ShingleSet;
use crate::sketch::Signature;
use crate::verify::Overlap;
use part::{Part, Pile, connected, stronger};
use std::borrow::{Borrow, Cow};
use std::cmp::Reverse;
use std::collections::HashSet;
use std::convert::Infallible;

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

    /// Whether the left text is a copy of the right one: it resembles it, or stands in it and the
    /// right one is not too long.
    ///
    /// ```
    /// use twicetold::{cluster::Nearness, verify::Overlap};
    ///
    /// let contained = Overlap { left: 50, right: 100, shared: 50 };
    /// assert!(Nearness::DEFAULT.is_copy(contained)); // all of it stands in one twice as long
    /// assert!(!Nearness::DEFAULT.is_copy(contained.reversed()));
    /// ```
    pub fn is_copy(&self, overlap: Overlap) -> bool {
        self.resembles(overlap) || self.contains(overlap) && self.fits(overlap)
    }

    /// Whether one of two texts says what the other says.
    fn alike(&self, overlap: Overlap) -> bool {
        self.resembles(overlap) || self.contains(overlap) || self.contains(overlap.reversed())
    }
}

/// The texts of a pile, as far as they are compared.
///
/// Shingles are asked for only where two pages may be near-duplicates, so they need not be
/// kept: a pile of news asks for those of four pages in ten.
pub(crate) trait Texts: Sync {
    /// Why a text cannot be read.
    type Error: Send;

    /// The shingles of a page, in any order; repeated ones count once.
    fn shingles(&self, page: usize) -> Result<Cow<'_, [u64]>, Self::Error>;

    /// The text whose shingles these are, and of how many words each is, where it is at hand. Then it decides,
    /// also against who forged words of equal hashes: what two pages share is the same folded words.
    fn text(&self, _page: usize) -> Result<Option<(Cow<'_, str>, usize)>, Self::Error> {
        Ok(None)
    }

    /// Whether two pages are known to have the same shingles; where they are not, they are
    /// counted.
    fn are_same(&self, _page: usize, _other: usize) -> Result<bool, Self::Error> {
        Ok(false)
    }
}

/// Sets that are there already.
impl Texts for [ShingleSet] {
    type Error = Infallible;

    fn shingles(&self, page: usize) -> Result<Cow<'_, [u64]>, Infallible> {
        Ok(Cow::Borrowed(self[page].as_slice()))
    }
}

/// What became of one page.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case", tag = "status"))]
pub enum Fate {
    /// It is kept.
    #[default]
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

/// Pairs of related pages that one page is in at most. In a pile of pages with one long passage in common each
/// would be in as many pairs as there are pages.
pub const MOST_RELATED: usize = 100;

/// The clusters of a pile of pages.
#[derive(Debug, Clone, Default)]
pub struct Clusters {
    /// One entry for each page, in the order of the input.
    pub fates: Vec<Fate>,
    /// Pairs of keepers met by the search with a resemblance of at least the
    /// report threshold, or with one contained in the other; the most similar first. No page is in more than
    /// [`MOST_RELATED`] of them: each has its strongest ones, as far as the other page has room for them.
    pub related: Vec<Related>,
    /// Such pairs that are not listed, because one of the two pages is in as many stronger ones as it may be.
    pub related_left_out: usize,
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
    /// Leaves out pairs of pages that are in enough stronger ones. The order of the pairs is total, so the same ones
    /// stay whatever the order in which they were found.
    fn cap_related(&mut self) {
        let mut listed = vec![0; self.fates.len()];
        let before = self.related.len();
        self.related.retain(|pair| {
            let both = [pair.page, pair.other];
            let have_room = both.iter().all(|page| listed[*page] < MOST_RELATED);
            if have_room {
                both.iter().for_each(|page| listed[*page] += 1);
            }
            have_room
        });
        self.related_left_out += before - self.related.len();
    }

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

    /// Clusters pages by their shingles, taken in the order of `ranking`.
    ///
    /// `signatures` only spare exact comparisons: a pair is skipped where the
    /// estimate lies five standard errors under every threshold that removes, and
    /// two under the one that reports.
    ///
    /// At most bands · most_keepers comparisons a page, each linear in the two
    /// texts; nothing of a bucket is compared all with all. Pages that no chain of comparisons
    /// connects are clustered apart from each other, on the current rayon pool where the
    /// feature `parallel` is on. Where digests are
    /// barred, the search runs again on those that one was found among, until no new one
    /// turns up (once or twice as a rule).
    ///
    /// # Panics
    ///
    /// Where the slices differ in length, the order is not a permutation, or the buckets
    /// were made of other signatures.
    pub fn clusters<S: Borrow<Signature> + Sync>(
        &self,
        sets: &[ShingleSet],
        signatures: &[Option<S>],
        buckets: &Buckets,
        ranking: Ranking<'_>,
    ) -> Clusters {
        let Ok(clusters) = self.search(sets, signatures, buckets, ranking);
        clusters
    }

    /// As [`clusters`](Self::clusters), of texts and signatures wherever they are.
    pub(crate) fn search<S: Signatures + ?Sized>(
        &self,
        texts: &(impl Texts<Error = S::Error> + ?Sized),
        signatures: &S,
        buckets: &Buckets,
        ranking: Ranking<'_>,
    ) -> Result<Clusters, S::Error> {
        let Ranking { order, protected } = ranking;
        let pages = signatures.count();
        assert_eq!(pages, order.len());
        let mut rank = vec![usize::MAX; pages];
        for (at, &page) in order.iter().enumerate() {
            assert_eq!(
                rank[page],
                usize::MAX,
                "page {page} stands twice in the order"
            );
            rank[page] = at;
        }
        let pile = Pile {
            search: self,
            texts,
            signatures,
            buckets,
            rank,
            protected,
            room: Pile::<(), ()>::room(pages),
        };
        let mut done: Vec<Part> = Vec::new();
        let mut stale: Vec<Part> = connected(buckets, signatures, order, self)?
            .into_iter()
            .map(Part::new)
            .collect();
        let mut digests: HashSet<usize> = HashSet::new();
        let mut checked: HashSet<usize> = HashSet::new();
        let mut left_out = LeftOut::default();
        while !stale.is_empty() {
            // The longest first, so that none is left alone at the end.
            stale.sort_by_key(|part| Reverse(part.pages.len()));
            let mut run = try_map_owned(stale, |part| pile.run(part, &digests))?;
            run.append(&mut done);
            done = run;
            stale = Vec::new();
            if self.bar_digests {
                let met = done.iter().flat_map(|part| &part.containers);
                let suspects: Vec<usize> =
                    met.copied().filter(|page| checked.insert(*page)).collect();
                let found = pile.find_digests(suspects, &mut left_out)?;
                let found: HashSet<usize> = found.into_iter().collect();
                let stands =
                    |part: &mut Part| part.containers.iter().any(|page| found.contains(page));
                stale.extend(done.extract_if(.., stands));
                digests.extend(found);
            }
        }
        let mut clusters = Clusters {
            fates: vec![Fate::Kept; pages],
            left_out,
            ..Clusters::default()
        };
        for part in done {
            for (page, fate) in part.removed {
                clusters.fates[page] = fate;
            }
            clusters.related.extend(part.related);
            clusters.related_left_out += part.related_left_out;
            clusters.left_out += part.left_out;
        }
        let related = &mut clusters.related;
        related.sort_by(|a, b| stronger(&pile.rank, a, b));
        clusters.cap_related();
        Ok(clusters)
    }

    /// The estimate under which a pair is not counted: five standard errors of a
    /// signature of `rows` rows under every threshold that removes, and two under
    /// the one that reports.
    pub fn least_estimate(&self, rows: usize) -> f64 {
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

    /// Whether anything comes of what two pages share: one is removed, or the pair is reported.
    fn matters(&self, overlap: Overlap) -> bool {
        let reported = self.report_from;
        reported.is_some_and(|least| overlap.resemblance() >= least) || self.nearness.alike(overlap)
    }

    /// Shingles that a page of `left` and a keeper of `right` share at least where the page is a copy
    /// of the keeper; 0 where pairs are reported too.
    fn least_shared(&self, left: usize, right: usize) -> usize {
        if self.report_from.is_some() {
            return 0;
        }
        let nearness = &self.nearness;
        let resembles = nearness.resemblance / (1.0 + nearness.resemblance) * (left + right) as f64;
        let contains = nearness
            .containment
            .map_or(f64::MAX, |least| least * left as f64);
        // Rounding must not lose a pair: one less will do.
        (resembles.min(contains) as usize).saturating_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn of_each_page_the_strongest_pairs_stay(
            pairs in prop::collection::vec((0usize..12, 0usize..12, 1usize..9), 0..900),
        ) {
            let pairs = pairs.into_iter().filter(|(page, other, _)| page != other);
            let mut related: Vec<Related> = pairs
                .map(|(page, other, shared)| Related {
                    page,
                    other,
                    overlap: Overlap { left: 9, right: 9, shared },
                })
                .collect();
            related.sort_by_key(|pair| Reverse(pair.overlap.shared));
            let mut clusters = Clusters {
                fates: vec![Fate::Kept; 12],
                related: related.clone(),
                ..Clusters::default()
            };
            clusters.cap_related();
            // A pair stays if and only if of the stronger ones that stay neither page is in too many.
            let is_in = |pair: &Related, page: usize| pair.page == page || pair.other == page;
            let mut stay: Vec<Related> = Vec::new();
            for pair in &related {
                let has_room = |page| stay.iter().filter(|its| is_in(its, page)).count() < MOST_RELATED;
                if has_room(pair.page) && has_room(pair.other) {
                    stay.push(*pair);
                }
            }
            prop_assert_eq!(clusters.related_left_out, related.len() - stay.len());
            prop_assert_eq!(clusters.related, stay);
        }
    }
}
