//! Who holds the pages of a run, and what it finds on its way: in memory, on a disk.

use super::kernels::{Made, Prepared};
use super::page::Page;
use super::sketched::PageSketch;
use crate::boilerplate::template::{SourceKeys, Templates};
use crate::cluster::Clusters;
use crate::repeat::BlockSketch;
use crate::sketch::Signature;
use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

/// What a run does, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Stage {
    /// The template of each source is learned.
    Learning,
    /// Every page is cleaned and sketched.
    Cleaning,
    /// Pages are looked up among those that the store knows from before.
    Asking,
    /// Copies are found, and what they are copies of.
    Clustering,
    /// Kept pages are compared with kept pages, block by block.
    Comparing,
}

impl Stage {
    /// Its name, one word in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Stage::Learning => "learning",
            Stage::Cleaning => "cleaning",
            Stage::Asking => "asking",
            Stage::Clustering => "clustering",
            Stage::Comparing => "comparing",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

/// Who holds the pages of a run, and what is found on its way.
///
/// The order of a run is in one place, `dedup/engine.rs`, for every store; a store says where things
/// lie and nothing of what is done with them. Pages have numbers from 0, in the order of the input. What is put is
/// read again only after its stage is [finished](Self::finish).
pub trait Store: Sync {
    /// Why something cannot be read or written.
    type Error: Send;

    /// A page as it is put: made on any thread.
    type Written: Send;

    /// What a source is counted by, as it is put.
    type Keys: Send;

    /// Whether a source is cleaned as soon as it is learned, while its pages are cut into words: then pages
    /// are put in any order, some of them twice, from any thread. Else they are put in order.
    const FUSES: bool;

    /// Whether blocks are sketched while pages are cleaned; else those of kept pages are, once it is known which these are.
    const SKETCHES_ALL: bool;

    /// How many pages there are.
    fn count(&self) -> usize;

    /// The source of a page.
    fn source(&self, page: usize) -> Option<&str>;

    /// The [content](Page::content) of a page.
    fn content(&self, page: usize) -> u64;

    /// Bytes of the text of a page.
    fn bytes(&self, page: usize) -> usize;

    /// Bytes that a page takes while it is in work, whatever it was read from.
    fn bytes_in_work(&self, page: usize) -> u64 {
        self.bytes(page) as u64
    }

    /// Hands pages to `take`, all of them at once.
    fn with_pages<R>(
        &self,
        pages: &[usize],
        take: impl FnOnce(&[Page<'_>]) -> R,
    ) -> Result<R, Self::Error>;

    /// The text of a page.
    fn text(&self, page: usize) -> Result<Cow<'_, str>, Self::Error>;

    /// Whether a stage was done by an earlier run.
    fn has(&self, _stage: Stage) -> bool {
        false
    }

    /// A stage is done: what was put can be read.
    fn finish(&mut self, stage: Stage) -> Result<(), Self::Error>;

    /// Bytes of pages that are in work at once, where learning and cleaning are not fused: however many threads there
    /// are, they hold no more, unless one source or one page alone has more.
    fn texts_at_once(&self) -> u64 {
        u64::MAX
    }

    /// What sources are counted by, as it is put.
    fn written_keys(&self, keys: SourceKeys) -> Result<Self::Keys, Self::Error>;

    /// Takes in what the next source is counted by.
    fn put_keys(&mut self, keys: Self::Keys) -> Result<(), Self::Error>;

    /// All are put; they are read from here on.
    fn finish_keys(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }

    /// What a source is counted by, by its number in the order in which they were put. It is asked for once.
    fn keys(&self, source: usize) -> Result<SourceKeys, Self::Error>;

    /// Takes in what was learned.
    fn put_templates(&mut self, templates: &Templates) -> Result<(), Self::Error>;

    /// What was learned.
    fn templates(&self) -> Result<Templates, Self::Error>;

    /// How many pages an earlier run put, from the first on.
    fn begun(&mut self) -> Result<usize, Self::Error> {
        Ok(0)
    }

    /// A page as it is put.
    fn written(&self, made: Made) -> Result<Self::Written, Self::Error>;

    /// Takes in pages.
    fn put(&self, pages: &[usize], made: Vec<Self::Written>) -> Result<(), Self::Error>;

    /// Whether there are such.
    fn asks(&self) -> bool {
        false
    }

    /// Looks pages up among those that the store knows from before, and tells how many it did.
    fn ask(&mut self, _progress: &(dyn Fn(u64) + Sync)) -> Result<(), Self::Error> {
        Ok(())
    }

    /// Whether a page is a copy of one that the store knows from before: it has no signature, and is not kept.
    fn is_known(&self, _page: usize) -> bool {
        false
    }

    /// The sketches of all pages; with or without their signatures.
    fn sketches(&self) -> Result<Cow<'_, [PageSketch]>, Self::Error>;

    /// The signature of a page; `None` where it has no word.
    fn signature(&self, page: usize) -> Result<Option<Cow<'_, Signature>>, Self::Error>;

    /// Hands the signatures of pages that follow each other to `take`, of those that have one.
    fn each_signature(
        &self,
        pages: Range<usize>,
        take: &mut dyn FnMut(usize, &Signature),
    ) -> Result<(), Self::Error>;

    /// What is left of the text of a page.
    fn cleaned(&self, page: usize) -> Result<Cow<'_, str>, Self::Error>;

    /// Takes in what clustering found.
    fn put_clusters(&mut self, clusters: Clusters) -> Result<(), Self::Error>;

    /// Whether a page is kept, once clusters are there.
    fn is_kept(&self, page: usize) -> Result<bool, Self::Error>;

    /// A page as it was put.
    fn prepared(&self, page: usize) -> Result<Cow<'_, Prepared>, Self::Error>;

    /// The block sketches of a page, where [all](Self::SKETCHES_ALL) have theirs.
    fn blocks(&self, page: usize) -> Result<Vec<BlockSketch>, Self::Error>;

    /// Hands the block sketches of all pages to `take`, in any order of the pages.
    fn each_blocks(&self, take: &mut dyn FnMut(usize, &[BlockSketch])) -> Result<(), Self::Error>;

    /// Bytes of tables by which the blocks of so many kept pages are told apart at once.
    fn table(&self, kept: usize) -> usize;

    /// Takes in a page that changed when it was compared.
    fn put_changed(&mut self, page: usize, prepared: Prepared) -> Result<(), Self::Error>;
}
