//! The signatures of a pile, wherever they are.

use crate::sketch::Signature;
use std::borrow::{Borrow, Cow};
use std::convert::Infallible;
use std::ops::Range;

/// The signatures of a pile of pages, by their numbers: in memory, in a file.
pub(crate) trait Signatures: Sync {
    /// Why one cannot be read.
    type Error: Send;

    /// How many pages there are.
    fn count(&self) -> usize;

    /// The signature of a page; `None` where it has no word.
    fn of(&self, page: usize) -> Result<Option<Cow<'_, Signature>>, Self::Error>;

    /// Hands the signatures of pages that follow each other to `take`, of those that have one. What lies in a file
    /// is better read at once than page by page.
    fn each(
        &self,
        pages: Range<usize>,
        take: &mut dyn FnMut(usize, &Signature),
    ) -> Result<(), Self::Error> {
        for page in pages {
            if let Some(signature) = self.of(page)? {
                take(page, &signature);
            }
        }
        Ok(())
    }
}

impl<S: Borrow<Signature> + Sync> Signatures for [Option<S>] {
    type Error = Infallible;

    fn count(&self) -> usize {
        self.len()
    }

    fn of(&self, page: usize) -> Result<Option<Cow<'_, Signature>>, Infallible> {
        let signature = self[page].as_ref();
        Ok(signature.map(|signature| Cow::Borrowed(signature.borrow())))
    }
}
