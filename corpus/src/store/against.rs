//! Pages that an index has already.

use super::kept_text;
use super::pages::Pages;
use super::spool::{Spool, SpoolWriter, compact, keep, kept};
use crate::index::OldPages;
use crate::store::workspace::Workspace;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::io;
use twicetold::lsh::LeftOut;
use twicetold::verify::Overlap;

/// An index that the pages of a run are looked up in.
pub struct Against {
    pub pages: OldPages,
    /// Its name, for the ledger.
    pub name: String,
}

/// The old page that a page of the run is a copy of.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Old {
    pub id: String,
    /// What the two share, exactly; the new page is the left one.
    pub overlap: Overlap,
}

/// Which pages of a run are copies of old ones; none, where it has no index.
pub struct OldCopies {
    found: Spool,
    is_old: Vec<bool>,
    /// Comparisons with old pages that were left out.
    pub left_out: LeftOut,
}

/// Pages that are looked up at once.
const STRETCH: usize = 512;

impl OldCopies {
    /// As they were found.
    pub fn open(work: &Workspace, pages: usize) -> io::Result<Self> {
        let found = Spool::open_all(work.file("old"), pages)?;
        let mut is_old = Vec::with_capacity(found.len());
        found.each(0..found.len(), |_, bytes| is_old.push(!bytes.is_empty()))?;
        Ok(OldCopies {
            found,
            is_old,
            left_out: kept(work.file("old-left-out"))?,
        })
    }

    /// Whether a page is one.
    pub fn has(&self, page: usize) -> bool {
        self.is_old.get(page).is_some_and(|old| *old)
    }

    pub fn count(&self) -> usize {
        self.is_old.iter().filter(|old| **old).count()
    }

    /// The old page that a page is a copy of.
    pub fn of(&self, page: usize) -> io::Result<Option<Old>> {
        match self.has(page) {
            true => self.found.thing_at(page).map(Some),
            false => Ok(None),
        }
    }
}

/// Looks up all pages that may be removed, and keeps which are copies of old ones; tells `done` how many it looked up.
pub(super) fn ask(
    pages: &Pages,
    against: Option<&Against>,
    work: &Workspace,
    done: &(dyn Fn(u64) + Sync),
) -> io::Result<()> {
    let mut spool = SpoolWriter::create(work.file("old"))?;
    let mut left_out = LeftOut::default();
    match against {
        Some(against) => look_up(pages, &against.pages, work, &mut spool, &mut left_out, done)?,
        None => (0..pages.len()).try_for_each(|_| spool.push(&[]))?,
    }
    spool.finish()?;
    keep(work.file("old-left-out"), &left_out)
}

fn look_up(
    pages: &Pages,
    index: &OldPages,
    work: &Workspace,
    spool: &mut SpoolWriter,
    left_out: &mut LeftOut,
    done: &(dyn Fn(u64) + Sync),
) -> io::Result<()> {
    let slices = Spool::open_all(work.file("kept"), pages.len())?;
    for first in (0..pages.len()).step_by(STRETCH) {
        let stretch = first..pages.len().min(first + STRETCH);
        let asked = stretch.into_par_iter().map(|page| {
            if pages.is_protected(page) {
                return Ok((Vec::new(), LeftOut::default()));
            }
            let found = index.find(&kept_text(pages, &slices, page)?)?;
            let old = found.copy_of.map(|old| Old {
                id: old.id,
                overlap: old.overlap,
            });
            let old = old.map(|old| compact(&old)).transpose()?;
            Ok((old.unwrap_or_default(), found.left_out))
        });
        let asked: Vec<(Vec<u8>, LeftOut)> = asked.collect::<io::Result<_>>()?;
        done(asked.len() as u64);
        for (old, its) in asked {
            spool.push(&old)?;
            *left_out += its;
        }
    }
    Ok(())
}
