//! Which blocks of a page are convicted, and which of these may go.

use super::keyed::{Keyed, exact_keys, without_digits};
use super::near::cover;
use super::{Conviction, Template};
use crate::block::{Block, Segmented};
use crate::boilerplate::cue::is_counter;
use crate::boilerplate::{PROSE_WORDS, prose};
use crate::word::WordHasher;

/// Clusters a block of prose must stand in to be convicted, and a passage as long as
/// prose that stands between a page's own.
pub(super) const ENOUGH_CLUSTERS: usize = 8;

/// Lines on either side of a block of prose that may frame it.
const NEAR_LINES: usize = 16;

/// How a block was found to be a convicted one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Match {
    /// By all its words.
    Exact,
    /// By all its words, with its digits taken as equal to any others.
    Digits,
    /// By this share of its words, from 0.7 to 1: they stand in shingles that as many pages have.
    Near(f64),
}

/// Where a block stands on its page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Above all prose of the page's own.
    Above,
    /// With such prose above and below.
    Amid,
    /// Below all of it.
    Below,
}

/// A block that is convicted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    pub(super) conviction: Conviction,
    pub(super) how: Match,
}

/// A page against the template of its source.
pub(super) struct Reading {
    pub(super) found: Vec<Option<Found>>,
    prose: Vec<bool>,
    /// Which blocks are prose of the page's own.
    own: Vec<bool>,
    /// The first and the last of them.
    edges: Option<(usize, usize)>,
}

impl Reading {
    /// Of a page whose keys are known.
    pub(super) fn of_keyed(
        template: &Template,
        keyed: &Keyed,
        page: &Segmented<'_>,
        blocks: &[Block],
    ) -> Self {
        let found = template.find(page, blocks, &keyed.exact, |at| keyed.keys[at]);
        Self::new(template, found, keyed.prose.clone(), |at| keyed.keys[at])
    }

    /// Of any other; `None` where nothing on it is convicted.
    pub(super) fn of(template: &Template, page: &Segmented<'_>, blocks: &[Block]) -> Option<Self> {
        let exact = exact_keys(page, blocks);
        let mut hasher = WordHasher::new();
        let mut keys = vec![None; blocks.len()];
        let found = template.find(page, blocks, &exact, |at| {
            let digits = without_digits(page, &blocks[at], &mut hasher);
            keys[at] = digits.or(exact[at]);
            keys[at]
        });
        let any = found.iter().any(Option::is_some);
        any.then(|| Self::new(template, found, prose(page, blocks), |at| keys[at]))
    }

    /// `key` is the key with equal digits of a block that was not found by its exact one.
    fn new(
        template: &Template,
        found: Vec<Option<Found>>,
        prose: Vec<bool>,
        key: impl Fn(usize) -> Option<u64>,
    ) -> Self {
        let shared = |at: usize| key(at).is_some_and(|key| template.shared.contains(&key));
        let own: Vec<bool> = (0..found.len())
            .map(|at| prose[at] && found[at].is_none() && !shared(at))
            .collect();
        let first = own.iter().position(|own| *own);
        let last = own.iter().rposition(|own| *own);
        Reading {
            found,
            prose,
            own,
            edges: first.zip(last),
        }
    }

    /// Where a block stands; on a page without prose of its own nothing has a place.
    pub(super) fn place(&self, at: usize) -> Option<Place> {
        let (first, last) = self.edges?;
        Some(match () {
            () if at < first => Place::Above,
            () if at > last || self.prose[at] && self.is_framed(at) => Place::Below,
            () => Place::Amid,
        })
    }

    /// Whether a convicted block stands among at least two convicted lines that are no
    /// prose, as a newsletter's paragraph does between its heading and its button. Then it
    /// is at the article's edge, whatever prose of readers or authors follows.
    fn is_framed(&self, at: usize) -> bool {
        let line = |at: &usize| !self.prose[*at];
        // Near lines will do; a page of nothing else stays linear.
        let convicted = |at: &usize| self.found[*at].is_some();
        let before = (0..at).rev().take(NEAR_LINES).take_while(convicted);
        let after = (at + 1..self.found.len())
            .take(NEAR_LINES)
            .take_while(convicted);
        self.found[at].is_some() && before.chain(after).filter(line).take(2).count() == 2
    }

    /// Whether a block stands directly above prose, or with one line between, as
    /// a headline above its dateline does.
    pub(super) fn leads(&self, at: usize) -> bool {
        let prose = |at: usize| self.prose.get(at) == Some(&true);
        !prose(at) && (prose(at + 1) || prose(at + 2))
    }

    /// Whether a neighbour of a block is one that `wanted` wants.
    fn beside(&self, at: usize, wanted: impl Fn(usize) -> bool) -> bool {
        at.checked_sub(1).is_some_and(&wanted) || at + 1 < self.found.len() && wanted(at + 1)
    }

    /// Whether a block stands where few of the source's pages have it.
    fn is_out_of_place(&self, at: usize) -> bool {
        let Some((place, found)) = self.place(at).zip(self.found[at]) else {
            return false;
        };
        let conviction = found.conviction;
        let here = match place {
            Place::Above => conviction.above,
            Place::Amid => conviction.amid,
            Place::Below => conviction.below,
        };
        4 * here <= conviction.placed() && conviction.placed() > 0
    }

    /// Whether a line is the page's own although the source's template has it: this
    /// page's headline, however many "Most read" lists have it, or a heading in the article that
    /// says what an entry of the menu says.
    ///
    /// It stands alone where others have none of it: above the article, or in it between
    /// lines that are no template. (A whole menu that stands elsewhere than on most pages
    /// is a menu.) Or it leads into prose as it does on few pages.
    fn is_own(&self, at: usize, conviction: Conviction) -> bool {
        let alone = match self.place(at) {
            Some(Place::Above) => !self.beside(at, |at| self.is_out_of_place(at)),
            Some(Place::Amid) => !self.beside(at, |at| self.found[at].is_some()),
            _ => false,
        };
        alone && self.is_out_of_place(at)
            || self.leads(at) && 4 * conviction.leads <= conviction.pages
    }

    /// Whether what is not convicted, and not shared prose, has more words than convicted prose.
    fn outweighs(&self, blocks: &[Block]) -> bool {
        let weigh = |wanted: &dyn Fn(usize) -> bool| -> usize {
            let wanted = (0..blocks.len()).filter(|&at| wanted(at));
            wanted.map(|at| blocks[at].words.len()).sum()
        };
        let own = |at: usize| self.found[at].is_none() && (self.own[at] || !self.prose[at]);
        let convicted = |at: usize| self.prose[at] && self.found[at].is_some();
        weigh(&own) > weigh(&convicted)
    }
}

/// Why a convicted block stays, where that is a guard's doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spared {
    /// Prose of several sources in mid-article.
    Syndicated,
    /// A passage as long as prose, in mid-article, in few clusters.
    Passage,
}

impl Template {
    /// Which blocks of a page are convicted. `exact` are the keys of their words; `digits` gives those with
    /// equal digits, of blocks that are not found by them.
    fn find(
        &self,
        page: &Segmented<'_>,
        blocks: &[Block],
        exact: &[Option<u64>],
        mut digits: impl FnMut(usize) -> Option<u64>,
    ) -> Vec<Option<Found>> {
        let known = |key: Option<u64>| self.blocks.get(&key?).copied();
        let mut find = |(at, block): (usize, &Block)| {
            exact[at]?;
            let found = |conviction, how| Some(Found { conviction, how });
            if let Some(conviction) = known(exact[at]) {
                return found(conviction, Match::Exact);
            }
            if let Some(conviction) = known(digits(at)) {
                return found(conviction, Match::Digits);
            }
            if self.near.is_empty() {
                return None;
            }
            let near = |shingle| self.near.get(&shingle);
            let (share, conviction) = cover(page.block_words(block), near)?;
            found(conviction, Match::Near(share))
        };
        blocks.iter().enumerate().map(&mut find).collect()
    }

    /// The convicted blocks of a page, and which of them may be removed.
    ///
    /// - Prose goes only where it stands in at least 8 clusters, at an edge of the
    ///   page (no prose of the page's own before it, or none after it), as on most pages
    ///   that have it, and where the rest of the page outweighs it; else it is shared, not
    ///   template. What several sources have must stand at the edge on three of four pages.
    /// - A line that is convicted only with its digits taken as equal goes where it
    ///   stands alone beside a line that is convicted as it is, or only counts
    ///   ("17 comments"); a dateline under a headline or a list of figures does not.
    /// - A line above this page's prose that on most other pages stands elsewhere
    ///   is this page's headline, however many "Most read" lists have it.
    /// - Lines between the page's own prose that together are as long as prose (25 words)
    ///   go where they stand in at least 8 clusters: a poem in three articles is no menu.
    pub fn of_page(&self, page: &Segmented<'_>, blocks: &[Block]) -> Vec<Verdict> {
        if self.is_empty() {
            return Vec::new();
        }
        let verdicts = self.verdicts(page, blocks).0.into_iter();
        verdicts.map(|(verdict, _)| verdict).collect()
    }

    /// As [`of_page`](Self::of_page), with the guards that spared some, and whether one would be another if
    /// several sources had what only one is known to have.
    pub(super) fn verdicts(
        &self,
        page: &Segmented<'_>,
        blocks: &[Block],
    ) -> (Vec<(Verdict, Option<Spared>)>, bool) {
        let Some(reading) = Reading::of(self, page, blocks) else {
            return (Vec::new(), false);
        };
        let outweighed = reading.outweighs(blocks);
        let mut hangs_on_sources = false;
        let verdict = |at: usize| {
            let Found { conviction, how } = reading.found[at]?;
            let is = |at: usize, wanted: fn(&Match) -> bool| {
                reading.found[at].is_some_and(|found| wanted(&found.how))
            };
            let mut spared = None;
            let remove = if reading.prose[at] {
                let enough = conviction.clusters >= ENOUGH_CLUSTERS && outweighed;
                let (place, placed) = (reading.place(at), conviction.placed());
                let edge = |share: usize| {
                    place != Some(Place::Amid) && (share * conviction.amid < placed || placed == 0)
                };
                let edge = match conviction.sources {
                    0 | 1 => {
                        hangs_on_sources |= enough && !edge(4);
                        edge(2)
                    }
                    _ => {
                        spared = (enough && !edge(4)).then_some(Spared::Syndicated);
                        edge(4)
                    }
                };
                // A heading in a run of prose counts as prose.
                enough && edge && !reading.is_own(at, conviction)
            } else {
                match how {
                    Match::Digits => {
                        is_counter(&page.block_text(&blocks[at]))
                            || reading.beside(at, |at| is(at, |how| *how == Match::Exact))
                                && !reading.beside(at, |at| is(at, |how| *how == Match::Digits))
                    }
                    // A menu in one block with the headline under it.
                    Match::Near(_) if blocks[at].lines.len() > 1 => false,
                    _ => !reading.is_own(at, conviction),
                }
            };
            let verdict = Verdict {
                block: at,
                conviction,
                how,
                remove,
            };
            Some((verdict, spared))
        };
        let mut verdicts: Vec<_> = (0..blocks.len()).filter_map(verdict).collect();
        // Passages in mid-article.
        let passage = |(verdict, _): &(Verdict, _)| {
            verdict.remove
                && verdict.conviction.clusters < ENOUGH_CLUSTERS
                && reading.place(verdict.block) == Some(Place::Amid)
        };
        for run in
            verdicts.chunk_by_mut(|a, b| a.0.block + 1 == b.0.block && passage(a) && passage(b))
        {
            let words: usize = run
                .iter()
                .map(|(verdict, _)| blocks[verdict.block].words.len())
                .sum();
            if passage(&run[0]) && words >= PROSE_WORDS {
                for (verdict, spared) in run {
                    verdict.remove = false;
                    *spared = Some(Spared::Passage);
                }
            }
        }
        (verdicts, hangs_on_sources)
    }
}

/// A convicted block on one page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Verdict {
    /// Index of the block on its page.
    pub block: usize,
    /// The counts that convicted it; of a near-equal block, those of its rarest shingle.
    pub conviction: Conviction,
    /// How it is equal to the convicted one.
    pub how: Match,
    /// Whether to take it out; else it is only noted as shared.
    pub remove: bool,
}

impl Verdict {
    /// How sure it is that the block is the site's and not the page's: 0.75 for half
    /// of the clusters to 1 for all of them, and no more than the share of its words that
    /// is the site's; under 0.5 where it may not be removed.
    pub fn score(&self) -> f64 {
        let share = self.conviction.share();
        let words = match self.how {
            Match::Near(words) => words,
            _ => 1.0,
        };
        match self.remove {
            true => (0.5 + share / 2.0).min(words),
            false => (share / 2.0).min(words),
        }
    }
}
