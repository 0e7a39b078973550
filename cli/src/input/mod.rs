//! What the arguments name, read one batch after the other: a batch is taken off its file in order, and
//! made into entries on any core.

pub mod fields;
mod lines;
mod open;
pub mod parquet;
mod record;

pub use record::{Body, Entry, Position, Record, Rejected, Whole};

use fields::Fields;

/// Bounds on what one record or file may cost, so that no input can take all memory or all time.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of a record; a longer one is rejected, unread.
    pub record: usize,
    /// How many times as large as its packed bytes a file may become, beyond 256 MiB.
    pub expansion: u64,
}

/// A stretch of an input.
pub enum Batch {
    Lines(lines::Lines),
    Rows(parquet::Rows),
}

impl Batch {
    /// The entries of the batch, in order.
    pub fn entries(&self, fields: &Fields) -> Vec<Entry> {
        match self {
            Batch::Lines(lines) => lines.entries(fields),
            // Their columns were found when the file was opened.
            Batch::Rows(rows) => rows.entries(),
        }
    }
}
