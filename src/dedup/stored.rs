//! What a [`Store`] holds, as the kernels take it.

use super::store::Store;
use crate::lsh::Signatures;
use crate::repeat::{BlockSketch, BlockSketches};
use crate::sketch::Signature;
use std::borrow::Cow;
use std::marker::PhantomData;
use std::ops::Range;

/// The signatures of a store.
pub(super) struct Stored<'s, S>(pub(super) &'s S);

impl<S: Store> Signatures for Stored<'_, S> {
    type Error = S::Error;

    fn count(&self) -> usize {
        self.0.count()
    }

    fn of(&self, page: usize) -> Result<Option<Cow<'_, Signature>>, S::Error> {
        self.0.signature(page)
    }

    fn each(
        &self,
        pages: Range<usize>,
        take: &mut dyn FnMut(usize, &Signature),
    ) -> Result<(), S::Error> {
        self.0.each_signature(pages, take)
    }
}

/// The block sketches of kept pages, as they are [written](BlockSketch::write), by their places in the ranking.
pub(super) struct KeptBlocks<E>(pub(super) Vec<Box<[u8]>>, pub(super) PhantomData<fn() -> E>);

impl<E: Send> BlockSketches for KeptBlocks<E> {
    type Error = E;

    fn count(&self) -> usize {
        self.0.len()
    }

    fn of(&self, place: usize) -> Result<Cow<'_, [BlockSketch]>, E> {
        Ok(Cow::Owned(BlockSketch::read_all(&self.0[place]).collect()))
    }

    fn each(&self, take: &mut dyn FnMut(usize, &[BlockSketch])) -> Result<(), E> {
        let mut blocks = Vec::new();
        for (place, written) in self.0.iter().enumerate() {
            blocks.clear();
            blocks.extend(BlockSketch::read_all(written));
            take(place, &blocks);
        }
        Ok(())
    }
}

/// The block sketches of the kept pages of a store, by their places in the ranking.
pub(super) struct StoredBlocks<'s, S> {
    store: &'s S,
    kept: &'s [usize],
    /// The place of each page, if it is kept: 4 bytes of memory a page.
    places: Vec<u32>,
}

const NONE: u32 = u32::MAX;

impl<'s, S: Store> StoredBlocks<'s, S> {
    pub(super) fn new(store: &'s S, kept: &'s [usize]) -> Self {
        let mut places = vec![NONE; store.count()];
        for (place, page) in kept.iter().enumerate() {
            places[*page] = place as u32;
        }
        StoredBlocks {
            store,
            kept,
            places,
        }
    }
}

impl<S: Store> BlockSketches for StoredBlocks<'_, S> {
    type Error = S::Error;

    fn count(&self) -> usize {
        self.kept.len()
    }

    fn of(&self, place: usize) -> Result<Cow<'_, [BlockSketch]>, S::Error> {
        self.store.blocks(self.kept[place]).map(Cow::Owned)
    }

    fn each(&self, take: &mut dyn FnMut(usize, &[BlockSketch])) -> Result<(), S::Error> {
        self.store.each_blocks(&mut |page, blocks| {
            let place = self.places[page];
            if place != NONE {
                take(place as usize, blocks);
            }
        })
    }
}
