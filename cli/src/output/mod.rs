//! What a run writes.

pub mod asked;
pub mod file;
pub mod folder;
pub mod parquet;
pub mod quotes;
mod records;
pub mod summary;
pub mod sums;
pub mod tables;
pub mod warc;
pub mod write;
