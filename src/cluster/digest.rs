//! Digests: keepers that hold two pages unlike each other.

use super::Texts;
use super::part::Pile;
use super::sets::Sets;
use crate::parallel::map;
use crate::sketch::{FirstTier, Signature};
use std::cmp::Reverse;

/// Most keepers in question that one page is looked for in.
const MOST_HOLDERS: usize = 256;

/// Rows of a page that are looked at before it is given up; most pages stand in no keeper.
const FIRST_LOOK: usize = 32;

impl<T: Texts + ?Sized> Pile<'_, T> {
    /// Of the keepers that could remove a page by containment alone, those that
    /// hold two pages unlike each other.
    ///
    /// All pages are looked at, not only those the search met. A row of the first tier
    /// of a page's signature is one of its shingles, drawn at random: of those rows about as many are
    /// rows of shingles of the keeper as the share of the page that stands in it. Where they are
    /// fewer than five standard errors under the least containment, the page does not stand in
    /// it; where they are not, it is counted. Of a page that may stand in more than 256 keepers,
    /// the 256 with most of its rows are looked at.
    ///
    /// A look-up for each row, and the shingles of the keepers in question and of
    /// the pages that may stand in them.
    pub(super) fn find_digests(&self, mut suspects: Vec<usize>) -> Vec<usize> {
        let made = self.signatures.iter().copied().flatten().next();
        let (Some(least), Some(made)) = (self.search.nearness.containment, made) else {
            return Vec::new();
        };
        if suspects.is_empty() {
            return Vec::new();
        }
        suspects.sort_unstable_by_key(|&keeper| self.rank[keeper]);
        let rows = Rows::of(self.texts, &suspects, made.first_tier());
        let pages: Vec<usize> = (0..self.signatures.len()).collect();
        let holders = map(&pages, |&page| match self.signatures[page] {
            Some(signature) => rows.holders(signature, least),
            None => Vec::new(),
        });
        let mut held: Vec<Vec<usize>> = vec![Vec::new(); suspects.len()];
        for (page, holders) in holders.iter().enumerate() {
            for &at in holders {
                if suspects[at as usize] != page {
                    held[at as usize].push(page);
                }
            }
        }
        let suspects: Vec<(usize, Vec<usize>)> = suspects.into_iter().zip(held).collect();
        let digests = map(&suspects, |(keeper, held)| {
            let mut sets = Sets::new(self.texts);
            let mut held: Vec<usize> = held
                .iter()
                .copied()
                .filter(|&page| {
                    let overlap = sets.overlap(page, *keeper);
                    sets.forget(page);
                    self.search.nearness.contains(overlap)
                })
                .collect();
            self.unlike_each_other(&mut held, &mut sets)
        });
        let digests = suspects.iter().zip(digests).filter(|(_, digest)| *digest);
        digests.map(|((keeper, _), _)| *keeper).collect()
    }

    /// Whether two of `held` are unlike each other.
    ///
    /// Every page is compared with at most 64 leaders, of which none resembles
    /// another, so the cost is linear in a keeper that holds thousands.
    fn unlike_each_other(&self, held: &mut [usize], sets: &mut Sets<'_, T>) -> bool {
        const MOST_LEADERS: usize = 64;
        held.sort_unstable_by_key(|&page| self.rank[page]);
        let nearness = &self.search.nearness;
        let mut leaders: Vec<usize> = Vec::new();
        for &page in held.iter() {
            let mut copy = false;
            for &leader in &leaders {
                let overlap = sets.overlap(page, leader);
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

/// Most words of bits: one megabyte, as many as 256 rows need.
const MOST_KNOWN_WORDS: usize = 1 << 17;

/// What shingles of the keepers in question would be as rows of the first tier.
struct Rows {
    /// (row, keeper), in order.
    rows: Vec<(u32, u32)>,
    /// One bit for the rows that one of them has, and others of the same bit.
    known: Vec<u64>,
    keepers: usize,
}

impl Rows {
    fn of(texts: &(impl Texts + ?Sized), keepers: &[usize], first_tier: FirstTier) -> Self {
        let of_keeper = map(keepers, |&keeper| {
            let shingles = texts.shingles(keeper);
            let mut rows: Vec<u32> = shingles
                .iter()
                .map(|shingle| first_tier.of(*shingle))
                .collect();
            rows.sort_unstable();
            rows.dedup();
            rows
        });
        let mut known = vec![0; (first_tier.len() / 64 + 1).min(MOST_KNOWN_WORDS)];
        let mut rows = Vec::new();
        for (at, of_keeper) in of_keeper.into_iter().enumerate() {
            for row in of_keeper {
                known[row as usize / 64 % MOST_KNOWN_WORDS] |= 1 << (row % 64);
                rows.push((row, at as u32));
            }
        }
        rows.sort_unstable();
        Rows {
            rows,
            known,
            keepers: keepers.len(),
        }
    }

    /// Whether one of the keepers may have this row.
    fn knows(&self, row: u32) -> bool {
        self.known[row as usize / 64 % MOST_KNOWN_WORDS] >> (row % 64) & 1 == 1
    }

    /// The keepers that may hold the page of `signature`.
    fn holders(&self, signature: &Signature, least: f64) -> Vec<u32> {
        let enough = |rows: usize| {
            let rows = rows as f64;
            let errors = (rows * least * (1.0 - least)).sqrt();
            ((rows * least - 5.0 * errors).ceil() as usize).max(1)
        };
        let (mut look, mut met) = (0, 0);
        for row in signature.first_tier_rows().take(FIRST_LOOK) {
            look += 1;
            met += usize::from(self.knows(row));
        }
        if met < enough(look) {
            return Vec::new();
        }
        let rows: Vec<u32> = signature.first_tier_rows().collect();
        let mut hits = vec![0u32; self.keepers];
        for row in rows.iter().filter(|row| self.knows(**row)) {
            let first = self.rows.partition_point(|(known, _)| known < row);
            let keepers = self.rows[first..]
                .iter()
                .take_while(|(known, _)| known == row);
            keepers.for_each(|(_, keeper)| hits[*keeper as usize] += 1);
        }
        let enough = enough(rows.len()) as u32;
        let mut holders: Vec<u32> = (0..self.keepers as u32)
            .filter(|&keeper| hits[keeper as usize] >= enough)
            .collect();
        if holders.len() > MOST_HOLDERS {
            // Best rank first where they have as many.
            holders.sort_by_key(|&keeper| Reverse(hits[keeper as usize]));
            holders.truncate(MOST_HOLDERS);
        }
        holders
    }
}
