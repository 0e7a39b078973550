//! Words to shingles: hashes of overlapping windows of words.
//!
//! A shingle of width *w* is *w* consecutive words (Broder, *On the resemblance
//! and containment of documents*, 1997, section 2). Its hash combines fixed-width
//! word hashes, so no separator can be forged: "ab c" is not "a bc".

use crate::mix::mix;

/// Odd, so that every step of the rolling polynomial is a bijection modulo 2⁶⁴.
const BASE: u64 = 0x9e37_79b9_7f4a_7c15;

/// Words of a shingle unless told otherwise.
pub const WIDTH: usize = 5;

/// The shingles of `words`, in order: one for each window of `width` words.
///
/// A text of fewer words than `width` is one shingle; one without words has none.
/// A `width` of 0 is taken as 1. Linear in the number of words, whatever the
/// width: the window is a rolling polynomial over word hashes, finished with a
/// mixer (the 64-bit finaliser of MurmurHash3).
///
/// ```
/// use twicetold::shingle::shingles;
///
/// assert_eq!(shingles(&[1, 2, 3, 4], 3).count(), 2);
/// assert_eq!(shingles(&[1, 2], 3).count(), 1);
/// assert_eq!(shingles(&[], 3).count(), 0);
/// ```
pub fn shingles(words: &[u64], width: usize) -> Shingles<'_> {
    let window = width.max(1).min(words.len());
    let mut shingles = Shingles {
        words,
        window,
        next: window,
        polynomial: 0,
        drop: 1,
        done: window == 0,
    };
    for &word in &words[..window] {
        shingles.polynomial = push(shingles.polynomial, word);
        shingles.drop = shingles.drop.wrapping_mul(BASE);
    }
    shingles
}

/// Iterator over the shingles of a text; see [`shingles`].
#[derive(Debug, Clone)]
pub struct Shingles<'w> {
    words: &'w [u64],
    window: usize,
    next: usize,
    polynomial: u64,
    /// `BASE` to the power of the window: the weight of the word that leaves.
    drop: u64,
    done: bool,
}

impl Iterator for Shingles<'_> {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        if self.done {
            return None;
        }
        let shingle = finish(self.polynomial, self.window);
        match self.words.get(self.next) {
            Some(&word) => {
                let leaves = self.words[self.next - self.window];
                self.polynomial =
                    push(self.polynomial, word).wrapping_sub(leaves.wrapping_mul(self.drop));
                self.next += 1;
            }
            None => self.done = true,
        }
        Some(shingle)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = match self.done {
            true => 0,
            false => self.words.len() - self.next + 1,
        };
        (left, Some(left))
    }
}

impl ExactSizeIterator for Shingles<'_> {}

fn push(polynomial: u64, word: u64) -> u64 {
    polynomial.wrapping_mul(BASE).wrapping_add(word)
}

/// Mixes the polynomial; the number of words keeps short texts apart from windows.
fn finish(polynomial: u64, window: usize) -> u64 {
    mix(polynomial ^ (window as u64).wrapping_mul(0xd6e8_feb8_6659_fd93))
}

/// The set of shingles of one text, sorted: what resemblance and containment
/// are exact over. 8 bytes a distinct shingle.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ShingleSet(Vec<u64>);

impl ShingleSet {
    /// The distinct shingles of `words`. O(n log n).
    pub fn new(words: &[u64], width: usize) -> Self {
        shingles(words, width).collect()
    }

    /// Number of distinct shingles.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether the text had no word.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The shingles in ascending order.
    pub fn as_slice(&self) -> &[u64] {
        &self.0
    }
}

impl FromIterator<u64> for ShingleSet {
    fn from_iter<I: IntoIterator<Item = u64>>(shingles: I) -> Self {
        let mut sorted: Vec<u64> = shingles.into_iter().collect();
        sorted.sort_unstable();
        sorted.dedup();
        ShingleSet(sorted)
    }
}
