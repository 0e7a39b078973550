//! What a run writes.

pub mod folder;
pub mod parquet;
pub mod summary;
pub mod tables;
pub mod warc;
pub mod write;
