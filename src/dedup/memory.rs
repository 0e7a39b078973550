//! A store in memory: the pages are the caller's, and what is found of them is a [`Report`] in the end.

use super::kernels::{Made, Prepared};
use super::page::Page;
use super::sketched::PageSketch;
use super::store::{Stage, Store};
use crate::boilerplate::template::{SourceKeys, Templates};
use crate::clean::joined;
use crate::cluster::{Clusters, Fate, LeftOut, Related};
use crate::lsh::Banding;
use crate::repeat::BlockSketch;
use crate::report::Report;
use crate::sketch::Signature;
use std::borrow::Cow;
use std::convert::Infallible;
use std::ops::Range;
use std::slice;
use std::sync::{Mutex, PoisonError};

/// Bytes of tables that blocks are told apart by at once: at least, and for each page that stays. All at once
/// took 500 bytes a page of news, more than clustering leaves room for; in four parts it is hardly slower.
const TABLE: usize = 1 << 20;
const TABLE_A_PAGE: usize = 256;

/// The pages of a run, and what is found of them.
pub(super) struct Memory<'p> {
    pages: &'p [Page<'p>],
    slots: Mutex<Slots>,
    prepared: Vec<Prepared>,
    sketches: Vec<PageSketch>,
    keys: Mutex<Vec<SourceKeys>>,
    templates: Templates,
    related: Vec<Related>,
    related_left_out: usize,
    left_out: LeftOut,
}

/// A place for each page. Lists of one source each that are put in order at the end held 200 bytes a page more.
#[derive(Default)]
struct Slots {
    prepared: Vec<Option<Prepared>>,
    sketches: Vec<Option<PageSketch>>,
}

impl<'p> Memory<'p> {
    pub(super) fn new(pages: &'p [Page<'p>]) -> Self {
        Memory {
            pages,
            slots: Mutex::new(Slots {
                prepared: vec![None; pages.len()],
                sketches: vec![None; pages.len()],
            }),
            prepared: Vec::new(),
            sketches: Vec::new(),
            keys: Mutex::default(),
            templates: Templates::default(),
            related: Vec::new(),
            related_left_out: 0,
            left_out: LeftOut::default(),
        }
    }

    /// One that only learns.
    pub(super) fn learning(pages: &'p [Page<'p>]) -> Self {
        Memory {
            slots: Mutex::default(),
            ..Memory::new(pages)
        }
    }

    pub(super) fn into_report(self, banding: Banding, template_blocks: usize) -> Report {
        Report {
            pages: self.prepared.into_iter().map(|page| page.report).collect(),
            related: self.related,
            related_left_out: self.related_left_out,
            banding,
            template_blocks,
            left_out: self.left_out,
        }
    }
}

impl Store for Memory<'_> {
    type Error = Infallible;
    type Written = Made;
    type Keys = SourceKeys;

    const FUSES: bool = true;
    const SKETCHES_ALL: bool = false;

    fn count(&self) -> usize {
        self.pages.len()
    }

    fn source(&self, page: usize) -> Option<&str> {
        self.pages[page].source
    }

    fn content(&self, page: usize) -> u64 {
        self.pages[page].content()
    }

    fn bytes(&self, page: usize) -> usize {
        self.pages[page].text.len()
    }

    fn with_pages<R>(
        &self,
        pages: &[usize],
        take: impl FnOnce(&[Page<'_>]) -> R,
    ) -> Result<R, Infallible> {
        Ok(match *pages {
            [page] => take(slice::from_ref(&self.pages[page])),
            _ => {
                let pages = pages.iter().map(|&page| self.pages[page]);
                take(&pages.collect::<Vec<Page<'_>>>())
            }
        })
    }

    fn text(&self, page: usize) -> Result<Cow<'_, str>, Infallible> {
        Ok(Cow::Borrowed(self.pages[page].text))
    }

    fn finish(&mut self, stage: Stage) -> Result<(), Infallible> {
        if stage == Stage::Cleaning {
            let slots = self.slots.get_mut().unwrap_or_else(PoisonError::into_inner);
            let slots = std::mem::take(slots);
            self.prepared = filled(slots.prepared);
            self.sketches = filled(slots.sketches);
        }
        Ok(())
    }

    fn written_keys(&self, keys: SourceKeys) -> Result<SourceKeys, Infallible> {
        Ok(keys)
    }

    fn put_keys(&mut self, keys: SourceKeys) -> Result<(), Infallible> {
        let all = self.keys.get_mut().unwrap_or_else(PoisonError::into_inner);
        all.push(keys);
        Ok(())
    }

    fn keys(&self, source: usize) -> Result<SourceKeys, Infallible> {
        let mut all = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(std::mem::take(&mut all[source]))
    }

    fn put_templates(&mut self, templates: &Templates) -> Result<(), Infallible> {
        self.templates = templates.clone();
        Ok(())
    }

    fn templates(&self) -> Result<Templates, Infallible> {
        Ok(self.templates.clone())
    }

    fn written(&self, made: Made) -> Result<Made, Infallible> {
        Ok(made)
    }

    fn put(&self, pages: &[usize], made: Vec<Made>) -> Result<(), Infallible> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        for (&page, made) in pages.iter().zip(made) {
            slots.prepared[page] = Some(made.prepared);
            slots.sketches[page] = Some(made.sketch);
        }
        Ok(())
    }

    fn sketches(&self) -> Result<Cow<'_, [PageSketch]>, Infallible> {
        Ok(Cow::Borrowed(&self.sketches))
    }

    fn signature(&self, page: usize) -> Result<Option<Cow<'_, Signature>>, Infallible> {
        let signature = self.sketches[page].signature.as_ref();
        Ok(signature.map(Cow::Borrowed))
    }

    fn each_signature(
        &self,
        pages: Range<usize>,
        take: &mut dyn FnMut(usize, &Signature),
    ) -> Result<(), Infallible> {
        for page in pages {
            if let Some(signature) = &self.sketches[page].signature {
                take(page, signature);
            }
        }
        Ok(())
    }

    fn cleaned(&self, page: usize) -> Result<Cow<'_, str>, Infallible> {
        Ok(joined(
            self.pages[page].text,
            &self.prepared[page].report.kept,
        ))
    }

    fn put_clusters(&mut self, clusters: Clusters) -> Result<(), Infallible> {
        self.sketches = Vec::new();
        for (page, fate) in self.prepared.iter_mut().zip(clusters.fates) {
            page.report.fate = fate;
            if fate != Fate::Kept {
                page.forget_blocks();
            }
        }
        self.related = clusters.related;
        self.related_left_out = clusters.related_left_out;
        self.left_out = clusters.left_out;
        Ok(())
    }

    fn is_kept(&self, page: usize) -> Result<bool, Infallible> {
        Ok(self.prepared[page].report.is_kept())
    }

    fn prepared(&self, page: usize) -> Result<Cow<'_, Prepared>, Infallible> {
        Ok(Cow::Borrowed(&self.prepared[page]))
    }

    fn blocks(&self, page: usize) -> Result<Vec<BlockSketch>, Infallible> {
        Ok(self.prepared[page].sketches().collect())
    }

    fn each_blocks(&self, take: &mut dyn FnMut(usize, &[BlockSketch])) -> Result<(), Infallible> {
        for page in 0..self.pages.len() {
            let Ok(blocks) = self.blocks(page);
            take(page, &blocks);
        }
        Ok(())
    }

    fn table(&self, kept: usize) -> usize {
        TABLE.max(TABLE_A_PAGE * kept)
    }

    fn put_changed(&mut self, page: usize, prepared: Prepared) -> Result<(), Infallible> {
        self.prepared[page] = prepared;
        Ok(())
    }
}

/// What is in the slots, in the same memory.
fn filled<T>(slots: Vec<Option<T>>) -> Vec<T> {
    let slots = slots.into_iter();
    slots
        .map(|slot| slot.expect("every page is prepared"))
        .collect()
}
