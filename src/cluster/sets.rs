//! Shingle sets that are compared, as long as they fit.

use super::Texts;
use crate::places::Places;
use crate::verify::{Overlap, TextSet};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// Most shingles that are kept beside the pages in hand: with their texts about 200 MB.
const MOST_SHINGLES: usize = 6 << 20;

/// What two pages share.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counted {
    pub(super) overlap: Overlap,
    /// Whether it was held against the words; else it is what their hashes share, which is no less.
    pub(super) is_exact: bool,
}

/// The shingle sets of pages that are compared with each other.
pub(super) struct Sets<'a, T: ?Sized> {
    texts: &'a T,
    known: HashMap<usize, TextSet<'a>, Places>,
    shingles: usize,
}

impl<'a, T: Texts + ?Sized> Sets<'a, T> {
    pub(super) fn new(texts: &'a T) -> Self {
        Sets {
            texts,
            known: HashMap::default(),
            shingles: 0,
        }
    }

    /// What two pages share, by their hashes.
    pub(super) fn overlap(&mut self, page: usize, other: usize) -> Result<Overlap, T::Error> {
        let counted = self.counted(page, other, |_, _| 0)?;
        Ok(counted.expect("nothing is too little").overlap)
    }

    /// What two pages share, exactly, where their hashes share so much: shared shingles are held against the
    /// words.
    pub(super) fn held(
        &mut self,
        page: usize,
        other: usize,
        hashes: Overlap,
    ) -> Result<Overlap, T::Error> {
        self.know(page)?;
        self.know(other)?;
        Ok(self.known[&page].overlap_of_words(&self.known[&other], hashes))
    }

    /// What two pages share, by their hashes; `None` where it is less than `least` says of pages of so many
    /// shingles. Then as few as that tells are looked up.
    pub(super) fn counted(
        &mut self,
        page: usize,
        other: usize,
        least: impl Fn(usize, usize) -> usize,
    ) -> Result<Option<Counted>, T::Error> {
        if self.shingles > MOST_SHINGLES {
            self.known.clear();
            self.shingles = 0;
        }
        self.know(other)?;
        if self.texts.are_same(page, other)? {
            return Ok(Some(Counted {
                overlap: self.known[&other].overlap_with_itself(),
                is_exact: true,
            }));
        }
        self.know(page)?;
        let (left, right) = (&self.known[&page], &self.known[&other]);
        let overlap = left.overlap_from(right, least(left.len(), right.len()));
        Ok(overlap.map(|overlap| Counted {
            overlap,
            is_exact: false,
        }))
    }

    fn know(&mut self, page: usize) -> Result<(), T::Error> {
        if let Entry::Vacant(place) = self.known.entry(page) {
            let set = match self.texts.text(page)? {
                Some((text, width)) => TextSet::new(text, width),
                None => TextSet::of_shingles(&self.texts.shingles(page)?),
            };
            self.shingles += set.len();
            place.insert(set);
        }
        Ok(())
    }

    /// Lets a page go that nothing will be compared with again.
    pub(super) fn forget(&mut self, page: usize) {
        if let Some(set) = self.known.remove(&page) {
            self.shingles -= set.len();
        }
    }
}
