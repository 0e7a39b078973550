//! The pages that buckets connect, clustered.

use super::sets::{Counted, Sets};
use super::{Fate, LeftOut, MOST_RELATED, Related, Search, Texts};
use crate::lsh::{Buckets, Listings, Signatures};
use crate::places::Places;
use crate::verify::Overlap;
use std::cell::OnceCell;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};

/// What all parts of a search look at.
pub(super) struct Pile<'a, T: ?Sized, S: ?Sized> {
    pub(super) search: &'a Search,
    pub(super) texts: &'a T,
    pub(super) signatures: &'a S,
    pub(super) buckets: &'a Buckets,
    /// Place of each page in the order; lower is better.
    pub(super) rank: Vec<usize>,
    /// Pages of a rank below this stay in any case.
    pub(super) protected: usize,
    /// How many overlaps may still be kept for another run: they are 64 bytes each, and in a pile of short
    /// pages that have much in common there were 20 for each page.
    pub(super) room: AtomicUsize,
}

impl<T: ?Sized, S: ?Sized> Pile<'_, T, S> {
    /// Overlaps that are kept at most, in a pile of so many pages.
    pub(super) fn room(pages: usize) -> AtomicUsize {
        AtomicUsize::new((pages / 4).max(1 << 20))
    }
}

/// Pages that are compared with none but each other, best rank first, and what became of them.
#[derive(Default)]
pub(super) struct Part {
    pub(super) pages: Vec<usize>,
    /// The removed ones.
    pub(super) removed: Vec<(usize, Fate)>,
    /// Of each page at most [`MOST_RELATED`] with better ones.
    pub(super) related: Vec<Related>,
    pub(super) related_left_out: usize,
    pub(super) left_out: LeftOut,
    /// Keepers met that could remove a page by containment alone.
    pub(super) containers: BTreeSet<usize>,
    /// Overlaps counted, by (page, keeper), `None` where there is too little to matter: kept only
    /// where the search may run again.
    counted: HashMap<(usize, usize), Option<Counted>, Places>,
}

/// A keeper that a page may be a copy of.
struct Pair {
    keeper: usize,
    counted: Counted,
}

impl Part {
    pub(super) fn new(pages: Vec<usize>) -> Self {
        Part {
            pages,
            ..Part::default()
        }
    }
}

/// Most keepers that one page is counted against, the nearest by their signatures. On the nine development sets
/// no page meets more. In a pile whose pages share half of their words a page meets
/// thousands: the rest is counted as left out.
const MOST_COUNTED: usize = 48;

/// Most pages of a bucket whose pairs are looked at one by one.
const MOST_PAIRED: usize = 16;

/// The parts of two pages or more, their pages in `order`; pages that are compared with no other are
/// in none.
///
/// Pages of a bucket are connected where their signatures are near enough to be compared.
/// Strangers that met in one bucket by chance would else connect a large pile into one part,
/// whose sets fit nowhere. In a bucket that may be split or capped all are.
pub(super) fn connected<S: Signatures + ?Sized>(
    buckets: &Buckets,
    signatures: &S,
    order: &[usize],
    search: &Search,
) -> Result<Vec<Vec<usize>>, S::Error> {
    const NONE: u32 = u32::MAX;
    let mut parent: Vec<u32> = (0..order.len() as u32).collect();
    let find = |parent: &mut [u32], mut at: u32| {
        while parent[at as usize] != at {
            parent[at as usize] = parent[parent[at as usize] as usize];
            at = parent[at as usize];
        }
        at
    };
    let near = |a: u32, b: u32| {
        let both = signatures.of(a as usize)?.zip(signatures.of(b as usize)?);
        Ok(both.is_some_and(|(a, b)| a.estimate(&b) >= search.least_estimate(a.rows().len())))
    };
    buckets.for_each_bucket(|members| {
        let paired = members.len() <= MOST_PAIRED.min(search.most_keepers.max(1));
        for (at, &page) in members.iter().enumerate() {
            let others = match paired {
                true => &members[at + 1..],
                // A chain will do.
                false => &members[at + 1..members.len().min(at + 2)],
            };
            for &other in others {
                let (a, b) = (find(&mut parent, page), find(&mut parent, other));
                if a != b && (!paired || near(page, other)?) {
                    parent[a.max(b) as usize] = a.min(b);
                }
            }
        }
        Ok(())
    })?;
    let mut size = vec![0u32; order.len()];
    for page in 0..order.len() as u32 {
        size[find(&mut parent, page) as usize] += 1;
    }
    let mut part_of = vec![NONE; order.len()];
    let mut parts: Vec<Vec<usize>> = Vec::new();
    for &page in order {
        let root = find(&mut parent, page as u32) as usize;
        if size[root] < 2 {
            continue;
        }
        let part = &mut part_of[root];
        if *part == NONE {
            *part = parts.len() as u32;
            parts.push(Vec::new());
        }
        parts[*part as usize].push(page);
    }
    Ok(parts)
}

impl<S: Signatures + ?Sized, T: Texts<Error = S::Error> + ?Sized> Pile<'_, T, S> {
    /// Clusters the pages of a part, with `digests` barred from removing by containment.
    pub(super) fn run(&self, part: Part, digests: &HashSet<usize>) -> Result<Part, S::Error> {
        let mut run = Run {
            pile: self,
            digests,
            sets: Sets::new(self.texts),
            part: Part {
                pages: part.pages,
                counted: part.counted,
                ..Part::default()
            },
        };
        run.all()?;
        let mut part = run.part;
        if part.containers.is_empty() {
            self.room.fetch_add(part.counted.len(), Ordering::Relaxed);
            part.counted = HashMap::default();
        }
        Ok(part)
    }
}

/// The order of related pairs: the more similar first, of equal ones those of better pages.
pub(super) fn stronger(rank: &[usize], a: &Related, b: &Related) -> std::cmp::Ordering {
    let closer = b.overlap.resemblance().total_cmp(&a.overlap.resemblance());
    let ranks = |pair: &Related| (rank[pair.other], rank[pair.page]);
    closer.then(ranks(a).cmp(&ranks(b)))
}

/// A part while it is clustered.
struct Run<'a, T: ?Sized, S: ?Sized> {
    pile: &'a Pile<'a, T, S>,
    digests: &'a HashSet<usize>,
    sets: Sets<'a, T>,
    part: Part,
}

impl<S: Signatures + ?Sized, T: Texts<Error = S::Error> + ?Sized> Run<'_, T, S> {
    fn all(&mut self) -> Result<(), S::Error> {
        let mut failed = OnceCell::new();
        let mut keepers = Listings::new(self.pile.search.most_keepers);
        let mut met: Vec<usize> = Vec::new();
        // By place in the part.
        let mut met_by = vec![usize::MAX; self.part.pages.len()];
        for at in 0..self.part.pages.len() {
            let page = self.part.pages[at];
            met.clear();
            let mut left_out = self.part.left_out;
            for &bucket in self.pile.buckets.of(page) {
                let further = self.further_rows(bucket, at, &failed);
                keepers.meet(bucket.into(), further, &mut left_out, |keeper| {
                    if std::mem::replace(&mut met_by[keeper], at) != at {
                        met.push(keeper);
                    }
                });
            }
            self.part.left_out = left_out;
            match self.best(page, &met)? {
                Some((keeper, overlap)) => {
                    self.sets.forget(page);
                    self.part
                        .removed
                        .push((page, Fate::Removed { keeper, overlap }));
                }
                None => {
                    for &bucket in self.pile.buckets.of(page) {
                        let further = |keeper| self.further_rows(bucket, keeper, &failed);
                        keepers.list(bucket.into(), at, further);
                    }
                }
            }
            if let Some(error) = failed.take() {
                return Err(error);
            }
        }
        Ok(())
    }

    /// What splits `bucket` where it is too large, for the page at a place of the part; its signature is
    /// not asked for before. Why it cannot be read is put into `failed`, which whoever takes the rows looks into.
    fn further_rows(
        &self,
        bucket: u32,
        at: usize,
        failed: &OnceCell<S::Error>,
    ) -> impl Iterator<Item = u32> {
        let (pile, page) = (self.pile, self.part.pages[at]);
        let signature = std::iter::once_with(move || match pile.signatures.of(page) {
            Ok(signature) => signature,
            Err(error) => {
                let _ = failed.set(error);
                None
            }
        });
        let signature = signature.flatten();
        signature.flat_map(move |signature| pile.buckets.further_rows(bucket, signature))
    }

    /// Of the keepers `met` (by place), those that `page` may be near by their signatures, at most
    /// [`MOST_COUNTED`] of them: the most similar, then those of better rank.
    fn near(&mut self, page: usize, met: &[usize]) -> Result<Vec<usize>, S::Error> {
        let pile = self.pile;
        if met.is_empty() {
            return Ok(Vec::new());
        }
        let Some(signature) = pile.signatures.of(page)? else {
            return Ok(Vec::new());
        };
        let least = pile.search.least_estimate(signature.rows().len());
        let mut near: Vec<(f64, usize)> = Vec::with_capacity(met.len());
        for &keeper in met {
            let keeper = self.part.pages[keeper];
            let other = pile.signatures.of(keeper)?;
            let estimate = other.map(|other| signature.estimate(&other));
            near.extend(
                estimate
                    .filter(|seems| *seems >= least)
                    .map(|seems| (seems, keeper)),
            );
        }
        if near.len() > MOST_COUNTED {
            near.select_nth_unstable_by(MOST_COUNTED, |(a_seems, a), (b_seems, b)| {
                let nearer = b_seems.total_cmp(a_seems);
                nearer.then(pile.rank[*a].cmp(&pile.rank[*b]))
            });
            self.part.left_out.by_page += (near.len() - MOST_COUNTED) as u64;
            near.truncate(MOST_COUNTED);
        }
        Ok(near.into_iter().map(|(_, keeper)| keeper).collect())
    }

    /// The most similar of the keepers `met` (by place) that `page` is a copy of. Where it
    /// is none's, what it shares with them is noted.
    fn best(&mut self, page: usize, met: &[usize]) -> Result<Option<(usize, Overlap)>, S::Error> {
        let pile = self.pile;
        let search = pile.search;
        let nearness = &search.nearness;
        let removable = pile.rank[page] >= pile.protected;
        let contained = |keeper: usize, overlap: Overlap, digests: &HashSet<usize>| {
            nearness.contains(overlap) && nearness.fits(overlap) && !digests.contains(&keeper)
        };
        let mut pairs: Vec<Pair> = Vec::new();
        for keeper in self.near(page, met)? {
            let Some(counted) = self.counted(page, keeper)? else {
                continue;
            };
            let overlap = counted.overlap;
            if removable && !nearness.resembles(overlap) && contained(keeper, overlap, self.digests)
            {
                self.part.containers.insert(keeper);
            }
            pairs.push(Pair { keeper, counted });
        }
        // The most similar by hashes is held against the words; where these say less, another may be it.
        loop {
            let copies = pairs.iter_mut().filter(|pair| {
                let overlap = pair.counted.overlap;
                let near = nearness.resembles(overlap);
                removable && (near || contained(pair.keeper, overlap, self.digests))
            });
            let best = copies.max_by(|a, b| {
                let figures = [&a, &b].map(|pair| pair.counted.overlap.resemblance());
                let closer = figures[0].total_cmp(&figures[1]);
                closer.then(pile.rank[b.keeper].cmp(&pile.rank[a.keeper]))
            });
            match best {
                None => break,
                Some(pair) if pair.counted.is_exact => {
                    return Ok(Some((pair.keeper, pair.counted.overlap)));
                }
                Some(pair) => self.hold(page, pair)?,
            }
        }
        if search.report_from.is_some() {
            let related_before = self.part.related.len();
            for pair in &mut pairs {
                if search.matters(pair.counted.overlap) {
                    self.hold(page, pair)?;
                }
                if search.matters(pair.counted.overlap) {
                    self.part.related.push(Related {
                        page,
                        other: pair.keeper,
                        overlap: pair.counted.overlap,
                    });
                }
            }
            let related = &mut self.part.related[related_before..];
            if related.len() > MOST_RELATED {
                related.sort_by(|a, b| stronger(&pile.rank, a, b));
                self.part.related_left_out += related.len() - MOST_RELATED;
                self.part.related.truncate(related_before + MOST_RELATED);
            }
        }
        Ok(None)
    }

    /// Counts what a page shares with a keeper by the words themselves.
    fn hold(&mut self, page: usize, pair: &mut Pair) -> Result<(), S::Error> {
        let Pair { keeper, counted } = pair;
        if !counted.is_exact {
            counted.overlap = self.sets.held(page, *keeper, counted.overlap)?;
            counted.is_exact = true;
            if let Some(known) = self.part.counted.get_mut(&(page, *keeper)) {
                *known = Some(*counted);
            }
        }
        Ok(())
    }

    /// What a page shares with a keeper, `None` where that is too little to matter.
    fn counted(&mut self, page: usize, keeper: usize) -> Result<Option<Counted>, S::Error> {
        let search = self.pile.search;
        if let Some(counted) = self.part.counted.get(&(page, keeper)) {
            return Ok(*counted);
        }
        let least = |page, keeper| search.least_shared(page, keeper);
        let counted = self.sets.counted(page, keeper, least)?;
        let less = |room: usize| room.checked_sub(1);
        let room = &self.pile.room;
        if room
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, less)
            .is_ok()
        {
            self.part.counted.insert((page, keeper), counted);
        }
        Ok(counted)
    }
}
