//! Mixers of 64 bits, and tables of what they give.

use std::hash::{BuildHasherDefault, Hasher};

/// The 64-bit finaliser of MurmurHash3 (Appleby 2011): a bijection in which every
/// bit of `x` sways every bit of the result.
pub(crate) fn mix(mut x: u64) -> u64 {
    x ^= x >> 33;
    x = x.wrapping_mul(0xff51_afd7_ed55_8ccd);
    x ^= x >> 33;
    x = x.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    x ^ (x >> 33)
}

/// Odd, so that every step of a polynomial over words is a bijection modulo 2⁶⁴.
pub(crate) const BASE: u64 = STEP;

/// A 64-bit key of a sequence of hashes, the same for equal sequences: a
/// polynomial, mixed with the length. The key of a whole block is what a shingle of
/// all its words would be.
pub(crate) fn key_of(words: impl IntoIterator<Item = u64>) -> u64 {
    let (mut polynomial, mut len) = (0u64, 0);
    for word in words {
        polynomial = polynomial.wrapping_mul(BASE).wrapping_add(word);
        len += 1;
    }
    finish(polynomial, len)
}

/// Mixes a polynomial over `len` words; the length keeps short sequences apart from long ones.
pub(crate) fn finish(polynomial: u64, len: usize) -> u64 {
    mix(polynomial ^ (len as u64).wrapping_mul(0xd6e8_feb8_6659_fd93))
}

/// What SplitMix64 draws in this state (Steele, Lea and Flood, *Fast splittable
/// pseudorandom number generators*, 2014).
pub(crate) const fn drawn(state: u64) -> u64 {
    let mut z = state.wrapping_add(STEP);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// From one state of SplitMix64 to the next.
pub(crate) const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// For tables whose keys are mixed already (`u64`) or indices (`u32`, `usize`).
#[derive(Debug, Default, Clone)]
pub(crate) struct AlreadyMixed(u64);

/// Builds [`AlreadyMixed`].
pub(crate) type Mixed = BuildHasherDefault<AlreadyMixed>;

impl Hasher for AlreadyMixed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("only u64, u32 and usize are keys")
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }

    fn write_u32(&mut self, index: u32) {
        self.0 = mix(index.into());
    }

    fn write_usize(&mut self, index: usize) {
        self.0 = mix(index as u64);
    }
}

/// Which keys come up at least twice, by two maps of 8 to 16 bits a key: of the others one in eight
/// passes too. Where most come up once, what is left to sort is little.
pub(crate) struct Twice {
    /// What came up once, and of that what came up again: side by side, as they are looked at.
    maps: Vec<[u64; 2]>,
}

impl Twice {
    /// For `count` keys, which are mixed already.
    pub(crate) fn of(keys: impl Iterator<Item = u64>, count: usize) -> Self {
        let mut twice = Self::for_keys(count);
        keys.for_each(|key| twice.add(key));
        twice
    }

    /// Of no key yet.
    pub(crate) fn for_keys(count: usize) -> Self {
        Twice {
            maps: vec![[0; 2]; (count / 8).next_power_of_two()],
        }
    }

    #[inline]
    pub(crate) fn add(&mut self, key: u64) {
        let place = self.place(key);
        let [once, twice] = &mut self.maps[place];
        let bit = 1 << (key & 63);
        *twice |= *once & bit;
        *once |= bit;
    }

    /// Whether a key may have come up twice; it is one of those this was made of.
    #[inline]
    pub(crate) fn may_have(&self, key: u64) -> bool {
        self.maps[self.place(key)][1] >> (key & 63) & 1 != 0
    }

    #[inline]
    fn place(&self, key: u64) -> usize {
        (key >> 6) as usize & (self.maps.len() - 1)
    }
}

/// Numbers that are mixed already, each with a note: a table with open addressing that never
/// grows: sets of two pages are made and compared in half the time of sorting and merging. 8 bytes a number, its note, and 8 to 16 for its place.
#[derive(Debug, Clone)]
pub(crate) struct Seen<T> {
    entries: Vec<(u64, T)>,
    /// One more than the place of an entry, or 0; at most half are taken.
    places: Vec<u32>,
}

impl<T> Seen<T> {
    /// For at most `most` different numbers.
    pub(crate) fn with_capacity(most: usize) -> Self {
        Seen {
            entries: Vec::with_capacity(most),
            places: vec![0; (2 * most + 2).next_power_of_two()],
        }
    }

    /// The note of a number that was seen before; else it is seen now, with `note`.
    #[inline]
    pub(crate) fn see(&mut self, number: u64, note: T) -> Option<&mut T> {
        let at = self.find(number);
        match self.places[at] {
            0 => {
                self.entries.push((number, note));
                self.places[at] = self.entries.len() as u32;
                None
            }
            place => Some(&mut self.entries[place as usize - 1].1),
        }
    }

    /// Whether a number was seen.
    #[inline]
    pub(crate) fn has(&self, number: u64) -> bool {
        self.places[self.find(number)] > 0
    }

    /// The place of a number among the [entries](Self::entries).
    #[inline]
    pub(crate) fn place(&self, number: u64) -> Option<usize> {
        (self.places[self.find(number)] as usize).checked_sub(1)
    }

    /// The numbers and their notes, in the order in which they were seen first.
    pub(crate) fn entries(&self) -> &[(u64, T)] {
        &self.entries
    }

    /// Where a number stands in `places`, or would stand.
    #[inline]
    fn find(&self, number: u64) -> usize {
        let last = self.places.len() - 1;
        let mut at = number as usize & last;
        loop {
            match self.places[at] {
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
