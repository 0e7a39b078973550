//! Signatures in a file.

use super::against::OldCopies;
use super::spool::Spool;
use std::borrow::Cow;
use std::io;
use std::ops::Range;
use twicetold::lsh::Signatures;
use twicetold::sketch::{MinHasher, Signature};

/// The signatures of a run: 8 bytes of memory each, and 2 a row on disk.
pub struct Stored<'r> {
    rows: Spool,
    hasher: MinHasher,
    /// Pages that are compared with none of the run.
    old: &'r OldCopies,
}

/// A signature as it is stored.
pub fn rows(signature: Option<&Signature>) -> Vec<u8> {
    let rows = signature.into_iter().flat_map(|made| made.rows());
    rows.flat_map(|row| row.to_le_bytes()).collect()
}

impl<'r> Stored<'r> {
    pub fn new(rows: Spool, hasher: &MinHasher, old: &'r OldCopies) -> Self {
        Stored {
            rows,
            hasher: hasher.clone(),
            old,
        }
    }

    fn restored(&self, page: usize, bytes: &[u8]) -> Option<Signature> {
        if self.old.has(page) {
            return None;
        }
        let rows = bytes.as_chunks::<2>().0.iter();
        let rows = rows.map(|row| u16::from_le_bytes(*row));
        self.hasher.restored(rows.collect())
    }

    /// Whether all that was read could be.
    pub fn check(&self) -> io::Result<()> {
        self.rows.check()
    }
}

impl Signatures for Stored<'_> {
    fn count(&self) -> usize {
        self.rows.len()
    }

    fn of(&self, page: usize) -> Option<Cow<'_, Signature>> {
        self.restored(page, &self.rows.bytes(page)).map(Cow::Owned)
    }

    fn each(&self, pages: Range<usize>, take: &mut dyn FnMut(usize, &Signature)) {
        self.rows.each(pages, |page, bytes| {
            if let Some(signature) = self.restored(page, bytes) {
                take(page, &signature);
            }
        });
    }
}
