//! Sketches to candidate pairs: signatures by banding, fingerprints by blocks.
//!
//! A signature of *b · r* rows is cut into *b* bands of *r* rows. Pages that
//! agree on all rows of a band share a *bucket*, and pages that share a bucket
//! are candidates (Indyk and Motwani 1998; Leskovec, Rajaraman and Ullman,
//! *Mining of Massive Datasets*, section 3.4). A pair of resemblance *s* becomes
//! a candidate with probability 1 − (1 − sʳ)ᵇ: the S-curve.
//!
//! Fingerprints within a few bits of each other are found by [`HammingIndex`],
//! every one of them.

mod banding;
mod buckets;
mod hamming;
mod listings;
mod signatures;

pub use banding::Banding;
pub use buckets::Buckets;
pub use hamming::HammingIndex;
pub(crate) use listings::Listings;
pub use listings::{LeftOut, MOST_SPLITS};
pub(crate) use signatures::Signatures;
