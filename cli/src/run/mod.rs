//! A run over pages that need not fit into memory: the library's stages, with what they know on disk.

pub mod pages;
mod signatures;
mod spool;

use crate::failure::Failure;
use crate::progress::Progress;
use pages::Pages;
use rayon::prelude::*;
use signatures::Storing;
use spool::{Spool, SpoolWriter, written};
use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io;
use std::path::Path;
use twicetold::boilerplate::template::{SourceKeys, Template, Templates};
use twicetold::lsh::Banding;
use twicetold::repeat::BlockSketch;
use twicetold::report::{Fate, LeftOut, PageReport, Related};
use twicetold::{Deduplicator, Page, PageSketch, Prepared};

/// What became of the pages, and where it stands.
pub struct Outcome {
    pub fates: Vec<Fate>,
    pub related: Vec<Related>,
    pub left_out: LeftOut,
    pub banding: Banding,
    prepared: Spool,
    /// What changed when kept pages were compared with each other.
    changed: HashMap<usize, Prepared>,
}

impl Outcome {
    /// What was found in a page.
    pub fn report(&self, page: usize) -> io::Result<PageReport> {
        let mut prepared = match self.changed.get(&page) {
            Some(changed) => changed.clone(),
            None => prepared(&self.prepared.get(page)?)?,
        };
        prepared.report.fate = self.fates[page];
        Ok(prepared.report)
    }
}

/// Pages that are prepared at once.
const STRETCH: usize = 512;

/// Cleans and deduplicates `pages`, as [`Deduplicator::run_with`] does; `work` is a folder for what is too
/// much for memory.
pub fn run(
    deduplicator: &Deduplicator,
    pages: &Pages,
    known: &Templates,
    work: &Path,
    progress: &Progress,
) -> Result<Outcome, Failure> {
    let all = Some(pages.len() as u64);
    progress.stage("learning", all);
    let templates = learn(deduplicator, pages, known, work, progress).map_err(Failure::run)?;
    progress.stage("cleaning", all);
    let template_of = |source: &str| {
        known
            .of_source(source)
            .or_else(|| templates.of_source(source))
    };
    let mut prepared =
        prepare(deduplicator, pages, template_of, work, progress).map_err(Failure::run)?;
    progress.stage("clustering", all);
    let order = deduplicator.order(&prepared.sketches);
    let sketches = std::mem::take(&mut prepared.sketches);
    let text = |page: usize| Cow::Owned(kept_text(pages, &prepared.kept, page));
    let clusters = deduplicator.clusters_by(&order, &sketches, &prepared.signatures, text);
    drop(sketches);
    prepared.signatures.check().map_err(Failure::run)?;
    prepared.kept.check().map_err(Failure::run)?;
    progress.add(pages.len() as u64);
    progress.stage("comparing", all);
    for (blocks, fate) in prepared.blocks.iter_mut().zip(&clusters.fates) {
        if *fate != Fate::Kept {
            *blocks = Box::default();
        }
    }
    let changed = across(
        deduplicator,
        pages,
        &order,
        &clusters.fates,
        &prepared.whole,
        &prepared.blocks,
    )
    .map_err(Failure::run)?;
    progress.add(pages.len() as u64);
    pages.check().map_err(Failure::run)?;
    Ok(Outcome {
        fates: clusters.fates,
        related: clusters.related,
        left_out: clusters.left_out,
        banding: deduplicator.banding(),
        prepared: prepared.whole,
        changed,
    })
}

/// The templates of sources that are not in `known`, each learned from its own pages.
fn learn(
    deduplicator: &Deduplicator,
    pages: &Pages,
    known: &Templates,
    work: &Path,
    progress: &Progress,
) -> io::Result<Templates> {
    let of_source = pages.by_source();
    let names = pages.sources.iter().map(String::as_str);
    let mut unknown: Vec<(&str, &[u32])> = names
        .zip(of_source.iter().map(Vec::as_slice))
        .filter(|(name, _)| known.of_source(name).is_none())
        .collect();
    unknown.sort_unstable();
    let mut templates = Vec::with_capacity(unknown.len());
    let mut keys = SpoolWriter::create(work.join("keys"))?;
    for sources in together(&unknown, pages) {
        let learned: Vec<(Option<Template>, Vec<u8>)> = sources
            .par_iter()
            .map(|(_, its)| {
                let loaded: Vec<_> = its.iter().map(|page| pages.load(*page as usize)).collect();
                let of: Vec<Page<'_>> = loaded.iter().map(pages::Loaded::page).collect();
                let (template, keys) = deduplicator.learn_source(&of).into_parts();
                progress.add(its.len() as u64);
                Ok((template, written(&keys)?))
            })
            .collect::<io::Result<_>>()?;
        for ((name, _), (template, its)) in sources.iter().zip(learned) {
            templates.push((*name, template));
            keys.push(&its)?;
        }
    }
    pages.check()?;
    let keys = keys.finish()?;
    let all = (0..keys.len()).map(|source| keys.thing::<SourceKeys>(source));
    let templates = Templates::of_counted(templates, all);
    keys.check()?;
    Ok(templates)
}

/// Bytes of text of sources that are learned from at once, unless one alone has more.
const TOGETHER: u64 = 32 << 20;

/// Sources that are learned from at once, one stretch after the other.
fn together<'a, 's>(
    mut sources: &'a [(&'s str, &'s [u32])],
    pages: &Pages,
) -> Vec<&'a [(&'s str, &'s [u32])]> {
    let mut stretches = Vec::new();
    while !sources.is_empty() {
        let mut bytes = 0;
        let fits = sources.iter().take_while(|(_, its)| {
            bytes += its
                .iter()
                .map(|page| pages.bytes(*page as usize))
                .sum::<u64>();
            bytes <= TOGETHER
        });
        let (stretch, rest) = sources.split_at(fits.count().max(1));
        stretches.push(stretch);
        sources = rest;
    }
    stretches
}

/// What cleaning made of the pages.
struct AllPrepared {
    sketches: Vec<PageSketch>,
    signatures: signatures::Stored,
    /// How the blocks of each page are looked for on others.
    blocks: Vec<Box<[BlockSketch]>>,
    /// The slices of each text that stay.
    kept: Spool,
    /// Everything else.
    whole: Spool,
}

fn prepare<'t>(
    deduplicator: &Deduplicator,
    pages: &Pages,
    template_of: impl Fn(&str) -> Option<&'t Template> + Sync,
    work: &Path,
    progress: &Progress,
) -> io::Result<AllPrepared> {
    let mut signatures = Storing::create(work.join("signatures"), deduplicator.hasher())?;
    let mut kept = SpoolWriter::create(work.join("kept"))?;
    let mut whole = SpoolWriter::create(work.join("prepared"))?;
    let mut sketches = Vec::with_capacity(pages.len());
    let mut blocks = Vec::with_capacity(pages.len());
    for first in (0..pages.len()).step_by(STRETCH) {
        let stretch = first..pages.len().min(first + STRETCH);
        let prepared: Vec<(Prepared, PageSketch)> = stretch
            .into_par_iter()
            .map(|page| {
                let loaded = pages.load(page);
                let template = pages.source(page).and_then(&template_of);
                deduplicator.prepare(&loaded.page(), template)
            })
            .collect();
        progress.add(prepared.len() as u64);
        for (prepared, mut sketch) in prepared {
            signatures.push(sketch.take_signature().as_ref())?;
            kept.push(&written(&prepared.report.kept)?)?;
            whole.push(&written(&prepared)?)?;
            blocks.push(prepared.sketches().into());
            sketches.push(sketch);
        }
    }
    pages.check()?;
    Ok(AllPrepared {
        sketches,
        signatures: signatures.finish()?,
        blocks,
        kept: kept.finish()?,
        whole: whole.finish()?,
    })
}

/// The cleaned text of a page.
fn kept_text(pages: &Pages, kept: &Spool, page: usize) -> String {
    let text = pages.text(page);
    let slices: Vec<twicetold::Span> = kept.thing(page);
    match &slices[..] {
        [all] if all.range() == (0..text.len()) => text,
        slices => slices
            .iter()
            .filter_map(|slice| text.get(slice.range()))
            .collect(),
    }
}

/// What kept pages have in common with kept pages of higher rank: those that it changes.
fn across(
    deduplicator: &Deduplicator,
    pages: &Pages,
    order: &[usize],
    fates: &[Fate],
    whole: &Spool,
    blocks: &[Box<[BlockSketch]>],
) -> io::Result<HashMap<usize, Prepared>> {
    let kept = order.iter().copied();
    let kept: Vec<usize> = kept.filter(|&page| fates[page] == Fate::Kept).collect();
    let sketches: Vec<&[BlockSketch]> = kept.iter().map(|&page| &blocks[page][..]).collect();
    let words = |place: usize, block: usize| -> Cow<'static, [u64]> {
        let page = kept[place];
        match whole.thing::<Option<Prepared>>(page) {
            Some(prepared) => prepared.block_words(&pages.text(page), block),
            None => Cow::Borrowed(&[]),
        }
    };
    let found = deduplicator.shared_blocks(&sketches, words);
    whole.check()?;
    let mut changed = HashMap::new();
    for (place, repeats) in found {
        let mut owners = HashMap::new();
        for repeat in &repeats {
            if let Entry::Vacant(place) = owners.entry(repeat.owner) {
                let page = kept[repeat.owner];
                place.insert((page, pages.text(page), prepared(&whole.get(page)?)?));
            }
        }
        let owner = |place: usize| {
            let (page, text, prepared) = &owners[&place];
            (*page, &text[..], prepared)
        };
        let page = kept[place];
        let mut own = prepared(&whole.get(page)?)?;
        let loaded = pages.load(page);
        deduplicator.share(&loaded.page(), &mut own, &repeats, owner);
        changed.insert(page, own);
    }
    Ok(changed)
}

fn prepared(bytes: &[u8]) -> io::Result<Prepared> {
    rmp_serde::from_slice(bytes).map_err(io::Error::other)
}
