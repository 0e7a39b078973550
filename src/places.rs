//! Where keys stand in tables: somewhere else in every run, so that nobody can write a page whose words
//! all want one place.
//!
//! The hashes of words and shingles are written down, so they are the same in every run, and whoever writes
//! pages can compute them. With tables that took their lowest bits for a place, two pages of 320 KB whose
//! shingles agreed in eight of these cost 300 times their share. So every table here, whatever the
//! key, asks [`Places`], which a secret number decides. A table that is there keeps its places
//! when another secret is given; nothing that leaves a table may depend on them, and nothing may walk along one
//! without sorting.

use crate::mix::{STEP, drawn};
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};

/// The secret number of this run; 0 before one is drawn or given.
static SECRET: AtomicU64 = AtomicU64::new(0);

/// Gives the secret number that decides where keys stand in hash tables, for the tables that this process makes
/// from now on; without it one is drawn in every run ([`RandomState`]). 0 is taken as another number.
///
/// Nothing that is found, removed or written depends on it, only who waits for memory how long: benches that
/// are to count the same instructions twice fix it. Where strangers write the pages, leave it drawn, or
/// give a number that they cannot know: who knows it can write pages that take minutes.
///
/// ```
/// use twicetold::{Deduplicator, Page, fix_places};
///
/// let text = "The ferry to the outer islands stopped on Monday after the crew found a crack.";
/// let pages = [Page::new("a", text), Page::new("b", text)];
/// let kept_under = |secret| {
///     fix_places(secret);
///     let report = Deduplicator::default().run(&pages);
///     report.pages.iter().map(|page| page.is_kept()).collect::<Vec<_>>()
/// };
/// assert_eq!(kept_under(1), kept_under(2));
/// ```
pub fn fix_places(secret: u64) {
    SECRET.store(secret.max(1), Ordering::Relaxed);
}

fn secret() -> u64 {
    match SECRET.load(Ordering::Relaxed) {
        0 => {
            let drawn = RandomState::new().hash_one(STEP).max(1);
            match SECRET.compare_exchange(0, drawn, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => drawn,
                Err(given) => given,
            }
        }
        given => given,
    }
}

/// Which place of a table a number wants, under the secret of this run.
///
/// Twice the number is multiplied by a part of the secret to 128 bits, whose halves are put on each other (as
/// wyhash ends, Wang Yi). Adding or xoring a secret alone would not do, as numbers that agree in their lowest bits
/// would go on to agree there; nor would one multiplication: under one secret in a thousand, numbers with steps of a
/// power of two passed 33 others each where chance lets them pass a quarter of one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Places {
    tweak: u64,
    factors: [u64; 2],
}

impl Default for Places {
    fn default() -> Self {
        let secret = secret();
        Places {
            tweak: drawn(secret),
            factors: [1, 2].map(|nth| drawn(secret.wrapping_add(STEP.wrapping_mul(nth))) | 1),
        }
    }
}

impl Places {
    /// 64 bits, of which any may be taken.
    #[inline]
    pub(crate) fn of(self, number: u64) -> u64 {
        let fold = |number: u64, factor: u64| {
            let product = u128::from(number) * u128::from(factor);
            product as u64 ^ (product >> 64) as u64
        };
        let once = fold(number ^ self.tweak, self.factors[0]);
        fold(once, self.factors[1])
    }

    /// An odd factor for who finds places in another way.
    pub(crate) fn factor(self) -> u64 {
        self.factors[0]
    }
}

impl BuildHasher for Places {
    type Hasher = Place;

    #[inline]
    fn build_hasher(&self) -> Place {
        Place {
            places: *self,
            at: 0,
        }
    }
}

/// For maps of numbers, or of some together: hashes, indices.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    places: Places,
    at: u64,
}

impl Hasher for Place {
    #[inline]
    fn finish(&self) -> u64 {
        self.at
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("only u64, u32 and usize are keys")
    }

    #[inline]
    fn write_u64(&mut self, key: u64) {
        self.at = self.places.of(self.at ^ key);
    }

    #[inline]
    fn write_u32(&mut self, index: u32) {
        self.write_u64(index.into());
    }

    #[inline]
    fn write_usize(&mut self, index: usize) {
        self.write_u64(index as u64);
    }
}

/// Which keys come up at least twice, by two maps of 8 to 16 bits a key: of the others one in eight
/// passes too. Where most come up once, what is left to sort is little.
pub(crate) struct Twice {
    /// What came up once, and of that what came up again: side by side, as they are looked at.
    maps: Vec<[u64; 2]>,
    places: Places,
}

impl Twice {
    /// For `count` keys.
    pub(crate) fn of(keys: impl Iterator<Item = u64>, count: usize) -> Self {
        let mut twice = Self::for_keys(count);
        keys.for_each(|key| twice.add(key));
        twice
    }

    /// Of no key yet.
    pub(crate) fn for_keys(count: usize) -> Self {
        Twice {
            maps: vec![[0; 2]; (count / 8).next_power_of_two()],
            places: Places::default(),
        }
    }

    #[inline]
    pub(crate) fn add(&mut self, key: u64) {
        let (place, bit) = self.place(key);
        let [once, twice] = &mut self.maps[place];
        *twice |= *once & bit;
        *once |= bit;
    }

    /// Whether a key may have come up twice; it is one of those this was made of.
    #[inline]
    pub(crate) fn may_have(&self, key: u64) -> bool {
        let (place, bit) = self.place(key);
        self.maps[place][1] & bit != 0
    }

    #[inline]
    fn place(&self, key: u64) -> (usize, u64) {
        let at = self.places.of(key);
        ((at >> 6) as usize & (self.maps.len() - 1), 1 << (at & 63))
    }
}

/// Numbers, each with a note: a table with open addressing that never
/// grows: sets of two pages are made and compared in half the time of sorting and merging. 8 bytes a number, its note, and 8 to 16 for its place.
#[derive(Debug, Clone)]
pub(crate) struct Seen<T> {
    entries: Vec<(u64, T)>,
    /// One more than the place of an entry, or 0; at most half are taken.
    taken: Vec<u32>,
    places: Places,
}

impl<T> Seen<T> {
    /// For at most `most` different numbers.
    pub(crate) fn with_capacity(most: usize) -> Self {
        Seen {
            entries: Vec::with_capacity(most),
            taken: vec![0; (2 * most + 2).next_power_of_two()],
            places: Places::default(),
        }
    }

    /// The note of a number that was seen before; else it is seen now, with `note`.
    #[inline]
    pub(crate) fn see(&mut self, number: u64, note: T) -> Option<&mut T> {
        let at = self.find(number);
        match self.taken[at] {
            0 => {
                self.entries.push((number, note));
                self.taken[at] = self.entries.len() as u32;
                None
            }
            place => Some(&mut self.entries[place as usize - 1].1),
        }
    }

    /// Whether a number was seen.
    #[inline]
    pub(crate) fn has(&self, number: u64) -> bool {
        self.taken[self.find(number)] > 0
    }

    /// The place of a number among the [entries](Self::entries).
    #[inline]
    pub(crate) fn place(&self, number: u64) -> Option<usize> {
        (self.taken[self.find(number)] as usize).checked_sub(1)
    }

    /// The numbers and their notes, in the order in which they were seen first.
    pub(crate) fn entries(&self) -> &[(u64, T)] {
        &self.entries
    }

    /// Where a number stands in `taken`, or would stand.
    #[inline]
    fn find(&self, number: u64) -> usize {
        let last = self.taken.len() - 1;
        let mut at = self.places.of(number) as usize & last;
        loop {
            match self.taken[at] {
                0 => return at,
                place if self.entries[place as usize - 1].0 == number => return at,
                _ => at = (at + 1) & last,
            }
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The numbers, in the order in which they were seen first.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = u64> {
        self.entries.iter().map(|(number, _)| *number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    /// Numbers whose maker knows every table but not the secret: `count` of them.
    fn chosen(count: u64) -> [(&'static str, Vec<u64>); 7] {
        let all = |number: &dyn Fn(u64) -> u64| (0..count).map(number).collect();
        [
            (
                "the lowest bits agree",
                all(&|at| drawn(at) << 24 | 0x5a_5a5a),
            ),
            ("the highest bits agree", all(&|at| drawn(at) >> 24)),
            ("one after the other", all(&|at| at)),
            ("with steps", all(&|at| at.wrapping_mul(STEP))),
            (
                "sums of few bits",
                all(&|at| (at & 0x3f) << 57 | (at >> 6) << 26),
            ),
            ("steps of a power of two", all(&|at| at << 44)),
            (
                "two short stretches of bits",
                all(&|at| (at & 0xff) << 40 | (at >> 8) << 3),
            ),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]

        /// Who looks for a number in a table passes few others, whichever numbers were chosen.
        #[test]
        fn chosen_numbers_crowd_no_table(secret in 1..u64::MAX) {
            fix_places(secret);
            for (how, numbers) in chosen(20_000) {
                let mut seen = Seen::with_capacity(numbers.len());
                for number in &numbers {
                    prop_assert!(seen.see(*number, ()).is_none(), "{how}");
                }
                let last = seen.taken.len() - 1;
                let passed = |number: &u64| {
                    let wanted = seen.places.of(*number) as usize & last;
                    seen.find(*number).wrapping_sub(wanted) & last
                };
                let all: usize = numbers.iter().map(passed).sum();
                // Half full, chance alone lets half a number be passed.
                prop_assert!(all < 4 * numbers.len(), "{how}: {all}");

                // Of numbers that come up once about one in eight seems to come up again.
                let twice = Twice::of(numbers.iter().copied(), numbers.len());
                let again = numbers.iter().filter(|number| twice.may_have(**number)).count();
                prop_assert!(again < numbers.len() / 3, "{how}: {again}");
            }
        }

        /// Whatever the secret, a table is a set, and two of a number are told.
        #[test]
        fn tables_are_sets_under_every_secret(
            numbers in prop::collection::vec(prop_oneof![0..40u64, any::<u64>()], 0..200), secret: u64,
        ) {
            fix_places(secret);
            let mut seen = Seen::with_capacity(numbers.len());
            let twice = Twice::of(numbers.iter().copied(), numbers.len());
            let mut known = HashSet::new();
            for number in &numbers {
                prop_assert_eq!(seen.has(*number), known.contains(number));
                prop_assert_eq!(seen.see(*number, ()).is_none(), known.insert(*number));
            }
            prop_assert_eq!(seen.len(), known.len());
            for number in &numbers {
                let count = numbers.iter().filter(|other| *other == number).count();
                prop_assert!(count < 2 || twice.may_have(*number));
            }
        }
    }
}
