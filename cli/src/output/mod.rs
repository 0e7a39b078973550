//! What the program writes.

pub mod warc;
