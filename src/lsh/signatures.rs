//! The signatures of a pile, wherever they are.

use super::Banding;
use crate::sketch::Signature;
use std::borrow::{Borrow, Cow};

/// The signatures of a pile of pages, by their numbers: in memory, in a file.
///
/// ```
/// use twicetold::lsh::Signatures;
/// use twicetold::sketch::MinHasher;
///
/// let hasher = MinHasher::new(160, 0)?;
/// let signatures = [hasher.signature(0..100), None];
/// assert_eq!(signatures.count(), 2);
/// assert!(signatures.of(0).is_some() && signatures.of(1).is_none());
/// # Ok::<(), twicetold::Error>(())
/// ```
pub trait Signatures: Sync {
    /// How many pages there are.
    fn count(&self) -> usize;

    /// The signature of a page; `None` where it has no word.
    fn of(&self, page: usize) -> Option<Cow<'_, Signature>>;

    /// The keys of a band, each with its page, in the order of the pages; pages without a
    /// signature have none.
    fn keys(&self, banding: Banding, band: usize) -> Vec<(u64, u32)> {
        let keyed = |page: usize| Some((banding.key(&*self.of(page)?, band), page as u32));
        (0..self.count()).filter_map(keyed).collect()
    }
}

impl<S: Borrow<Signature> + Sync> Signatures for [Option<S>] {
    fn count(&self) -> usize {
        self.len()
    }

    fn of(&self, page: usize) -> Option<Cow<'_, Signature>> {
        let signature = self[page].as_ref();
        signature.map(|signature| Cow::Borrowed(signature.borrow()))
    }
}

impl<S: Borrow<Signature> + Sync, const N: usize> Signatures for [Option<S>; N] {
    fn count(&self) -> usize {
        N
    }

    fn of(&self, page: usize) -> Option<Cow<'_, Signature>> {
        self[..].of(page)
    }
}

impl<S: Borrow<Signature> + Sync> Signatures for Vec<Option<S>> {
    fn count(&self) -> usize {
        self.len()
    }

    fn of(&self, page: usize) -> Option<Cow<'_, Signature>> {
        self[..].of(page)
    }
}
