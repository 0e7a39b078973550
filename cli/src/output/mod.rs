//! What is written, in the format that it came in.

pub mod parquet;
