use crate::mix::drawn;
use crate::shingle::ShingleSet;

/// Least number of distinct shingles a [`Fingerprint`] is made of.
///
/// One edited word changes five shingles of five words. In a set of 50 that is an
/// angle of 26°, nine bits on average, so that distance 3 finds about one such
/// edit in seventy; of a shorter text it finds next to nothing but equal sets, which
/// need no sketch.
pub const LEAST_SHINGLES: usize = 50;

/// A SimHash fingerprint: 64 bits that differ the more the less two sets share.
///
/// Every distinct shingle, mixed, votes with each of its 64 bits; a bit of the
/// fingerprint is what most voted for (Charikar, *Similarity estimation
/// techniques from rounding algorithms*, STOC 2002, section 3; Manku, Jain and
/// Das Sarma, *Detecting near-duplicates for web crawling*, WWW 2007, section 2).
/// Every shingle weighs one, however often it stands in the text.
///
/// Where a bit has as many votes for one as for zero, the least shingle of the set
/// decides by its own mixed bit. So the fingerprint is a function of the set
/// alone, and a tie falls either way equally often. (Least *before* mixing: the
/// least mixed value begins with zeros, and would always decide the upper bits
/// the same way.)
///
/// Two sets at the angle θ differ in 64·θ/π bits on average, see
/// [`expected_distance`](Self::expected_distance). See [`sketch`](super) for what
/// that is good for, and for what it is not.
///
/// It is written with the [format version](crate::word::FORMAT_VERSION), and one of
/// another version is refused when it is read; who stores bare [`bits`](Self::bits)
/// keeps the version, and the width of the shingles, beside them.
///
/// ```
/// use twicetold::sketch::Fingerprint;
///
/// let page = Fingerprint::of(&(0..1000).collect()).unwrap();
/// let edited = Fingerprint::of(&(5..1005).collect()).unwrap();
/// let other = Fingerprint::of(&(5000..6000).collect()).unwrap();
/// assert!(page.distance(edited) <= 6);
/// assert!(page.distance(other) > 16);
/// assert_eq!(Fingerprint::of(&(0..49).collect()), None); // too little to vote
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Written", into = "Written"))]
pub struct Fingerprint(u64);

impl Fingerprint {
    /// The fingerprint of a set; `None` where it has fewer than [`LEAST_SHINGLES`].
    ///
    /// O(n), about two dozen operations a shingle: the 64 counts are kept as bit
    /// planes, so that one operation on a word works on all of them.
    pub fn of(shingles: &ShingleSet) -> Option<Self> {
        let shingles = shingles.as_slice();
        if shingles.len() < LEAST_SHINGLES {
            return None;
        }
        let mut votes = Votes::new();
        let (eights, rest) = shingles.as_chunks::<8>();
        for eight in eights {
            votes.add(eight.map(drawn));
        }
        // Zeros vote for nothing.
        let mut last = [0; 8];
        for (slot, &shingle) in last.iter_mut().zip(rest) {
            *slot = drawn(shingle);
        }
        votes.add(last);
        let (ones, ties) = votes.majority(shingles.len());
        Some(Fingerprint(ones | ties & drawn(shingles[0])))
    }

    /// The fingerprint with these bits, as [`bits`](Self::bits) gave them.
    pub fn from_bits(bits: u64) -> Self {
        Fingerprint(bits)
    }

    /// The bits, to be stored in 8 bytes.
    pub fn bits(self) -> u64 {
        self.0
    }

    /// The number of bits in which the two differ, from 0 to 64.
    pub fn distance(self, other: Fingerprint) -> u32 {
        (self.0 ^ other.0).count_ones()
    }

    /// The mean distance of fingerprints of two large sets, one of `left` and one
    /// of `right` shingles, that share `shared`: 64·θ/π where
    /// cos θ = shared / √(left · right), from 0 (equal) to 32 (nothing shared).
    /// Distances lie about it as the successes in 64 trials do. (The figures are
    /// those of an [`Overlap`](crate::verify::Overlap); `shared` is taken as at
    /// most the lesser set.)
    ///
    /// ```
    /// use twicetold::sketch::Fingerprint;
    ///
    /// // Resemblance 0.9: more than twice the distance of 3 that is usually searched.
    /// assert_eq!(Fingerprint::expected_distance(950, 950, 900).round(), 7.0);
    /// ```
    pub fn expected_distance(left: usize, right: usize, shared: usize) -> f64 {
        let shared = shared.min(left).min(right) as f64;
        // An empty set shares nothing: a right angle, not 0 / 0.
        let norms = (left.max(1) as f64 * right.max(1) as f64).sqrt();
        64.0 * (shared / norms).min(1.0).acos() / std::f64::consts::PI
    }
}

/// Sixty-four counts, bit-sliced: plane *k* holds bit *k* of each.
struct Votes {
    planes: [u64; Votes::PLANES],
}

impl Votes {
    /// No set has more shingles than a `usize` can count.
    const PLANES: usize = usize::BITS as usize;

    fn new() -> Self {
        Votes {
            planes: [0; Self::PLANES],
        }
    }

    /// Adds bit *i* of each word to count *i*.
    ///
    /// A tree of carry-save adders turns eight words into one carry of weight
    /// eight (Warren, *Hacker's Delight*, 2nd edition, section 5-1, after Harley
    /// and Seal), so the ripple through the upper planes is paid once for eight.
    fn add(&mut self, [a, b, c, d, e, f, g, h]: [u64; 8]) {
        let [one, two, four, upper @ ..] = &mut self.planes;
        let (sum, twos_ab) = carry_save(*one, a, b);
        let (sum, twos_cd) = carry_save(sum, c, d);
        let (sum, twos_ef) = carry_save(sum, e, f);
        let (sum, twos_gh) = carry_save(sum, g, h);
        *one = sum;
        let (sum, fours_ad) = carry_save(*two, twos_ab, twos_cd);
        let (sum, fours_eh) = carry_save(sum, twos_ef, twos_gh);
        *two = sum;
        let (sum, mut carry) = carry_save(*four, fours_ad, fours_eh);
        *four = sum;
        for plane in upper {
            if carry == 0 {
                break;
            }
            (*plane, carry) = (*plane ^ carry, *plane & carry);
        }
    }

    /// Of `voters`: the bits for which more than half voted, and those for which
    /// exactly half did. Compares all counts with the half, upper planes first.
    fn majority(&self, voters: usize) -> (u64, u64) {
        let half = voters / 2;
        let (mut more, mut equal) = (0, u64::MAX);
        for (at, plane) in self.planes.iter().enumerate().rev() {
            if half >> at & 1 == 1 {
                equal &= plane;
            } else {
                more |= equal & plane;
                equal &= !plane;
            }
        }
        // Of an odd number the lower half is less than half.
        let ties = if voters.is_multiple_of(2) { equal } else { 0 };
        (more, ties)
    }
}

/// Adds three words bit by bit: the sums and the carries.
fn carry_save(a: u64, b: u64, c: u64) -> (u64, u64) {
    let half = a ^ b;
    (half ^ c, a & b | half & c)
}

/// A fingerprint as it is written.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
struct Written {
    format: u32,
    bits: u64,
}

#[cfg(feature = "serde")]
impl From<Fingerprint> for Written {
    fn from(fingerprint: Fingerprint) -> Self {
        Written {
            format: crate::word::FORMAT_VERSION,
            bits: fingerprint.bits(),
        }
    }
}

#[cfg(feature = "serde")]
impl TryFrom<Written> for Fingerprint {
    type Error = crate::Error;

    fn try_from(written: Written) -> Result<Self, crate::Error> {
        crate::word::check_format("format of the fingerprint", written.format)?;
        Ok(Fingerprint(written.bits))
    }
}
