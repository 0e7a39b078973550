//! An index written whole, of old pages and new ones.

use super::file::{Source, Summed, named, u64_at};
use super::header::{Counts, HEADER, Header, Sections};
use super::old::{OldPages, read_slot};
use super::page::{self, Slot, sum_record};
use super::section::Section;
use super::settings::Settings;
use super::sort::{Sorter, created};
use super::table::{Entry, Stream, TableWriter};
use super::{MORE_TABLES, more_tables};
use rayon::prelude::*;
use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use twicetold::lsh::MOST_SPLITS;
use twicetold::sketch::MinHasher;
use twicetold::word::FoldedWords;
use xxhash_rust::xxh3::Xxh3;

/// Pages that wait to go into an index.
pub struct Spooled {
    pub records: Source,
    pub slots: Source,
    /// Hashes of the words and of the id of each.
    pub hashes: Source,
    pub pages: u32,
    /// What became of the pages that were given, as far as that is known.
    pub counts: Counts,
}

impl Spooled {
    fn slot(&self, settings: &Settings, page: u32) -> io::Result<Slot> {
        read_slot(&self.slots, 0, settings, self.pages.into(), page)
    }

    fn record(&self, slot: &Slot) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; slot.len as usize];
        self.records.read(slot.at, &mut bytes)?;
        Ok(bytes)
    }

    fn words(&self, settings: &Settings, page: u32) -> io::Result<FoldedWords> {
        let slot = self.slot(settings, page)?;
        let record = page::parsed(&self.record(&slot)?);
        let record = record.ok_or_else(|| self.records.damaged(slot.at, "no page is there"))?;
        Ok(record.words)
    }

    fn hashes(&self, page: u32) -> io::Result<[u64; 2]> {
        let mut bytes = [0; 16];
        self.hashes.read(16 * u64::from(page), &mut bytes)?;
        Ok([0, 8].map(|at| u64_at(&bytes, at)))
    }
}

type Out = Summed<BufWriter<File>>;

/// Pages whose keys are made at once.
const STRETCH: usize = 4096;

/// Writes an index of all pages to `path`, to disk. What is too much to sort in `memory` bytes goes to `work`.
pub fn write(
    path: &Path,
    old: Option<&OldPages>,
    settings: &Settings,
    new: &Spooled,
    work: &Path,
    memory: usize,
) -> io::Result<Counts> {
    let before = old.map(|old| old.header.counts).unwrap_or_default();
    let sorter = |name: &str| Sorter::new(work.join(name), memory);
    let same = same(old, settings, new, sorter("texts"))?;
    let first = before.pages as u32;
    // The new pages that stay, each with the number it gets.
    let going_in = || {
        let mut same = same.iter().copied().peekable();
        let stay = (0..new.pages).filter(move |page| same.next_if_eq(page).is_none());
        (first..).zip(stay)
    };
    let file = created(path)?;
    let read = Source::new(path.to_owned(), file.try_clone()?);
    let mut out = Summed::new(BufWriter::with_capacity(1 << 20, file), path);
    out.write_all(&[0; HEADER])?;
    let _ = out.take_sum();

    if let Some(old) = old {
        copy(old, old.header.sections.pages, &mut out)?;
    }
    for (number, page) in going_in() {
        let mut record = new.record(&new.slot(settings, page)?)?;
        sum_record(&mut record, number);
        out.write_all(&record)?;
    }
    let pages = ended(&mut out, HEADER as u64);

    if let Some(old) = old {
        copy(old, old.header.sections.slots, &mut out)?;
    }
    let mut at = old.map_or(HEADER as u64, |old| old.header.sections.pages.end());
    for (number, page) in going_in() {
        let mut slot = new.slot(settings, page)?;
        slot.at = at;
        at += u64::from(slot.len);
        out.write_all(&slot.written(number))?;
    }
    let slots = ended(&mut out, pages.end());
    // Further rows are read there.
    out.flush()?;

    let count = before.pages + u64::from(new.pages) - same.len() as u64;
    let hasher = settings.hasher().map_err(io::Error::other)?;
    let keys = keys(settings, &hasher, new, going_in(), sorter("keys"))?;
    let mut tables = Merging {
        settings,
        read: &read,
        hasher: &hasher,
        slots,
        pages: count,
        equal_ids: 0,
    };
    let fences = tables.write(old, keys.sorted()?, &mut out)?;
    let equal_ids = tables.equal_ids;
    let tables = ended(&mut out, slots.end());
    out.write_all(&fences)?;
    let fences = ended(&mut out, tables.end());

    let counts = Counts {
        pages: count,
        given: before.given + new.counts.given,
        same: before.same + same.len() as u64,
        wordless: before.wordless + new.counts.wordless,
        equal_ids,
    };
    let header = Header {
        settings: *settings,
        counts,
        sections: Sections {
            pages,
            slots,
            tables,
            fences,
        },
        sum: 0,
    };
    let wrong = |error: io::Error| named(path, &error);
    let file = out.inner.into_inner().map_err(|error| error.into_error());
    let mut file = file.map_err(wrong)?;
    let written = io::Seek::rewind(&mut file)
        .and_then(|()| file.write_all(&header.written()))
        .and_then(|()| file.sync_all());
    written.map_err(wrong)?;
    Ok(counts)
}

/// The section that begins at `at` and ends here.
fn ended(out: &mut Out, at: u64) -> Section {
    Section {
        at,
        len: out.len - at,
        sum: out.take_sum(),
    }
}

/// Copies a section of the old file, and checks it on the way.
fn copy(old: &OldPages, section: Section, out: &mut Out) -> io::Result<()> {
    let mut sum = Xxh3::new();
    each_megabyte(old, section, |bytes| {
        sum.update(bytes);
        out.write_all(bytes)
    })?;
    match sum.digest() == section.sum {
        true => Ok(()),
        false => Err(old
            .file
            .damaged(section.at, "the sum of a section is another")),
    }
}

/// Hands a section to `take`, part by part.
pub fn each_megabyte(
    old: &OldPages,
    section: Section,
    mut take: impl FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<()> {
    let mut bytes = vec![0; 1 << 20];
    let mut at = section.at;
    while at < section.end() {
        let len = (section.end() - at).min(bytes.len() as u64);
        let part = &mut bytes[..len as usize];
        old.file.read(at, part)?;
        take(part)?;
        at += len;
    }
    Ok(())
}

/// Pages of one hash that the words of a page are compared with at most: that two texts share one is rare
/// enough, and what is stored twice is none the worse.
const MOST_COMPARED: usize = 8;

/// The new pages whose words are all the same as those of an earlier page, in their order.
fn same(
    old: Option<&OldPages>,
    settings: &Settings,
    new: &Spooled,
    mut sorter: Sorter,
) -> io::Result<Vec<u32>> {
    for page in 0..new.pages {
        let [text, _] = new.hashes(page)?;
        sorter.push(Entry {
            table: 0,
            key: text,
            page,
        })?;
    }
    let mut same = Vec::new();
    let mut sorted = Ahead::new(sorter.sorted()?)?;
    while let Some(Entry { table, key, page }) = sorted.next {
        let mut known: Vec<FoldedWords> = Vec::new();
        let others = match old {
            Some(old) => old.of_text(key, MOST_COMPARED)?,
            None => Vec::new(),
        };
        for other in others {
            known.extend(old.map(|old| old.page(other)).transpose()?.map(|p| p.words));
        }
        let mut first = Some(page).filter(|_| known.is_empty());
        while let Some(entry) = sorted.next_of((table, key))? {
            if first == Some(entry.page) {
                continue;
            }
            if let Some(first) = first.take() {
                known.push(new.words(settings, first)?);
            }
            let words = new.words(settings, entry.page)?;
            match known.contains(&words) {
                true => same.push(entry.page),
                false if known.len() < MOST_COMPARED => known.push(words),
                false => {}
            }
        }
    }
    same.sort_unstable();
    Ok(same)
}

/// The entries of the new pages in all tables.
fn keys(
    settings: &Settings,
    hasher: &MinHasher,
    new: &Spooled,
    mut going_in: impl Iterator<Item = (u32, u32)>,
    mut sorter: Sorter,
) -> io::Result<Sorter> {
    let banding = settings.banding;
    let [texts, ids] = more_tables(settings);
    loop {
        let stretch: Vec<(u32, u32)> = going_in.by_ref().take(STRETCH).collect();
        if stretch.is_empty() {
            return Ok(sorter);
        }
        let entries: Vec<Vec<Entry>> = stretch
            .par_iter()
            .map(|&(number, page)| {
                let entry = |table: u32, key: u64| Entry {
                    table,
                    key,
                    page: number,
                };
                let slot = new.slot(settings, page)?;
                let at = slot.at;
                let signature = hasher.restored(slot.rows);
                let signature =
                    signature.ok_or_else(|| new.slots.damaged(at, "a signature of other rows"))?;
                let bands = 0..banding.bands;
                let [text, id] = new.hashes(page)?;
                let mut entries: Vec<Entry> = bands
                    .map(|band| entry(band as u32, banding.key(&signature, band)))
                    .collect();
                entries.extend([entry(texts, text), entry(ids, id)]);
                Ok(entries)
            })
            .collect::<io::Result<_>>()?;
        for entry in entries.into_iter().flatten() {
            sorter.push(entry)?;
        }
    }
}

/// Entries, of which the next is known.
struct Ahead<I> {
    rest: I,
    next: Option<Entry>,
}

impl<I: Iterator<Item = io::Result<Entry>>> Ahead<I> {
    fn new(mut rest: I) -> io::Result<Self> {
        let next = rest.next().transpose()?;
        Ok(Ahead { rest, next })
    }

    /// The next entry, if it is in this table and has this key.
    fn next_of(&mut self, group: (u32, u64)) -> io::Result<Option<Entry>> {
        match self.next {
            Some(entry) if (entry.table, entry.key) == group => {
                self.next = self.rest.next().transpose()?;
                Ok(Some(entry))
            }
            _ => Ok(None),
        }
    }
}

/// Merges the tables of the old pages with the entries of the new ones.
struct Merging<'a> {
    settings: &'a Settings,
    /// The file that is written, which has all slots already.
    read: &'a Source,
    hasher: &'a MinHasher,
    slots: Section,
    pages: u64,
    equal_ids: u64,
}

impl Merging<'_> {
    /// Gives what goes into the section of fences.
    fn write(
        &mut self,
        old: Option<&OldPages>,
        new: impl Iterator<Item = io::Result<Entry>>,
        out: &mut Out,
    ) -> io::Result<Vec<u8>> {
        let bands = self.settings.banding.bands;
        let [_, ids] = more_tables(self.settings);
        let stream = old.map(|old| Stream::new(old.tables.reader(&old.file)));
        let mut old = Ahead::new(stream.into_iter().flatten())?;
        let mut new = Ahead::new(new)?;
        let mut writer = TableWriter::new(out, bands + MORE_TABLES);
        let mut bucket: Vec<u32> = Vec::new();
        loop {
            let heads = [old.next, new.next].into_iter().flatten();
            let Some((table, key)) = heads.map(|entry| (entry.table, entry.key)).min() else {
                break;
            };
            bucket.clear();
            while let Some(entry) = old.next_of((table, key))? {
                bucket.push(entry.page);
            }
            let known = bucket.len();
            while let Some(entry) = new.next_of((table, key))? {
                bucket.push(entry.page);
            }
            if table == ids {
                self.equal_ids += bucket.len() as u64 - 1;
            }
            let crowded = (table as usize) < bands && bucket.len() > self.settings.most_keepers;
            if crowded && bucket.len() > known {
                self.sort_by_further_rows(table as usize, &mut bucket)?;
            }
            for page in &bucket {
                writer.push(Entry {
                    table,
                    key,
                    page: *page,
                })?;
            }
        }
        writer.finish()
    }

    /// Sorts the pages of a crowded bucket so that those that share further rows follow each other, and
    /// those that share all by their numbers. 24 bytes a page while it runs.
    fn sort_by_further_rows(&self, band: usize, bucket: &mut [u32]) -> io::Result<()> {
        let mut sorted: Vec<([u16; MOST_SPLITS], u32)> = bucket
            .par_iter()
            .map(|&page| {
                let slot = read_slot(self.read, self.slots.at, self.settings, self.pages, page)?;
                let at = slot.at;
                let signature = self.hasher.restored(slot.rows);
                let signature =
                    signature.ok_or_else(|| self.read.damaged(at, "a signature of other rows"))?;
                let further = self
                    .settings
                    .banding
                    .further_rows(Cow::Owned(signature), band);
                let mut rows = [0; MOST_SPLITS];
                for (place, row) in rows.iter_mut().zip(further) {
                    *place = row as u16;
                }
                Ok((rows, page))
            })
            .collect::<io::Result<_>>()?;
        sorted.par_sort_unstable();
        for (place, (_, page)) in bucket.iter_mut().zip(sorted) {
            *place = page;
        }
        Ok(())
    }
}
