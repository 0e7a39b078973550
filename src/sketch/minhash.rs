use crate::error::Error;
use crate::mix::{STEP, drawn, mix};

/// Makes MinHash signatures of a fixed number of rows.
///
/// Row *r* of a signature is the minimum of `a_r·x + b_r` (modulo 2³², `a_r`
/// odd) over the shingles, each mixed and cut to 32 bits `x`: shingles may be any
/// distinct numbers, even counters. Two signatures agree in a row with a
/// probability equal to the resemblance of the sets (Broder 1997,
/// section 3; the linear permutations are those of Broder, Charikar, Frieze and
/// Mitzenmacher, *Min-wise independent permutations*, 1998, section 3, over a
/// domain of 2³², which suits sets far smaller than 2³²).
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
            seed,
        })
    }

    /// Number of rows of the signatures this makes.
    pub fn rows(&self) -> usize {
        self.factors.len()
    }

    /// The signature of a set of shingles; repeated ones count once. `None` for
    /// an empty set: nothing is similar to nothing.
    ///
    /// O(rows) a shingle.
    pub fn signature(&self, shingles: impl IntoIterator<Item = u64>) -> Option<Signature> {
        let mut rows = vec![u32::MAX; self.factors.len()];
        let mut any = false;
        for shingle in shingles {
            any = true;
            // A linear permutation keeps counters and even steps in line.
            let x = mix(shingle) as u32;
            for ((row, factor), offset) in rows.iter_mut().zip(&self.factors).zip(&self.offsets) {
                *row = (*row).min(factor.wrapping_mul(x).wrapping_add(*offset));
            }
        }
        any.then(|| Signature {
            rows: rows.into_boxed_slice(),
            seed: self.seed,
        })
    }
}

/// A MinHash signature: one minimum a row.
///
/// It is written with the [format version](crate::word::FORMAT_VERSION), and one of
/// another version is refused when it is read. The width of the shingles is the
/// caller's to keep: signatures of different widths have nothing in common.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Written", into = "Written"))]
pub struct Signature {
    rows: Box<[u32]>,
    seed: u64,
}

impl Signature {
    /// The minima, row by row.
    pub fn rows(&self) -> &[u32] {
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
    rows: Box<[u32]>,
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
