//! How much memory a run may take, and what it does with it.

use crate::failure::Failure;

/// A budget of memory, in bytes. The program itself, and the pages that are in work at once, come on top.
#[derive(Debug, Clone, Copy)]
pub struct Budget(pub u64);

/// Bytes a page takes whatever is done: what is known of it, and where its parts lie.
const PAGE: u64 = 240;

impl Budget {
    /// Bytes of tables by which blocks of all pages are told apart at once.
    pub fn table(self) -> usize {
        (self.0 / 4).clamp(1 << 20, 1 << 30) as usize
    }

    /// Bytes of text of pages that are cleaned at once, and of sources that are learned from at once; what they are
    /// hashed to takes three times as much.
    pub fn texts(self) -> u64 {
        (self.0 / 16).clamp(4 << 20, 32 << 20)
    }

    /// Refuses pages that are too many, before long work.
    pub fn check(self, pages: usize) -> Result<(), Failure> {
        let needed = PAGE * pages as u64;
        if needed <= self.0 {
            return Ok(());
        }
        Err(Failure::run(format!(
            "{pages} pages take about {} KiB of memory, and --memory is {} KiB; say more, or give the pages in parts",
            needed.div_ceil(1 << 10),
            self.0 >> 10
        )))
    }
}
