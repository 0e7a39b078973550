//! Stretches of an index file, and the blocks that its tables are made of.

/// Bytes of a block: a sum, the table, how many entries there are, and these.
pub const BLOCK: usize = 4096;

/// A part of the file and the xxh3 sum of its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Section {
    pub at: u64,
    pub len: u64,
    pub sum: u64,
}

impl Section {
    pub fn end(&self) -> u64 {
        self.at.saturating_add(self.len)
    }
}
