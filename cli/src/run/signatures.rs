//! Signatures in a file.

use super::spool::{Spool, SpoolWriter};
use std::borrow::Cow;
use std::io;
use std::ops::Range;
use std::path::PathBuf;
use twicetold::lsh::Signatures;
use twicetold::sketch::{MinHasher, Signature};

/// The signatures of a run: 8 bytes of memory each, and 2 a row on disk.
pub struct Stored {
    rows: Spool,
    hasher: MinHasher,
}

/// [`Stored`] while it is written.
pub struct Storing {
    rows: SpoolWriter,
    hasher: MinHasher,
}

impl Storing {
    pub fn create(path: PathBuf, hasher: &MinHasher) -> io::Result<Self> {
        Ok(Storing {
            rows: SpoolWriter::create(path)?,
            hasher: hasher.clone(),
        })
    }

    /// The signature of the next page.
    pub fn push(&mut self, signature: Option<&Signature>) -> io::Result<()> {
        let rows = signature.into_iter().flat_map(|made| made.rows());
        let bytes: Vec<u8> = rows.flat_map(|row| row.to_le_bytes()).collect();
        self.rows.push(&bytes)
    }

    pub fn finish(self) -> io::Result<Stored> {
        Ok(Stored {
            rows: self.rows.finish()?,
            hasher: self.hasher,
        })
    }
}

/// Signatures that are read at once.
const STRETCH: usize = 4096;

impl Stored {
    fn restored(&self, bytes: &[u8]) -> Option<Signature> {
        let rows = bytes.as_chunks::<2>().0.iter();
        let rows = rows.map(|row| u16::from_le_bytes(*row));
        self.hasher.restored(rows.collect())
    }

    /// Whether all that was read could be.
    pub fn check(&self) -> io::Result<()> {
        self.rows.check()
    }
}

impl Signatures for Stored {
    fn count(&self) -> usize {
        self.rows.len()
    }

    fn of(&self, page: usize) -> Option<Cow<'_, Signature>> {
        self.restored(&self.rows.bytes(page)).map(Cow::Owned)
    }

    fn each(&self, pages: Range<usize>, take: &mut dyn FnMut(usize, &Signature)) {
        for first in pages.clone().step_by(STRETCH) {
            let stretch = first..pages.end.min(first + STRETCH);
            self.rows.each(stretch, |page, bytes| {
                if let Some(signature) = self.restored(bytes) {
                    take(page, &signature);
                }
            });
        }
    }
}
