//! Finds what scraped pages say twice.

#![warn(missing_docs, unreachable_pub)]

pub mod block;
pub mod boilerplate;
pub mod clean;
pub mod cluster;
mod dedup;
mod error;
pub mod finding;
pub mod lsh;
pub mod repeat;
pub mod report;
pub mod shingle;
pub mod sketch;
mod span;
pub mod verify;
pub mod word;

pub use dedup::{Builder, Deduplicator, Keep, Page};
pub use error::Error;
pub use report::Report;
pub use span::Span;
