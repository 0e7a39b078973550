//! Small stand-ins for shingle sets.
//!
//! | sketch | bytes | what for |
//! |---|---|---|
//! | [`Signature`] (MinHash) | 2 a row, 320 with the default 160 rows | candidates by [banding](crate::lsh), an estimate of resemblance |
//! | [`Fingerprint`] (SimHash) | 8 | "was this page seen before?", by [`HammingIndex`](crate::lsh::HammingIndex) |
//!
//! A signature estimates resemblance with a standard error of √(J(1−J)/k) for
//! *k* rows, 0.036 at J = 0.7 with the default rows, and banding can be tuned to
//! miss one pair in a hundred. A fingerprint cannot: 64 bits know the angle
//! between two sets so roughly that at distance 3, the one usual for 64 bits,
//! only about 9 % of the pairs with resemblance 0.9 are found, and half of those
//! with 0.97. It is a screen for pages that come again almost unchanged, in the
//! least space; where a missed duplicate matters, take signatures.
//!
//! A sketch only ever nominates a pair; [`verify`](crate::verify) decides.

mod minhash;
mod simhash;

pub(crate) use minhash::FirstTier;
pub use minhash::{MinHasher, Signature};
pub use simhash::{Fingerprint, LEAST_SHINGLES};
