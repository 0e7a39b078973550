//! `twicetold`: finds what the pages of a corpus say twice.

mod failure;
mod input;
mod output;

fn main() {}
