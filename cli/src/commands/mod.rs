//! What the program does, one file a command.

pub mod compare;
pub mod completions;
pub mod curve;
pub mod dedup;
pub mod explain;
pub mod index;
pub mod ledger;
pub mod restore;
