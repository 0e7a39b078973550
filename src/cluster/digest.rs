//! Digests: keepers that hold two pages unlike each other.

use super::Texts;
use super::part::Pile;
use super::sets::Sets;
use crate::lsh::{LeftOut, Signatures};
use crate::parallel::{stretches, try_map, try_map_owned};
use crate::sketch::{FirstTier, Signature};

/// Most keepers in question that one page is looked for in.
const MOST_HOLDERS: usize = 64;

/// Keepers that a page is looked for in together, the best rank first; then it is asked whether it was found in enough.
const WINDOW: usize = 512;

/// Rows of keepers that are looked at for one page, about; 160 rows of a page on 400 keepers each.
const MOST_LOOKED_AT: usize = 64_000;

/// Keepers in question whose shingles are read at once.
const AT_ONCE: usize = 64;

/// Most keepers that pages are looked for in at once.
const MOST_AT_ONCE: usize = 16 << 10;

/// One in so many of what rows can be may be known of the keepers at hand: then one page in a hundred has
/// nine of its first sixteen rows known by chance, and most are given up after the first look.
const SPARSE: usize = 4;

/// Pages that one thread looks for in a row.
const STRETCH: usize = 256;

/// Rows of a page that are looked at before it is given up; most pages stand in no keeper.
const FIRST_LOOK: usize = 16;

impl<S: Signatures + ?Sized, T: Texts<Error = S::Error> + ?Sized> Pile<'_, T, S> {
    /// Of the keepers that could remove a page by containment alone, those that
    /// hold two pages unlike each other.
    ///
    /// All pages are looked at, not only those the search met. A row of the first tier
    /// of a page's signature is one of its shingles, drawn at random: of those rows about as many are
    /// rows of shingles of the keeper as the share of the page that stands in it. Where they are
    /// fewer than five standard errors under the least containment, the page does not stand in
    /// it; where they are not, it is counted. Of a page that may stand in more than 64 keepers
    /// the first 64 by rank are looked at, and the others counted in `left_out`, as are those for which too many rows of
    /// too many keepers were looked at.
    ///
    /// As a rule at most 16 look-ups for each page and 2,000 keepers in question (11,000 of 120 words), and the
    /// shingles of these and of the pages that may stand in them, once for each keeper.
    pub(super) fn find_digests(
        &self,
        mut suspects: Vec<usize>,
        left_out: &mut LeftOut,
    ) -> Result<Vec<usize>, S::Error> {
        let pages = self.signatures.count();
        let Some(least) = self.search.nearness.containment else {
            return Ok(Vec::new());
        };
        if suspects.is_empty() {
            return Ok(Vec::new());
        }
        let made = (0..pages).find_map(|page| self.signatures.of(page).transpose());
        let Some(made) = made.transpose()? else {
            return Ok(Vec::new());
        };
        suspects.sort_unstable_by_key(|&keeper| self.rank[keeper]);
        let mut digests = Vec::new();
        let stretches = stretches(pages, STRETCH);
        let mut holders_of = vec![0u16; pages];
        let mut rest = &suspects[..];
        while !rest.is_empty() {
            let mut rows = Rows::new(made.first_tier());
            while rows.have_room() && rows.keepers < rest.len() {
                let end = rest.len().min(rows.keepers + AT_ONCE);
                rows.add(&rest[rows.keepers..end], self.texts)?;
            }
            rows.index();
            let (keepers, others) = rest.split_at(rows.keepers);
            rest = others;
            let found = try_map(&stretches, |pages| {
                let mut found: Vec<(u32, u32)> = Vec::new();
                let mut left = 0;
                self.signatures
                    .each(pages.clone(), &mut |page, signature| {
                        let most = MOST_HOLDERS - usize::from(holders_of[page]);
                        let own = |at: u32| keepers[at as usize] == page;
                        let holders = rows.holders(signature, least, most, own);
                        found.extend(holders.found.into_iter().map(|at| (page as u32, at)));
                        left += holders.left;
                    })?;
                Ok((found, left))
            })?;
            drop(rows);
            left_out.by_holders += found.iter().map(|(_, left)| *left as u64).sum::<u64>();
            let mut held: Vec<(usize, Vec<usize>)> =
                keepers.iter().map(|keeper| (*keeper, Vec::new())).collect();
            for (page, at) in found.into_iter().flat_map(|(found, _)| found) {
                holders_of[page as usize] += 1;
                held[at as usize].1.push(page as usize);
            }
            let are_digests =
                try_map_owned(held, |(keeper, held)| self.is_digest(keeper, held, least))?;
            let of_these = keepers.iter().zip(are_digests).filter(|(_, is)| *is);
            digests.extend(of_these.map(|(keeper, _)| *keeper));
        }
        Ok(digests)
    }

    /// Whether two pages of which at least the share `least` stands in a keeper are unlike each other, of those that
    /// may stand in it.
    ///
    /// Every page is compared with at most 64 leaders, of which none resembles
    /// another, so the cost is linear in a keeper that holds thousands.
    fn is_digest(
        &self,
        keeper: usize,
        mut pages: Vec<usize>,
        least: f64,
    ) -> Result<bool, S::Error> {
        const MOST_LEADERS: usize = 64;
        // It takes two unlike each other; of most keepers that copies stand in their signatures tell.
        if pages.len() <= MOST_LEADERS && self.are_surely_alike(&pages)? {
            return Ok(false);
        }
        pages.sort_unstable_by_key(|&page| self.rank[page]);
        let nearness = &self.search.nearness;
        let mut sets = Sets::new(self.texts);
        let mut leaders: Vec<usize> = Vec::new();
        for page in pages {
            let contained = |page: usize, _| (least * page as f64) as usize;
            let counted = sets.counted(page, keeper, contained)?;
            if !counted.is_some_and(|counted| nearness.contains(counted.overlap)) {
                sets.forget(page);
                continue;
            }
            let mut copy = false;
            for &leader in &leaders {
                let overlap = sets.overlap(page, leader)?;
                if !nearness.alike(overlap) {
                    return Ok(true);
                }
                copy |= nearness.resembles(overlap);
            }
            match !copy && leaders.len() < MOST_LEADERS {
                true => leaders.push(page),
                false => sets.forget(page),
            }
        }
        Ok(false)
    }

    /// Whether any two of `pages` resemble each other by their signatures, with five standard errors to spare.
    fn are_surely_alike(&self, pages: &[usize]) -> Result<bool, S::Error> {
        let least = self.search.nearness.resemblance;
        let surely = |page: &Signature, other: &Signature| {
            let errors = 5.0 * (least * (1.0 - least) / page.rows().len() as f64).sqrt();
            page.estimate(other) >= least + errors
        };
        let signatures = pages
            .iter()
            .filter_map(|&page| self.signatures.of(page).transpose());
        let signatures: Vec<_> = signatures.collect::<Result<_, _>>()?;
        let mut pairs = signatures.iter().enumerate();
        Ok(pairs.all(|(at, page)| signatures[..at].iter().all(|other| surely(page, other))))
    }
}

/// The keepers that may hold a page.
#[derive(Default)]
struct Holders {
    found: Vec<u32>,
    /// How many more may, or were not looked at.
    left: usize,
}

/// Most words of bits: one megabyte, as many as 256 rows need.
const MOST_KNOWN_WORDS: usize = 1 << 17;

/// What shingles of the keepers in question would be as rows of the first tier.
struct Rows {
    first_tier: FirstTier,
    /// (row, keeper), in order once they are [indexed](Self::index).
    rows: Vec<(u32, u32)>,
    /// Where the rows of each sixty-four begin.
    begins: Vec<u32>,
    /// One bit for the rows that one of them has, and others of the same bit.
    known: Vec<u64>,
    keepers: usize,
}

impl Rows {
    fn new(first_tier: FirstTier) -> Self {
        Rows {
            first_tier,
            rows: Vec::new(),
            begins: Vec::new(),
            known: vec![0; (first_tier.len() / 64 + 1).min(MOST_KNOWN_WORDS)],
            keepers: 0,
        }
    }

    /// Whether more keepers would not make too many rows known.
    fn have_room(&self) -> bool {
        self.rows.len() < self.first_tier.len() / SPARSE && self.keepers < MOST_AT_ONCE
    }

    /// Adds keepers; the rows are to be indexed behind the last.
    fn add<T: Texts + ?Sized>(&mut self, keepers: &[usize], texts: &T) -> Result<(), T::Error> {
        let of_keeper = try_map(keepers, |&keeper| {
            let shingles = texts.shingles(keeper)?;
            let rows = shingles.iter().map(|shingle| self.first_tier.of(*shingle));
            let mut rows: Vec<u32> = rows.collect();
            rows.sort_unstable();
            rows.dedup();
            Ok(rows)
        })?;
        for of_keeper in of_keeper {
            for row in of_keeper {
                self.known[row as usize / 64 % MOST_KNOWN_WORDS] |= 1 << (row % 64);
                self.rows.push((row, self.keepers as u32));
            }
            self.keepers += 1;
        }
        Ok(())
    }

    /// Puts the rows in order. Looked for in stretches instead of in all of them, those of 400,000 pages
    /// take 0.6 seconds instead of 1.5.
    fn index(&mut self) {
        self.rows.sort_unstable();
        self.begins = vec![0; self.first_tier.len() / 64 + 2];
        for (row, _) in &self.rows {
            self.begins[*row as usize / 64 + 1] += 1;
        }
        for at in 1..self.begins.len() {
            self.begins[at] += self.begins[at - 1];
        }
    }

    /// The keepers that have a row.
    fn keepers_of(&self, row: u32) -> &[(u32, u32)] {
        let at = row as usize / 64;
        let stretch = &self.rows[self.begins[at] as usize..self.begins[at + 1] as usize];
        let first = stretch.partition_point(|(known, _)| *known < row);
        let len = stretch[first..].partition_point(|(known, _)| *known == row);
        &stretch[first..first + len]
    }

    /// Whether one of the keepers may have this row.
    fn knows(&self, row: u32) -> bool {
        self.known[row as usize / 64 % MOST_KNOWN_WORDS] >> (row % 64) & 1 == 1
    }

    /// The first `most` keepers that may hold the page of `signature`, without its `own` place among them.
    fn holders(
        &self,
        signature: &Signature,
        least: f64,
        most: usize,
        own: impl Fn(u32) -> bool,
    ) -> Holders {
        let mut holders = Holders::default();
        let enough = |rows: usize| {
            let rows = rows as f64;
            let errors = (rows * least * (1.0 - least)).sqrt();
            ((rows * least - 5.0 * errors).ceil() as usize).max(1)
        };
        // A few rows tell of most pages that no keeper has them, all of them of most others.
        let mut missed = 0;
        for row in signature.first_tier_rows().take(FIRST_LOOK) {
            missed += usize::from(!self.knows(row));
            if missed > FIRST_LOOK - enough(FIRST_LOOK) {
                return holders;
            }
        }
        let rows: Vec<u32> = signature.first_tier_rows().collect();
        let met = rows.iter().filter(|row| self.knows(**row)).count();
        if met < enough(rows.len()) {
            return holders;
        }
        let enough = enough(rows.len());
        let known = rows.iter().filter(|row| self.knows(**row));
        let mut lists: Vec<&[(u32, u32)]> = known.map(|row| self.keepers_of(*row)).collect();
        let mut looked_at = 0;
        for start in (0..self.keepers).step_by(WINDOW) {
            lists.retain(|list| !list.is_empty());
            // Too few rows are left for one more holder.
            if lists.len() < enough {
                break;
            }
            if holders.found.len() == most || looked_at > MOST_LOOKED_AT {
                holders.left += self.keepers - start;
                break;
            }
            let end = self.keepers.min(start + WINDOW);
            let mut hits = [0u32; WINDOW];
            for list in &mut lists {
                let len = list.partition_point(|(_, keeper)| (*keeper as usize) < end);
                let (these, others) = list.split_at(len);
                for (_, keeper) in these {
                    hits[*keeper as usize - start] += 1;
                }
                looked_at += len;
                *list = others;
            }
            let may_hold = |keeper: &u32| hits[*keeper as usize - start] as usize >= enough;
            let mut may_hold = (start as u32..end as u32)
                .filter(may_hold)
                .filter(|at| !own(*at));
            let room = most - holders.found.len();
            holders.found.extend(may_hold.by_ref().take(room));
            holders.left += may_hold.count();
        }
        holders
    }
}
