//! Small stand-ins for shingle sets.
//!
//! A [`Signature`] (MinHash) estimates resemblance and is what
//! [banding](crate::lsh) searches with. It costs 4 bytes a row; the estimate
//! has a standard error of √(J(1−J)/k) for *k* rows, 0.036 at J = 0.7 with the
//! default 160 rows. A sketch only ever nominates a pair; [`verify`](crate::verify) decides.

mod minhash;

pub use minhash::{MinHasher, Signature};
