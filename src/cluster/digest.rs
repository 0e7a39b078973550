//! Digests: keepers that hold two pages unlike each other.

use super::Pass;
use crate::mix::Mixed;
use crate::shingle::{ShingleSet, shingles};
use crate::verify::Overlap;
use std::collections::{HashMap, HashSet};

/// Most keepers in question that one page is looked for in.
const MOST_HOLDERS: usize = 256;

impl Pass<'_> {
    /// Of the keepers that could remove a page by containment alone, those that
    /// hold two pages unlike each other.
    ///
    /// Exact over all pages, not only those the search met: a page stands in a
    /// keeper only if one of its rarest shingles does (prefix filtering:
    /// Chaudhuri, Ganti and Kaushik, *A primitive operator for similarity joins*,
    /// 2006), so those are looked up in an index of the keepers in question. Of
    /// a page that may stand in more than 256 of them, the first 256 are looked at,
    /// rarest shingle first and then by rank.
    pub(super) fn find_digests(&mut self) -> Vec<usize> {
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
        let mut index: HashMap<u64, Vec<usize>, Mixed> = HashMap::default();
        for (at, &keeper) in suspects.iter().enumerate() {
            for &shingle in self.pages[keeper].shingles().as_slice() {
                index.entry(shingle).or_default().push(at);
            }
        }
        let mut held: Vec<Vec<usize>> = vec![Vec::new(); suspects.len()];
        let mut met_by = vec![usize::MAX; suspects.len()];
        for (page, text) in self.pages.iter().enumerate() {
            // Most pages stand in none: a tenth of their shingles tells.
            let all = shingles(&text.words, text.width);
            let mut may_miss = all.len() - (least * all.len() as f64).floor() as usize;
            let mut missed: HashSet<u64, Mixed> = HashSet::default();
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
            let candidates = rarest.into_iter().flatten();
            let candidates =
                candidates.filter(|&&at| std::mem::replace(&mut met_by[at], page) != page);
            for &at in candidates.take(MOST_HOLDERS) {
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
