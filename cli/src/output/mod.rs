//! What a run writes.

pub mod folder;
pub mod summary;
pub mod warc;
pub mod write;
