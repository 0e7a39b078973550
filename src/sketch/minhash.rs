use crate::error::Error;
use crate::mix::{STEP, drawn, mix};

/// Makes MinHash signatures of a fixed number of rows.
///
/// Every shingle is mixed to 64 bits, so shingles may be any distinct numbers, even counters.
/// The signature is *tiered*. First each shingle falls into one row, by its upper half, and the
/// least lower half stays there. A row that none fell into takes the minimum of a linear permutation
/// `a_r·x + b_r` (modulo 2³², `a_r` odd) over the lower halves `x` of all shingles. Of what a row
/// has got, 15 bits are kept, and one that says which tier it is of.
///
/// For one row a shingle's key is (1, x) or (2, a_r·x + b_r), drawn alike for every shingle, and
/// the row keeps the least key of the set: so two signatures agree in a row with a probability equal to
/// the resemblance of the sets (Broder 1997, section 3), but for what 15 bits confuse (2⁻¹⁵). Rows of the
/// first tier are drawn without replacement, which makes the estimate better than that of
/// independent rows (Dahlgaard, Knudsen and Thorup, *Fast similarity sketching*, 2017, of which this is
/// the first round; the linear permutations are those of Broder, Charikar, Frieze and
/// Mitzenmacher, *Min-wise independent permutations*, 1998, section 3; keeping few bits is Li and König,
/// *b-bit minwise hashing*, 2010). The scheme is one for sets of all sizes.
///
/// ```
/// use twicetold::sketch::MinHasher;
///
/// let hasher = MinHasher::new(160, 0)?;
/// let left = hasher.signature(0..1000).unwrap();
/// let right = hasher.signature(100..1100).unwrap();
/// assert!((left.resemblance(&right)? - 0.82).abs() < 0.15);
/// assert_eq!(hasher.signature([]), None); // nothing is similar to nothing
/// # Ok::<(), twicetold::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct MinHasher {
    factors: Vec<u32>,
    offsets: Vec<u32>,
    /// Makes other rows of the first tier for another seed.
    tweak: u64,
    seed: u64,
}

impl MinHasher {
    /// A hasher of `rows` rows (1 to 65,536), its permutations drawn from `seed`.
    ///
    /// # Errors
    ///
    /// Where `rows` is out of range.
    pub fn new(rows: usize, seed: u64) -> Result<Self, Error> {
        if !(1..=65_536).contains(&rows) {
            return Err(Error::setting("rows", rows, "from 1 to 65536"));
        }
        let mut state = seed;
        let mut draw = || {
            let number = drawn(state);
            state = state.wrapping_add(STEP);
            number >> 32
        };
        Ok(MinHasher {
            factors: (0..rows).map(|_| draw() as u32 | 1).collect(),
            offsets: (0..rows).map(|_| draw() as u32).collect(),
            tweak: tweak(seed),
            seed,
        })
    }

    /// Number of rows of the signatures this makes.
    pub fn rows(&self) -> usize {
        self.factors.len()
    }

    /// A signature this made, of its [rows](Signature::rows); `None` where there are not as many.
    ///
    /// For who keeps many signatures in a form of his own: that these rows are of this hasher nothing
    /// tells.
    pub fn restored(&self, rows: Box<[u16]>) -> Option<Signature> {
        (rows.len() == self.rows()).then_some(Signature {
            rows,
            seed: self.seed,
        })
    }

    /// The signature of a set of shingles; repeated ones count once. `None` for
    /// an empty set: nothing is similar to nothing.
    ///
    /// O(1) a shingle and row that is filled by falling into it, O(n) for each of the
    /// others: of *k* rows and *n* shingles those are about k·e^(−n/k).
    pub fn signature(&self, shingles: impl IntoIterator<Item = u64>) -> Option<Signature> {
        let rows = self.factors.len();
        let mut least = vec![EMPTY; rows];
        let shingles = shingles.into_iter();
        let mut lower: Vec<u32> = Vec::with_capacity(shingles.size_hint().0);
        shingles.for_each(|shingle| {
            let mixed = mix(shingle ^ self.tweak);
            let row = &mut least[row_of(mixed, rows)];
            *row = (*row).min(value_of(mixed));
            lower.push(mixed as u32);
        });
        if lower.is_empty() {
            return None;
        }
        let mut kept: Box<[u16]> = least.iter().map(|least| KEPT & *least as u16).collect();
        if least.contains(&EMPTY) {
            // Eight values at a time where the processor can: at 110 shingles all of a signature
            // takes 7 ns a shingle instead of 25.
            pulp::Arch::new().dispatch(SecondTier {
                hasher: self,
                values: &lower,
                least: &least,
                kept: &mut kept,
            });
        }
        Some(Signature {
            rows: kept,
            seed: self.seed,
        })
    }
}

/// The second tier of a signature: for each row that is empty, the least value of its permutation.
struct SecondTier<'a> {
    hasher: &'a MinHasher,
    values: &'a [u32],
    least: &'a [u32],
    kept: &'a mut [u16],
}

impl pulp::WithSimd for SecondTier<'_> {
    type Output = ();

    // Inlined, the loop is compiled for the instructions it is called with.
    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let permutations = self.hasher.factors.iter().zip(&self.hasher.offsets);
        let rows = self.kept.iter_mut().zip(self.least).zip(permutations);
        for ((kept, _), (factor, offset)) in rows.filter(|((_, least), _)| **least == EMPTY) {
            let mut least = u32::MAX;
            for x in self.values {
                least = least.min(factor.wrapping_mul(*x).wrapping_add(*offset));
            }
            *kept = SECOND | KEPT & least as u16;
        }
    }
}

/// A row that no shingle fell into.
const EMPTY: u32 = u32::MAX;

/// Marks a row of the second tier.
const SECOND: u16 = 1 << 15;

/// Bits of a minimum that are kept.
const KEPT: u16 = SECOND - 1;

/// Makes other rows of the first tier for another seed.
fn tweak(seed: u64) -> u64 {
    drawn(!seed)
}

/// The row that a mixed shingle falls into.
fn row_of(mixed: u64, rows: usize) -> usize {
    (((mixed >> 32) * rows as u64) >> 32) as usize
}

/// What it brings there: 31 bits, so that none is taken for an empty row.
fn value_of(mixed: u64) -> u32 {
    mixed as u32 >> 1
}

/// What single shingles are in the first tier of signatures of one hasher: a number for
/// the row and what is kept in it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FirstTier {
    tweak: u64,
    rows: usize,
}

impl FirstTier {
    /// One more than the largest number.
    pub(crate) fn len(self) -> usize {
        self.rows << KEPT.count_ones()
    }

    /// The number of a shingle.
    pub(crate) fn of(self, shingle: u64) -> u32 {
        let mixed = mix(shingle ^ self.tweak);
        numbered(row_of(mixed, self.rows), KEPT & value_of(mixed) as u16)
    }
}

fn numbered(row: usize, kept: u16) -> u32 {
    (row as u32) << KEPT.count_ones() | u32::from(kept)
}

/// A MinHash signature: 15 bits of a minimum a row, and the tier it is of.
///
/// It is written with the [format version](crate::word::FORMAT_VERSION), and one of
/// another version is refused when it is read. The width of the shingles is the
/// caller's to keep: signatures of different widths have nothing in common.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Written", into = "Written"))]
pub struct Signature {
    rows: Box<[u16]>,
    seed: u64,
}

impl Signature {
    /// The minima, row by row.
    pub fn rows(&self) -> &[u16] {
        &self.rows
    }

    /// The estimated resemblance: the share of rows that agree, from 0 to 1.
    ///
    /// # Errors
    ///
    /// Where the two were made with different numbers of rows or seeds.
    pub fn resemblance(&self, other: &Signature) -> Result<f64, Error> {
        if self.rows.len() != other.rows.len() {
            let (left, right) = (self.rows.len() as u64, other.rows.len() as u64);
            return Err(Error::mismatch("rows", left, right));
        }
        if self.seed != other.seed {
            return Err(Error::mismatch("seed", self.seed, other.seed));
        }
        Ok(self.estimate(other))
    }

    /// How shingles stand in signatures of its hasher.
    pub(crate) fn first_tier(&self) -> FirstTier {
        FirstTier {
            tweak: tweak(self.seed),
            rows: self.rows.len(),
        }
    }

    /// The rows of the first tier, as [`FirstTier::of`] numbers their shingles.
    pub(crate) fn first_tier_rows(&self) -> impl Iterator<Item = u32> {
        let rows = self.rows.iter().enumerate();
        let first = rows.filter(|(_, kept)| **kept & SECOND == 0);
        first.map(|(row, kept)| numbered(row, *kept))
    }

    /// As [`resemblance`](Self::resemblance), for signatures of one hasher.
    pub(crate) fn estimate(&self, other: &Signature) -> f64 {
        let agree = self.rows.iter().zip(&other.rows).filter(|(a, b)| a == b);
        agree.count() as f64 / self.rows.len() as f64
    }
}

/// A signature as it is written.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
struct Written {
    format: u32,
    seed: u64,
    rows: Box<[u16]>,
}

#[cfg(feature = "serde")]
impl From<Signature> for Written {
    fn from(signature: Signature) -> Self {
        Written {
            format: crate::word::FORMAT_VERSION,
            seed: signature.seed,
            rows: signature.rows,
        }
    }
}

#[cfg(feature = "serde")]
impl TryFrom<Written> for Signature {
    type Error = Error;

    fn try_from(written: Written) -> Result<Self, Error> {
        crate::word::check_format("format of the signature", written.format)?;
        // An empty signature would agree with everything and nothing.
        if written.rows.is_empty() {
            return Err(Error::setting("rows", 0, "1 or more"));
        }
        Ok(Signature {
            rows: written.rows,
            seed: written.seed,
        })
    }
}
