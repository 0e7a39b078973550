//! Bands and rows, and the S-curve they follow.

use crate::error::Error;
use crate::mix::key_of;
use crate::sketch::Signature;
use std::borrow::Cow;

/// How signatures are cut into bands.
///
/// ```
/// use twicetold::lsh::Banding;
///
/// let banding = Banding::for_resemblance(0.7)?;
/// assert_eq!((banding.bands, banding.rows), (32, 5));
/// assert!(banding.probability(0.7) > 0.99); // at the threshold
/// assert!(banding.probability(0.3) < 0.08); // far below it
/// # Ok::<(), twicetold::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Banding {
    /// Number of bands, *b*.
    pub bands: usize,
    /// Rows in each band, *r*.
    pub rows: usize,
}

impl Banding {
    /// Most rows of a signature that [`for_resemblance`](Self::for_resemblance) spends.
    pub const MOST_ROWS: usize = 160;
    /// Least expected recall *at* the threshold that it accepts.
    pub const LEAST_RECALL: f64 = 0.99;

    /// `bands` bands of `rows` rows each.
    ///
    /// # Errors
    ///
    /// Where one of them is 0 or the signature would have more than 65,536 rows.
    pub fn new(bands: usize, rows: usize) -> Result<Self, Error> {
        let total = bands.saturating_mul(rows);
        if !(1..=65_536).contains(&total) {
            let value = format!("{bands} × {rows}");
            return Err(Error::setting(
                "bands × rows",
                value,
                "from 1 to 65536 rows together",
            ));
        }
        Ok(Banding { bands, rows })
    }

    /// The banding with the most rows a band (the fewest false candidates) that
    /// still finds a pair *at* `threshold` with probability 0.99, with at most
    /// 160 rows altogether.
    ///
    /// # Errors
    ///
    /// Where `threshold` is not above 0 and at most 1, or so low (under 0.0284)
    /// that even 160 bands of one row would miss it too often.
    pub fn for_resemblance(threshold: f64) -> Result<Self, Error> {
        if !(threshold > 0.0 && threshold <= 1.0) {
            return Err(Error::setting(
                "resemblance",
                threshold,
                "above 0 and at most 1",
            ));
        }
        (1..=Self::MOST_ROWS)
            .rev()
            .map(|rows| Banding {
                bands: Self::MOST_ROWS / rows,
                rows,
            })
            .find(|banding| banding.probability(threshold) >= Self::LEAST_RECALL)
            .ok_or_else(|| {
                Error::setting(
                    "resemblance",
                    threshold,
                    "at least 0.03 for a search with 160 rows",
                )
            })
    }

    /// Rows of the signatures this needs: *b · r*.
    pub fn signature_rows(self) -> usize {
        self.bands * self.rows
    }

    /// Probability that a pair of the given resemblance becomes a candidate:
    /// the S-curve 1 − (1 − sʳ)ᵇ.
    pub fn probability(self, resemblance: f64) -> f64 {
        let band = resemblance.clamp(0.0, 1.0).powi(self.rows as i32);
        1.0 - (1.0 - band).powi(self.bands as i32)
    }

    /// The key of a signature in one of the bands: pages that agree on it share a bucket.
    ///
    /// # Panics
    ///
    /// Where the signature has fewer rows than the banding needs, or there are fewer bands.
    pub fn key(self, signature: &Signature, band: usize) -> u64 {
        let rows = &signature.rows()[band * self.rows..(band + 1) * self.rows];
        key_of(std::iter::once(band as u64).chain(rows.iter().map(|row| u64::from(*row))))
    }

    /// The rows of a signature behind a band, round to the first ones and up to the
    /// band itself: what splits a bucket of this band where it is too large.
    pub fn further_rows(
        self,
        signature: Cow<'_, Signature>,
        band: usize,
    ) -> impl Iterator<Item = u32> + use<'_> {
        let len = signature.rows().len();
        let behind = (band + 1) * self.rows;
        let others = len.saturating_sub(self.rows);
        (behind..behind + others).map(move |row| u32::from(signature.rows()[row % len]))
    }
}
