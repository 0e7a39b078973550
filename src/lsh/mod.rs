//! Signatures to candidate pairs, by banding.
//!
//! A signature of *b · r* rows is cut into *b* bands of *r* rows. Pages that
//! agree on all rows of a band share a *bucket*, and pages that share a bucket
//! are candidates (Indyk and Motwani 1998; Leskovec, Rajaraman and Ullman,
//! *Mining of Massive Datasets*, section 3.4). A pair of resemblance *s* becomes
//! a candidate with probability 1 − (1 − sʳ)ᵇ: the S-curve.

mod banding;
mod buckets;
mod listings;

pub use banding::Banding;
pub use buckets::Buckets;
pub(crate) use buckets::banding_tables;
pub use listings::LeftOut;
pub(crate) use listings::Listings;
