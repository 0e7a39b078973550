//! The block sketches of kept pages, in a file.

use super::spool::Spool;
use std::borrow::Cow;
use std::io;
use twicetold::repeat::{BlockSketch, BlockSketches};

/// The sketches of kept pages by their places in the ranking: 12 bytes of memory a page.
pub struct StoredBlocks<'k> {
    spool: Spool,
    kept: &'k [usize],
    /// The place of each page of the pile, if it is kept.
    places: Vec<u32>,
}

const NONE: u32 = u32::MAX;

impl<'k> StoredBlocks<'k> {
    pub fn new(spool: Spool, kept: &'k [usize]) -> Self {
        let mut places = vec![NONE; spool.len()];
        for (place, page) in kept.iter().enumerate() {
            places[*page] = place as u32;
        }
        StoredBlocks {
            spool,
            kept,
            places,
        }
    }

    /// Whether all that was read could be.
    pub fn check(&self) -> io::Result<()> {
        self.spool.check()
    }
}

impl BlockSketches for StoredBlocks<'_> {
    fn count(&self) -> usize {
        self.kept.len()
    }

    fn of(&self, place: usize) -> Cow<'_, [BlockSketch]> {
        Cow::Owned(BlockSketch::read_all(&self.spool.bytes(self.kept[place])).collect())
    }

    fn each(&self, take: &mut dyn FnMut(usize, &[BlockSketch])) {
        let mut blocks = Vec::new();
        self.spool.each(0..self.spool.len(), |page, bytes| {
            let place = self.places[page];
            if place != NONE {
                blocks.clear();
                blocks.extend(BlockSketch::read_all(bytes));
                take(place as usize, &blocks);
            }
        });
    }
}
