//! The signatures of a pile, wherever they are.

use crate::sketch::Signature;
use std::borrow::{Borrow, Cow};
use std::ops::Range;

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

    /// Hands the signatures of pages that follow each other to `take`, of those that have one. What lies in a file
    /// is better read at once than page by page.
    fn each(&self, pages: Range<usize>, take: &mut dyn FnMut(usize, &Signature)) {
        for page in pages {
            if let Some(signature) = self.of(page) {
                take(page, &signature);
            }
        }
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
