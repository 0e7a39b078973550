//! A store on disk: what a run finds of its pages, in files that an interrupted run goes on with.

use super::against::{self, Against, OldCopies};
use super::budget::Budget;
use super::pages::{Loaded, Pages};
use super::spool::{Spool, SpoolWriter, compact, keep, written};
use super::workspace::{self, Workspace};
use super::{Clustered, Run, TEMPLATES, clusters, kept_text};
use crate::failure::Failure;
use std::borrow::Cow;
use std::io;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};
use twicetold::boilerplate::template::{SourceKeys, Templates};
use twicetold::cluster::Clusters;
use twicetold::repeat::BlockSketch;
use twicetold::report::Fate;
use twicetold::sketch::{MinHasher, Signature};
use twicetold::{Made, Page, PageSketch, Prepared, Stage, Store};

/// What is put of a page, each in a file of its own: the rows of its signature, its kept slices, itself, its
/// block sketches, and what it is ranked by.
const PARTS: [&str; 5] = ["signatures", "kept", "prepared", "blocks", "sketches"];

/// The pages of a run and its [`Workspace`]. Each stage reads few files, so only these are open: a file takes 8 bytes of
/// memory a page.
pub struct Disk<'r> {
    pages: &'r Pages,
    work: &'r mut Workspace,
    against: Option<&'r Against>,
    budget: Budget,
    hasher: MinHasher,
    /// The files of [`PARTS`], while pages are cleaned.
    writers: Mutex<Vec<SpoolWriter>>,
    keys_writer: Option<SpoolWriter>,
    keys: Option<Spool>,
    old: Option<OldCopies>,
    open: Open,
    fates: Vec<Fate>,
    changed: Option<(SpoolWriter, Vec<u32>)>,
}

/// What the next stage reads.
enum Open {
    Nothing,
    Clustering { signatures: Spool, kept: Spool },
    Comparing { prepared: Spool, blocks: Spool },
}

/// What the program does, of what the engine does.
fn as_written(stage: Stage) -> workspace::Stage {
    match stage {
        Stage::Learning => workspace::Stage::Learning,
        Stage::Cleaning => workspace::Stage::Cleaning,
        Stage::Asking => workspace::Stage::Asking,
        Stage::Clustering => workspace::Stage::Clustering,
        _ => workspace::Stage::Comparing,
    }
}

impl<'r> Disk<'r> {
    pub fn new(run: &Run<'r>, work: &'r mut Workspace) -> io::Result<Self> {
        let mut disk = Disk {
            pages: run.pages,
            work,
            against: run.against,
            budget: run.budget,
            hasher: run.deduplicator.hasher().clone(),
            writers: Mutex::default(),
            keys_writer: None,
            keys: None,
            old: None,
            open: Open::Nothing,
            fates: Vec::new(),
            changed: None,
        };
        disk.open()?;
        Ok(disk)
    }

    fn spool(&self, name: &str) -> io::Result<Spool> {
        Spool::open_all(self.work.file(name), self.pages.len())
    }

    /// Opens what the next stage reads.
    fn open(&mut self) -> io::Result<()> {
        self.open = Open::Nothing;
        if !self.has(Stage::Asking) || self.has(Stage::Comparing) {
            return Ok(());
        }
        self.old = Some(OldCopies::open(self.work, self.pages.len())?);
        self.open = match self.has(Stage::Clustering) {
            false => Open::Clustering {
                signatures: self.spool("signatures")?,
                kept: self.spool("kept")?,
            },
            true => {
                (self.fates, ..) = clusters(self.work, self.pages.len())?;
                Open::Comparing {
                    prepared: self.spool("prepared")?,
                    blocks: self.spool("blocks")?,
                }
            }
        };
        Ok(())
    }

    fn signatures(&self) -> io::Result<&Spool> {
        match &self.open {
            Open::Clustering { signatures, .. } => Ok(signatures),
            _ => Err(not_open("signatures")),
        }
    }

    fn slices(&self) -> io::Result<&Spool> {
        match &self.open {
            Open::Clustering { kept, .. } => Ok(kept),
            _ => Err(not_open("kept slices")),
        }
    }

    fn compared(&self) -> io::Result<[&Spool; 2]> {
        match &self.open {
            Open::Comparing { prepared, blocks } => Ok([prepared, blocks]),
            _ => Err(not_open("blocks")),
        }
    }

    /// A signature as it was stored, 2 bytes a row; none of a page that is compared with none of the run.
    fn restored(&self, page: usize, bytes: &[u8]) -> Option<Signature> {
        if self.is_known(page) {
            return None;
        }
        let rows = bytes.as_chunks::<2>().0.iter();
        let rows = rows.map(|row| u16::from_le_bytes(*row));
        self.hasher.restored(rows.collect())
    }

    fn changed(&mut self) -> io::Result<&mut (SpoolWriter, Vec<u32>)> {
        if self.changed.is_none() {
            let writer = SpoolWriter::create(self.work.file("changed"))?;
            self.changed = Some((writer, Vec::new()));
        }
        self.changed.as_mut().ok_or_else(|| not_open("changed"))
    }
}

fn not_open(what: &str) -> io::Error {
    io::Error::other(format!("{what} are asked for by a stage that has none"))
}

impl Store for Disk<'_> {
    type Error = Failure;
    type Written = [Vec<u8>; 5];
    type Keys = Vec<u8>;

    const FUSES: bool = false;
    const SKETCHES_ALL: bool = true;

    fn count(&self) -> usize {
        self.pages.len()
    }

    fn source(&self, page: usize) -> Option<&str> {
        self.pages.source(page)
    }

    fn content(&self, page: usize) -> u64 {
        self.pages.content(page)
    }

    fn bytes(&self, page: usize) -> usize {
        self.pages.bytes(page) as usize
    }

    fn bytes_in_work(&self, page: usize) -> u64 {
        self.pages.bytes_in_work(page)
    }

    fn with_pages<R>(
        &self,
        pages: &[usize],
        take: impl FnOnce(&[Page<'_>]) -> R,
    ) -> Result<R, Failure> {
        let loaded = pages.iter().map(|&page| self.pages.load(page));
        let loaded: Vec<Loaded<'_>> = loaded.collect::<io::Result<_>>()?;
        let pages: Vec<Page<'_>> = loaded.iter().map(Loaded::page).collect();
        Ok(take(&pages))
    }

    fn text(&self, page: usize) -> Result<Cow<'_, str>, Failure> {
        Ok(Cow::Owned(self.pages.text(page)?))
    }

    fn has(&self, stage: Stage) -> bool {
        self.work.has(as_written(stage))
    }

    fn finish(&mut self, stage: Stage) -> Result<(), Failure> {
        if stage == Stage::Cleaning {
            let writers = self.writers.get_mut();
            for writer in std::mem::take(writers.unwrap_or_else(PoisonError::into_inner)) {
                writer.finish()?;
            }
        }
        if stage == Stage::Comparing {
            self.changed()?;
            if let Some((writer, pages)) = self.changed.take() {
                writer.finish()?;
                keep(self.work.file("changed-pages"), &pages)?;
            }
        }
        self.work.finish(as_written(stage))?;
        Ok(self.open()?)
    }

    fn texts_at_once(&self) -> u64 {
        self.budget.texts()
    }

    fn written_keys(&self, keys: SourceKeys) -> Result<Vec<u8>, Failure> {
        Ok(compact(&keys)?)
    }

    fn put_keys(&mut self, keys: Vec<u8>) -> Result<(), Failure> {
        let writer = match &mut self.keys_writer {
            Some(writer) => writer,
            none => none.insert(SpoolWriter::create(self.work.file("keys"))?),
        };
        Ok(writer.push(&keys)?)
    }

    fn finish_keys(&mut self) -> Result<(), Failure> {
        self.keys = self
            .keys_writer
            .take()
            .map(SpoolWriter::finish)
            .transpose()?;
        Ok(())
    }

    fn keys(&self, source: usize) -> Result<SourceKeys, Failure> {
        let keys = self.keys.as_ref().ok_or_else(|| not_open("keys"))?;
        Ok(keys.thing_at(source)?)
    }

    fn put_templates(&mut self, templates: &Templates) -> Result<(), Failure> {
        self.keys = None;
        Ok(keep(self.work.file(TEMPLATES), templates)?)
    }

    fn templates(&self) -> Result<Templates, Failure> {
        Run::learned(self.work)
    }

    /// From the first page on of which not all that is left of it is there.
    fn begun(&mut self) -> Result<usize, Failure> {
        let spools = PARTS.map(|name| SpoolWriter::recover(self.work.file(name)));
        let mut spools: Vec<SpoolWriter> = spools.into_iter().collect::<io::Result<_>>()?;
        let sound = spools.iter().map(SpoolWriter::len).min().unwrap_or(0);
        for spool in &mut spools {
            spool.cut(sound)?;
        }
        self.writers = Mutex::new(spools);
        Ok(sound)
    }

    fn written(&self, made: Made) -> Result<[Vec<u8>; 5], Failure> {
        let Made {
            prepared,
            mut sketch,
        } = made;
        let signature = sketch.take_signature();
        let rows = signature.iter().flat_map(|made| made.rows());
        Ok([
            rows.flat_map(|row| row.to_le_bytes()).collect(),
            compact(&prepared.report.kept)?,
            written(&prepared)?,
            prepared.written_sketches().to_vec(),
            compact(&sketch)?,
        ])
    }

    fn put(&self, _: &[usize], made: Vec<[Vec<u8>; 5]>) -> Result<(), Failure> {
        let mut writers = self.writers.lock().unwrap_or_else(PoisonError::into_inner);
        for things in made {
            for (writer, thing) in writers.iter_mut().zip(things) {
                writer.push(&thing)?;
            }
        }
        for writer in writers.iter_mut() {
            writer.flush()?;
        }
        Ok(())
    }

    fn asks(&self) -> bool {
        self.against.is_some()
    }

    fn ask(&mut self, done: &(dyn Fn(u64) + Sync)) -> Result<(), Failure> {
        Ok(against::ask(self.pages, self.against, self.work, done)?)
    }

    fn is_known(&self, page: usize) -> bool {
        self.old.as_ref().is_some_and(|old| old.has(page))
    }

    fn sketches(&self) -> Result<Cow<'_, [PageSketch]>, Failure> {
        let spool = self.spool("sketches")?;
        let mut sketches = Vec::with_capacity(spool.len());
        for page in 0..spool.len() {
            sketches.push(spool.thing_at(page)?);
        }
        Ok(Cow::Owned(sketches))
    }

    fn signature(&self, page: usize) -> Result<Option<Cow<'_, Signature>>, Failure> {
        let rows = self.signatures()?.get(page)?;
        Ok(self.restored(page, &rows).map(Cow::Owned))
    }

    fn each_signature(
        &self,
        pages: Range<usize>,
        take: &mut dyn FnMut(usize, &Signature),
    ) -> Result<(), Failure> {
        let each = self.signatures()?.each(pages, |page, bytes| {
            if let Some(signature) = self.restored(page, bytes) {
                take(page, &signature);
            }
        });
        Ok(each?)
    }

    fn cleaned(&self, page: usize) -> Result<Cow<'_, str>, Failure> {
        Ok(Cow::Owned(kept_text(self.pages, self.slices()?, page)?))
    }

    fn put_clusters(&mut self, clusters: Clusters) -> Result<(), Failure> {
        let mut left_out = clusters.left_out;
        if let Some(old) = &self.old {
            left_out += old.left_out;
        }
        let ended: Clustered = (
            clusters.fates,
            clusters.related,
            clusters.related_left_out,
            left_out,
        );
        Ok(keep(self.work.file("clusters"), &ended)?)
    }

    fn is_kept(&self, page: usize) -> Result<bool, Failure> {
        Ok(self.fates[page] == Fate::Kept)
    }

    fn prepared(&self, page: usize) -> Result<Cow<'_, Prepared>, Failure> {
        let [prepared, _] = self.compared()?;
        Ok(Cow::Owned(prepared.thing_at(page)?))
    }

    fn blocks(&self, page: usize) -> Result<Vec<BlockSketch>, Failure> {
        let [_, blocks] = self.compared()?;
        Ok(BlockSketch::read_all(&blocks.get(page)?).collect())
    }

    fn each_blocks(&self, take: &mut dyn FnMut(usize, &[BlockSketch])) -> Result<(), Failure> {
        let [_, spool] = self.compared()?;
        let mut blocks = Vec::new();
        let each = spool.each(0..spool.len(), |page, bytes| {
            blocks.clear();
            blocks.extend(BlockSketch::read_all(bytes));
            take(page, &blocks);
        });
        Ok(each?)
    }

    fn table(&self, _: usize) -> usize {
        self.budget.table()
    }

    fn put_changed(&mut self, page: usize, prepared: Prepared) -> Result<(), Failure> {
        let (writer, pages) = self.changed()?;
        writer.push(&written(&prepared)?)?;
        pages.push(page as u32);
        Ok(())
    }
}
