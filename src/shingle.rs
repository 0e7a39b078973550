//! Words to shingles: hashes of overlapping windows of words.
//!
//! A shingle of width *w* is *w* consecutive words (Broder, *On the resemblance
//! and containment of documents*, 1997, section 2). Its hash combines fixed-width
//! word hashes, so no separator can be forged: "ab c" is not "a bc".

use crate::mix::{BASE, finish};
use crate::word::Script;
use std::ops::Range;

/// `BASE · BASE_INVERSE` is 1 modulo 2⁶⁴: takes a power back by one.
const BASE_INVERSE: u64 = {
    // Newton's iteration doubles the correct bits; an odd number is its own inverse modulo 8.
    let mut inverse = BASE;
    let mut bits = 3;
    while bits < 64 {
        inverse = inverse.wrapping_mul(2u64.wrapping_sub(BASE.wrapping_mul(inverse)));
        bits *= 2;
    }
    inverse
};

/// Words of a shingle unless told otherwise.
pub const WIDTH: usize = 5;

/// What a word weighs: 84 where words stand between spaces, so that five fill a
/// default shingle, and in other scripts 420 over the units that say as much.
///
/// How many those are was measured, so that of unrelated texts 99 in 100 pairs
/// stay under a resemblance of 0.01 with a little room, and not many more, because
/// editions of one work lose with every unit (99th percentile of unrelated pairs; median of two editions):
///
/// | script | texts | units | unrelated | editions | with other numbers |
/// |---|---|---|---|---|---|
/// | Han | 69 articles | 4 | 0.002 | | 3: 0.014 |
/// | Han and kana | 158 Japanese works | 4, 6 | 0.005 | 0.55 | 5, 5: 0.010, 0.57; 8, 8: 0.001, 0.45 |
/// | Thai | 232 | 12 | 0.007 | 0.67 | 10: 0.011, 0.67 |
/// | Khmer | 252 | 10 | 0.006 | 0.81 | 8: 0.012, 0.81; 12: 0.003, 0.79 |
/// | Lao | 61 | 10 | 0.007 | 0.91 | 8: 0.013, 0.92 |
/// | Burmese | 32 | 7 | 0.005 | | 5: 0.016 |
///
/// The first two rows are `cargo test --test scripts`; the others were taken from
/// translated descriptions and messages of Debian packages.
pub(crate) fn weight(word: u64) -> usize {
    match Script::of_hash(word) {
        Script::Spaced => WORD,
        Script::Han => 105,
        Script::Kana => 70,
        Script::Thai => 35,
        Script::Khmer | Script::Lao => 42,
        Script::Burmese => 60,
    }
}

/// Weight of a word between spaces.
pub(crate) const WORD: usize = 84;

/// What a word weighs, without its hash; see [`weight`].
#[cfg(feature = "html")]
pub(crate) fn weight_of(word: &str) -> usize {
    weight(
        word.chars()
            .next()
            .map_or(Script::Spaced, Script::of)
            .mark(0),
    )
}

/// The shingles of `words`, in order: one for each window that weighs `width` words.
///
/// A window is the shortest stretch from its first word that is heavy enough:
/// `width` words between spaces, or as many units of a script without spaces as
/// say as much (at width 5: 4 ideographs, 6 hiragana, 12 letters of Thai, 10 of Khmer
/// or Lao, 7 of Burmese), or a mixture.
///
/// A text that weighs less than `width` words is one shingle; one without words has
/// none. A `width` of 0 is taken as 1. Linear in the number of words, whatever the
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
    let full = full(width);
    let mut shingles = Shingles {
        words,
        window: 0..0,
        full,
        weight: 0,
        polynomial: 0,
        power: 1,
        left: windows(words, width),
        one_script: Script::is_one(words),
    };
    shingles.fill();
    shingles
}

/// The first of the [`shingles`] of `words`, which have one, without looking at the others.
pub(crate) fn first_shingle(words: &[u64], width: usize) -> u64 {
    let full = full(width);
    let (mut taken, mut polynomial, mut len) = (0, 0u64, 0);
    while taken < full
        && let Some(&word) = words.get(len)
    {
        polynomial = polynomial.wrapping_mul(BASE).wrapping_add(word);
        taken += weight(word);
        len += 1;
    }
    finish(polynomial, len)
}

/// What a full window weighs.
fn full(width: usize) -> usize {
    width.max(1).saturating_mul(WORD)
}

/// Least words of a window of [`WIDTH`], or of one word less: four ideographs say as much as five words.
pub(crate) const LEAST_WORDS: usize = 4;

/// Number of windows: one begins at every word from which enough follows.
pub(crate) fn windows(words: &[u64], width: usize) -> usize {
    let full = full(width);
    let mut last = 0;
    let tail = words.iter().rev().take_while(|word| {
        last += weight(**word);
        last < full
    });
    words
        .len()
        .saturating_sub(tail.count())
        .max(words.len().min(1))
}

/// Iterator over the shingles of a text; see [`shingles`].
#[derive(Debug, Clone)]
pub struct Shingles<'w> {
    words: &'w [u64],
    window: Range<usize>,
    /// Weight of a full window.
    full: usize,
    /// Weight of this one.
    weight: usize,
    polynomial: u64,
    /// `BASE` to the power of the window's length.
    power: u64,
    /// Windows yet to come, this one included.
    left: usize,
    /// Whether all windows have as many words.
    one_script: bool,
}

impl Shingles<'_> {
    /// Takes in words until the window is full.
    fn fill(&mut self) {
        while self.weight < self.full
            && let Some(&word) = self.words.get(self.window.end)
        {
            self.polynomial = self.polynomial.wrapping_mul(BASE).wrapping_add(word);
            self.power = self.power.wrapping_mul(BASE);
            self.weight += weight(word);
            self.window.end += 1;
        }
    }

    /// The next shingle and its words, as indices.
    #[inline]
    pub(crate) fn next_window(&mut self) -> Option<(u64, Range<usize>)> {
        let window = self.window.clone();
        self.next().map(|shingle| (shingle, window))
    }

    /// Moves a window of words of one script on by a word: one multiplication in a
    /// row instead of three.
    #[inline]
    fn slide(&mut self) {
        let (first, next) = (self.window.start, self.window.end);
        let (leaves, enters) = (self.words[first], self.words[next]);
        let moved = self.polynomial.wrapping_mul(BASE).wrapping_add(enters);
        self.polynomial = moved.wrapping_sub(leaves.wrapping_mul(self.power));
        self.window = first + 1..next + 1;
    }

    /// Lets the first word of the window go, and takes in what is needed.
    fn step(&mut self) {
        let word = self.words[self.window.start];
        self.power = self.power.wrapping_mul(BASE_INVERSE);
        self.polynomial = self.polynomial.wrapping_sub(word.wrapping_mul(self.power));
        self.weight -= weight(word);
        self.window.start += 1;
        self.fill();
    }
}

impl Iterator for Shingles<'_> {
    type Item = u64;

    #[inline]
    fn next(&mut self) -> Option<u64> {
        self.left = self.left.checked_sub(1)?;
        let shingle = finish(self.polynomial, self.window.len());
        if self.left > 0 {
            match self.one_script {
                true => self.slide(),
                false => self.step(),
            }
        }
        Some(shingle)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }

    /// As `next` over and over, with the window in registers.
    #[inline]
    fn fold<B, F: FnMut(B, u64) -> B>(self, init: B, mut f: F) -> B {
        let mut all = init;
        if self.one_script && self.left > 0 {
            let (len, power) = (self.window.len(), self.power);
            let leaves = &self.words[self.window.start..][..self.left - 1];
            let enters = self.words[self.window.end..].iter();
            let mut polynomial = self.polynomial;
            for (leaves, enters) in leaves.iter().zip(enters) {
                all = f(all, finish(polynomial, len));
                // One multiplication and one addition in a row.
                let change = enters.wrapping_sub(leaves.wrapping_mul(power));
                polynomial = polynomial.wrapping_mul(BASE).wrapping_add(change);
            }
            return f(all, finish(polynomial, len));
        }
        for shingle in self {
            all = f(all, shingle);
        }
        all
    }
}

impl ExactSizeIterator for Shingles<'_> {}

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
        let shingles = shingles.into_iter();
        let mut all = Vec::with_capacity(shingles.size_hint().0);
        shingles.for_each(|shingle| all.push(shingle));
        all.sort_unstable();
        all.dedup();
        ShingleSet(all)
    }
}

/// The `N` least shingles of a block, each once: blocks that are alike share one of
/// them nearly always.
///
/// Of many shingles about 2·N lie under a bound, and only these are put in order. Neither step has a branch, as
/// nobody can guess what is least: 3.7 ns a word of news for eight, 2.9 for four, where looking whether and where
/// each shingle belongs took 10 and 7. The shingles themselves are 2.0 of it.
pub(crate) fn least_shingles<const N: usize>(words: &[u64]) -> [Option<u64>; N] {
    let all = shingles(words, WIDTH);
    let bound = (u64::MAX / all.len().max(1) as u64).saturating_mul(2 * N as u64);
    let (mut few, mut count) = ([0; 64], 0);
    all.clone().for_each(|shingle| {
        few[count % 64] = shingle;
        count += usize::from(shingle < bound);
    });
    let mut least = [u64::MAX; N];
    few.iter().take(count).for_each(|few| put(&mut least, *few));
    // Once in a hundred times there are too few, or too many.
    if bound < u64::MAX && least[N - 1] == u64::MAX || count > 64 {
        all.for_each(|shingle| put(&mut least, shingle));
    }
    least.map(|shingle| (shingle < u64::MAX).then_some(shingle))
}

/// Puts a shingle in its place among the least ones, unless it is there.
fn put<const N: usize>(least: &mut [u64; N], mut shingle: u64) {
    for known in least {
        let (less, more) = (shingle.min(*known), shingle.max(*known));
        *known = less;
        shingle = if less == more { u64::MAX } else { more };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mix::drawn;

    #[test]
    fn least_shingles_are_the_first_of_all_in_order() {
        for seed in 0..2_000u64 {
            let draw = |n: u64, below: u64| drawn(seed << 20 | n) % below;
            let kinds = 1 + draw(0, 60);
            let words: Vec<u64> = (0..draw(1, 90))
                .map(|at| drawn(draw(2 + at, kinds)) >> (3 * draw(1000, 2)))
                .collect();
            let all = ShingleSet::new(&words, WIDTH);
            let first = |at: usize| all.as_slice().get(at).copied();
            assert_eq!(least_shingles::<8>(&words), std::array::from_fn(first));
            assert_eq!(least_shingles::<4>(&words), std::array::from_fn(first));
        }
    }
}
