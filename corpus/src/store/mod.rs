//! A run over pages that need not fit into memory: the library's stages, with what they know on disk.
//!
//! Each stage leaves its files in the [`Workspace`]; a run that goes on where another was stopped
//! opens those of the stages that are done. Cleaning, the longest, goes on in its midst.

pub mod against;
pub mod budget;
mod disk;
pub mod pages;
pub mod space;
pub mod spool;
pub mod workspace;

use crate::failure::Failure;
use crate::progress::Progress;
use against::{Against, Old, OldCopies};
use budget::Budget;
use disk::Disk;
use pages::Pages;
use spool::{Spool, kept};
use std::collections::HashMap;
use std::io;
use twicetold::boilerplate::template::Templates;
use twicetold::report::{Fate, LeftOut, PageReport, Related};
use twicetold::{Deduplicator, Prepared, Span, Step, Stop, Watch};
use workspace::Workspace;

/// What became of the pages, and where it stands.
pub struct Outcome {
    pub fates: Vec<Fate>,
    pub related: Vec<Related>,
    /// Pairs of related pages that are not listed.
    pub related_left_out: usize,
    pub left_out: LeftOut,
    prepared: Spool,
    /// What changed when kept pages were compared with each other.
    changed: Spool,
    /// The places in it of pages that it has.
    changed_at: HashMap<u32, u32>,
    /// Pages that an index has already.
    pub old: OldCopies,
}

impl Outcome {
    /// Of a run all of whose stages are done.
    pub fn open(work: &Workspace, pages: usize) -> io::Result<Outcome> {
        let (fates, related, related_left_out, left_out) = clusters(work, pages)?;
        let changed: Vec<u32> = kept(work.file("changed-pages"))?;
        Ok(Outcome {
            fates,
            related,
            related_left_out,
            left_out,
            prepared: Spool::open_all(work.file("prepared"), pages)?,
            changed: Spool::open_all(work.file("changed"), changed.len())?,
            changed_at: changed.into_iter().zip(0..).collect(),
            old: OldCopies::open(work, pages)?,
        })
    }

    /// What was found in a page, and the old page that it is a copy of; that is no page of the run, and its fate
    /// names itself then.
    pub fn report(&self, page: usize) -> io::Result<(PageReport, Option<Old>)> {
        let mut prepared: Prepared = match self.changed_at.get(&(page as u32)) {
            Some(place) => self.changed.thing_at(*place as usize)?,
            None => self.prepared.thing_at(page)?,
        };
        let old = self.old.of(page)?;
        prepared.report.fate = match &old {
            Some(old) => Fate::Removed {
                keeper: page,
                overlap: old.overlap,
            },
            None => self.fates[page],
        };
        Ok((prepared.report, old))
    }
}

/// The file of templates.
const TEMPLATES: &str = "templates";

/// A run over `pages`.
pub struct Run<'r> {
    pub deduplicator: &'r Deduplicator,
    pub pages: &'r Pages,
    /// Templates of sources that are not learned from.
    pub known: &'r Templates,
    /// What is a copy of a page in it goes.
    pub against: Option<&'r Against>,
    pub budget: Budget,
    pub progress: &'r Progress,
}

impl Run<'_> {
    /// Cleans and deduplicates the pages, as [`Deduplicator::run_with`] does.
    pub fn outcome(&self, work: &mut Workspace) -> Result<Outcome, Failure> {
        let tell = |step: Step| match step {
            Step::Began {
                stage,
                pages,
                at_once: true,
                ..
            } => self.progress.at_once(stage.name(), pages),
            Step::Began { stage, pages, .. } => self.progress.stage(stage.name(), Some(pages)),
            Step::Done(pages) => self.progress.add(pages),
            _ => {}
        };
        let watch = Watch::new().telling(&tell).until(self.progress.cancel());
        let mut disk = Disk::new(self, work)?;
        match self.deduplicator.run_in(&mut disk, self.known, &watch) {
            Ok(_) => {}
            Err(Stop::Failed(failure)) => return Err(failure),
            Err(Stop::Cancelled) => return Err(Failure::cancelled()),
        }
        drop(disk);
        Ok(Outcome::open(work, self.pages.len())?)
    }

    /// The templates that were learned.
    pub fn learned(work: &Workspace) -> Result<Templates, Failure> {
        kept(work.file(TEMPLATES)).map_err(Failure::run)
    }
}

/// What clustering found.
type Clustered = (Vec<Fate>, Vec<Related>, usize, LeftOut);

fn clusters(work: &Workspace, pages: usize) -> io::Result<Clustered> {
    let path = work.file("clusters");
    let found: Clustered = kept(path.clone())?;
    match found.0.len() == pages {
        true => Ok(found),
        false => Err(spool::damaged(&path)),
    }
}

/// The cleaned text of a page.
fn kept_text(pages: &Pages, kept: &Spool, page: usize) -> io::Result<String> {
    let text = pages.text(page)?;
    let slices: Vec<Span> = kept.thing_at(page)?;
    Ok(match &slices[..] {
        [all] if all.range() == (0..text.len()) => text,
        slices => slices
            .iter()
            .filter_map(|slice| text.get(slice.range()))
            .collect(),
    })
}
