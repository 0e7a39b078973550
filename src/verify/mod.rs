//! Candidate pairs to exact figures.
//!
//! Resemblance is |A∩B| / |A∪B| over shingle sets, containment of A in B is
//! |A∩B| / |A| (Broder 1997, section 2). Sketches only nominate; what is
//! removed as a copy was counted here. Shingles are hashes, and may be forged: of texts,
//! what is shared is the same folded words.

mod part;
mod text_set;

#[doc(hidden)] // for indexes on disk
pub use text_set::TextSet;

use crate::places::Places;
use crate::shingle::{ShingleSet, shingles};
use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

/// How much two shingle sets share, counted exactly.
///
/// ```
/// use twicetold::{shingle::ShingleSet, verify::Overlap};
///
/// let a: ShingleSet = [1, 2, 3, 4].into_iter().collect();
/// let b: ShingleSet = [3, 4, 5, 6, 7, 8].into_iter().collect();
/// let overlap = Overlap::of(&a, &b);
/// assert_eq!(overlap.resemblance(), 0.25);
/// assert_eq!(overlap.containment(), 0.5); // half of a stands in b
/// assert_eq!(overlap.reversed().containment(), 1.0 / 3.0);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Overlap {
    /// Distinct shingles of the first text.
    pub left: usize,
    /// Distinct shingles of the second text.
    pub right: usize,
    /// Shingles in both.
    pub shared: usize,
}

impl Overlap {
    /// Counts what two texts share, in shingles of `width` words: equal folded words, whatever their hashes.
    /// Linear in the two texts.
    ///
    /// ```
    /// use twicetold::{shingle::WIDTH, verify::Overlap};
    ///
    /// let overlap = Overlap::of_texts(
    ///     "The ferry stopped on Monday after a crack was found.",
    ///     "THE FERRY stopped on Monday after a crack was found in it",
    ///     WIDTH,
    /// );
    /// assert_eq!((overlap.left, overlap.right, overlap.shared), (6, 8, 6));
    /// ```
    pub fn of_texts(a: &str, b: &str, width: usize) -> Self {
        let [a, b] = [a, b].map(|text| TextSet::new(Cow::Borrowed(text), width));
        a.overlap(&b)
    }

    /// Counts what `a` and `b` share, hashes for hashes; see [`of_texts`](Self::of_texts) for the words
    /// themselves. O(|a| + |b|).
    pub fn of(a: &ShingleSet, b: &ShingleSet) -> Self {
        let (x, y) = (a.as_slice(), b.as_slice());
        let (mut i, mut j, mut shared) = (0, 0, 0);
        while i < x.len() && j < y.len() {
            shared += usize::from(x[i] == y[j]);
            let (left, right) = (x[i], y[j]);
            i += usize::from(left <= right);
            j += usize::from(right <= left);
        }
        Overlap {
            left: x.len(),
            right: y.len(),
            shared,
        }
    }

    /// Jaccard's |A∩B| / |A∪B|, from 0 to 1. Two empty sets have nothing in common: 0.
    #[doc(alias = "jaccard")]
    #[doc(alias = "similarity")]
    pub fn resemblance(self) -> f64 {
        ratio(
            self.shared,
            (self.left + self.right).saturating_sub(self.shared),
        )
    }

    /// How much of the first text stands in the second: |A∩B| / |A|; 0 for an empty first.
    pub fn containment(self) -> f64 {
        ratio(self.shared, self.left)
    }

    /// The same overlap seen from the second text.
    pub fn reversed(self) -> Self {
        Overlap {
            left: self.right,
            right: self.left,
            shared: self.shared,
        }
    }
}

fn ratio(part: usize, whole: usize) -> f64 {
    match whole {
        0 => 0.0,
        _ => part as f64 / whole as f64,
    }
}

/// A stretch of words that two texts share.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Passage {
    /// Its words in the first text, as indices.
    pub left: Range<usize>,
    /// Its words in the second text; as many.
    pub right: Range<usize>,
}

/// Places of one shingle in the second text that are tried, the first ones.
const MOST_PLACES: usize = 16;

/// The passages that two texts share: stretches of equal words that hold a whole
/// shingle of `width` words, as long as they go. In the order of the first text and
/// disjoint there; of several places in the second text the longest is named, then the first.
///
/// Words are compared as they are given: as hashes, or as the numbers of a
/// [`Vocabulary`](crate::word::Vocabulary), which no two different words share.
///
/// Linear in the two texts: of a shingle that stands more than 16 times in the second,
/// the first 16 places are tried.
///
/// ```
/// use twicetold::block::Segmented;
/// use twicetold::verify::passages;
///
/// let a = Segmented::new("It rained. The ferry stopped on Monday after a crack was found.");
/// let b = Segmented::new("On Sunday the ferry stopped on Monday after a storm.");
/// let shared = passages(a.words(), b.words(), 5);
/// assert_eq!(shared.len(), 1);
/// assert_eq!((shared[0].left.clone(), shared[0].right.clone()), (2..9, 2..9));
/// ```
pub fn passages(a: &[u64], b: &[u64], width: usize) -> Vec<Passage> {
    let mut places: HashMap<u64, Vec<usize>, Places> = HashMap::default();
    let mut windows = shingles(b, width);
    while let Some((shingle, window)) = windows.next_window() {
        let known = places.entry(shingle).or_default();
        if known.len() < MOST_PLACES {
            known.push(window.start);
        }
    }
    let mut found: Vec<Passage> = Vec::new();
    let mut windows = shingles(a, width);
    while let Some((shingle, window)) = windows.next_window() {
        let free = found.last().map_or(0, |passage| passage.left.end);
        if window.start < free {
            continue;
        }
        let here = places.get(&shingle).into_iter().flatten();
        let longest = here
            .filter(|&&place| b.get(place..place + window.len()) == Some(&a[window.clone()]))
            .map(|&place| stretch(a, b, window.start, place, free))
            .max_by_key(|passage| (passage.left.len(), std::cmp::Reverse(passage.right.start)));
        found.extend(longest);
    }
    found
}

/// The longest stretch of equal words around `a[x]` and `b[y]`, from `a[free]` on.
fn stretch(a: &[u64], b: &[u64], x: usize, y: usize, free: usize) -> Passage {
    let behind = a[x..]
        .iter()
        .zip(&b[y..])
        .take_while(|(a, b)| a == b)
        .count();
    let before = a[free..x].iter().rev().zip(b[..y].iter().rev());
    let before = before.take_while(|(a, b)| a == b).count();
    Passage {
        left: x - before..x + behind,
        right: y - before..y + behind,
    }
}
