//! What the program does, one file a command.

pub mod curve;
pub mod dedup;
pub mod index;
