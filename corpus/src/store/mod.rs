//! A run over pages that need not fit into memory: the library's stages, with what they know on disk.
//!
//! Each stage leaves its files in the [`Workspace`]; a run that goes on where another was stopped
//! opens those of the stages that are done. Cleaning, the longest, goes on in its midst.

pub mod against;
mod blocks;
pub mod budget;
pub mod pages;
mod signatures;
pub mod space;
pub mod spool;
pub mod workspace;

use crate::failure::Failure;
use crate::progress::Progress;
use crate::store::workspace::{Stage, Workspace};
use against::{Against, Old, OldCopies};
use blocks::StoredBlocks;
use budget::Budget;
use pages::Pages;
use rayon::prelude::*;
use signatures::{Stored, rows};
use spool::{Spool, SpoolWriter, compact, keep, kept, written};
use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io;
use twicetold::boilerplate::template::{SourceKeys, Template, Templates};
use twicetold::cluster::Clusters;
use twicetold::report::{Fate, LeftOut, PageReport, Related};
use twicetold::{Deduplicator, Page, PageSketch, Prepared, Span};

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

/// Pages that are prepared at once, at most.
const STRETCH: usize = 512;

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
        let all = self.pages.len() as u64;
        if !work.has(Stage::Cleaning) {
            let templates = self.templates(work)?;
            self.progress.stage(Stage::Cleaning.name(), Some(all));
            self.prepare(&templates, work).map_err(Failure::run)?;
            work.finish(Stage::Cleaning)?;
        }
        if !work.has(Stage::Asking) {
            self.ask(work).map_err(Failure::run)?;
            work.finish(Stage::Asking)?;
        }
        let old = OldCopies::open(work, self.pages.len()).map_err(Failure::run)?;
        if !work.has(Stage::Clustering) {
            self.progress.at_once(Stage::Clustering.name(), all);
            self.cluster(&old, work).map_err(Failure::run)?;
            work.finish(Stage::Clustering)?;
            self.progress.add(all);
        }
        if !work.has(Stage::Comparing) {
            self.progress.at_once(Stage::Comparing.name(), all);
            self.share(&old, work).map_err(Failure::run)?;
            work.finish(Stage::Comparing)?;
            self.progress.add(all);
        }
        Outcome::open(work, self.pages.len()).map_err(Failure::run)
    }

    /// The templates that were learned.
    pub fn learned(work: &Workspace) -> Result<Templates, Failure> {
        kept(work.file(TEMPLATES)).map_err(Failure::run)
    }

    /// The templates by which pages are cleaned, but for those that are known: as they were learned, or now.
    fn templates(&self, work: &mut Workspace) -> Result<Templates, Failure> {
        if work.has(Stage::Learning) {
            return Run::learned(work);
        }
        let path = work.file(TEMPLATES);
        let all = Some(self.pages.len() as u64);
        self.progress.stage(Stage::Learning.name(), all);
        let templates = self.learn(work).map_err(Failure::run)?;
        keep(path, &templates).map_err(Failure::run)?;
        work.finish(Stage::Learning)?;
        Ok(templates)
    }

    /// The templates of sources that are not known, each learned from its own pages.
    fn learn(&self, work: &Workspace) -> io::Result<Templates> {
        let pages = self.pages;
        let of_source = pages.by_source();
        let names = pages.sources.iter().map(String::as_str);
        let mut unknown: Vec<(&str, &[u32])> = names
            .zip(of_source.iter().map(Vec::as_slice))
            .filter(|(name, _)| self.known.of_source(name).is_none())
            .collect();
        unknown.sort_unstable();
        let mut templates = Vec::with_capacity(unknown.len());
        let mut keys = SpoolWriter::create(work.file("keys"))?;
        for sources in together(&unknown, pages, self.budget.texts()) {
            let learned: Vec<(Option<Template>, Vec<u8>)> = sources
                .par_iter()
                .map(|(_, its)| {
                    let loaded = its.iter().map(|page| pages.load(*page as usize));
                    let loaded: Vec<_> = loaded.collect::<io::Result<_>>()?;
                    let of: Vec<Page<'_>> = loaded.iter().map(pages::Loaded::page).collect();
                    let (template, keys) = self.deduplicator.learn_source(&of).into_parts();
                    self.progress.add(its.len() as u64);
                    Ok((template, compact(&keys)?))
                })
                .collect::<io::Result<_>>()?;
            for ((name, _), (template, its)) in sources.iter().zip(learned) {
                templates.push((*name, template));
                keys.push(&its)?;
            }
        }
        let keys = keys.finish()?;
        let all = (0..keys.len()).map(|source| keys.thing::<SourceKeys>(source));
        let templates = Templates::of_counted(templates, all);
        keys.check()?;
        Ok(templates)
    }

    /// Cleans all pages, from the first on of which not all that is left of it is there.
    fn prepare(&self, learned: &Templates, work: &Workspace) -> io::Result<()> {
        let names = ["signatures", "kept", "prepared", "blocks", "sketches"];
        let spools = names.map(|name| SpoolWriter::recover(work.file(name)));
        let mut spools: Vec<SpoolWriter> = spools.into_iter().collect::<io::Result<_>>()?;
        let sound = spools.iter().map(SpoolWriter::len).min().unwrap_or(0);
        for spool in &mut spools {
            spool.cut(sound)?;
        }
        let pages = self.pages;
        self.progress.add(sound as u64);
        let mut first = sound;
        while first < pages.len() {
            let rest = first..pages.len().min(first + STRETCH);
            let bytes = rest.map(|page| pages.bytes_in_work(page));
            let stretch = first..first + fitting(bytes, self.budget.texts());
            first = stretch.end;
            let prepared: Vec<[Vec<u8>; 5]> = stretch
                .into_par_iter()
                .map(|page| {
                    let loaded = pages.load(page)?;
                    let source = pages.source(page);
                    let known = source.and_then(|source| self.known.of_source(source));
                    let learned = source.and_then(|source| learned.of_source(source));
                    let template = known.or(learned);
                    let (prepared, mut sketch) =
                        self.deduplicator.prepare(&loaded.page(), template);
                    Ok([
                        rows(sketch.take_signature().as_ref()),
                        compact(&prepared.report.kept)?,
                        written(&prepared)?,
                        prepared.written_sketches().to_vec(),
                        compact(&sketch)?,
                    ])
                })
                .collect::<io::Result<_>>()?;
            self.progress.add(prepared.len() as u64);
            for things in prepared {
                for (spool, thing) in spools.iter_mut().zip(things) {
                    spool.push(&thing)?;
                }
            }
            for spool in &mut spools {
                spool.flush()?;
            }
        }
        Ok(())
    }

    /// Which pages stay.
    fn cluster(&self, old: &OldCopies, work: &Workspace) -> io::Result<()> {
        let sketches = self.sketches(work)?;
        let signatures = Spool::open_all(work.file("signatures"), self.pages.len())?;
        let signatures = Stored::new(signatures, self.deduplicator.hasher(), old);
        let slices = Spool::open_all(work.file("kept"), self.pages.len())?;
        let order = self.deduplicator.order(&sketches);
        let pages = self.pages;
        let text = |page: usize| Cow::Owned(pages.or_nothing(|| kept_text(pages, &slices, page)));
        let clusters = self
            .deduplicator
            .clusters_by(&order, &sketches, &signatures, text);
        signatures.check()?;
        pages.check()?;
        let mut left_out = clusters.left_out;
        left_out += old.left_out;
        let Clusters {
            fates,
            related,
            related_left_out,
            ..
        } = clusters;
        let ended: Clustered = (fates, related, related_left_out, left_out);
        keep(work.file("clusters"), &ended)
    }

    fn sketches(&self, work: &Workspace) -> io::Result<Vec<PageSketch>> {
        let spool = Spool::open_all(work.file("sketches"), self.pages.len())?;
        let mut sketches = Vec::with_capacity(spool.len());
        for page in 0..spool.len() {
            sketches.push(spool.thing_at(page)?);
        }
        Ok(sketches)
    }

    /// What kept pages have in common with kept pages of higher rank: those that it changes.
    fn share(&self, old: &OldCopies, work: &Workspace) -> io::Result<()> {
        let (fates, ..) = clusters(work, self.pages.len())?;
        let pages = self.pages;
        let order = self.deduplicator.order(&self.sketches(work)?).into_iter();
        let stays = |page: &usize| fates[*page] == Fate::Kept && !old.has(*page);
        let kept: Vec<usize> = order.filter(stays).collect();
        let whole = Spool::open_all(work.file("prepared"), self.pages.len())?;
        let blocks = StoredBlocks::new(
            Spool::open_all(work.file("blocks"), self.pages.len())?,
            &kept,
        );
        let text = |place: usize, block: usize| -> Cow<'static, str> {
            let page = kept[place];
            pages.or_nothing(|| {
                let prepared: Prepared = whole.thing_at(page)?;
                let text = pages.text(page)?;
                Ok(prepared.block_text(&text, block).into_owned().into())
            })
        };
        let table = self.budget.table();
        let found = self.deduplicator.shared_blocks(&blocks, text, table);
        blocks.check()?;
        pages.check()?;
        let mut changed = SpoolWriter::create(work.file("changed"))?;
        let mut changed_pages = Vec::with_capacity(found.len());
        for (place, repeats) in found {
            let mut owners = HashMap::new();
            for repeat in &repeats {
                if let Entry::Vacant(place) = owners.entry(repeat.owner) {
                    let page = kept[repeat.owner];
                    let prepared: Prepared = whole.thing_at(page)?;
                    place.insert((page, pages.text(page)?, prepared));
                }
            }
            let owner = |place: usize| {
                let (page, text, prepared) = &owners[&place];
                (*page, &text[..], prepared)
            };
            let page = kept[place];
            let mut own: Prepared = whole.thing_at(page)?;
            let loaded = pages.load(page)?;
            self.deduplicator
                .share(&loaded.page(), &mut own, &repeats, owner);
            changed.push(&written(&own)?)?;
            changed_pages.push(page as u32);
        }
        changed.finish()?;
        keep(work.file("changed-pages"), &changed_pages)
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

/// Sources that are learned from at once, one stretch after the other: of so many bytes of text, unless one alone
/// has more.
fn together<'a, 's>(
    mut sources: &'a [(&'s str, &'s [u32])],
    pages: &Pages,
    most: u64,
) -> Vec<&'a [(&'s str, &'s [u32])]> {
    let mut stretches = Vec::new();
    while !sources.is_empty() {
        let bytes = |its: &[u32]| -> u64 {
            let pages = its.iter().map(|page| pages.bytes_in_work(*page as usize));
            pages.sum()
        };
        let fit = fitting(sources.iter().map(|(_, its)| bytes(its)), most);
        let (stretch, rest) = sources.split_at(fit);
        stretches.push(stretch);
        sources = rest;
    }
    stretches
}

/// How many of the next things are in work at once: of `most` bytes together, unless the first alone has more.
/// However many threads there are, they hold no more than these.
fn fitting(bytes: impl Iterator<Item = u64>, most: u64) -> usize {
    let sums = bytes.scan(0_u64, |sum, bytes| {
        *sum = sum.saturating_add(bytes);
        Some(*sum)
    });
    sums.take_while(|sum| *sum <= most).count().max(1)
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

#[cfg(test)]
mod tests {
    use super::fitting;

    #[test]
    fn no_more_is_in_work_than_fits() {
        let fits = |bytes: &[u64]| fitting(bytes.iter().copied(), 10);
        assert_eq!(fits(&[5, 5, 1]), 2);
        assert_eq!(fits(&[5, 6]), 1);
        assert_eq!(fits(&[11, 1]), 1);
        assert_eq!(fits(&[0, 10, 0, 0]), 4);
        assert_eq!(fits(&[u64::MAX, u64::MAX]), 1);
    }
}
