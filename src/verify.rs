//! Candidate pairs to exact figures.
//!
//! Resemblance is |A∩B| / |A∪B| over shingle sets, containment of A in B is
//! |A∩B| / |A| (Broder 1997, section 2). Sketches only nominate; what is
//! removed as a copy was counted here.

use crate::block::Segmented;
use crate::shingle::ShingleSet;

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
    /// Counts what two texts share, in shingles of `width` words.
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
        let set = |text: &str| ShingleSet::new(Segmented::new(text).words(), width);
        Self::of(&set(a), &set(b))
    }

    /// Counts what `a` and `b` share. O(|a| + |b|).
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
    pub fn resemblance(self) -> f64 {
        ratio(self.shared, self.left + self.right - self.shared)
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
