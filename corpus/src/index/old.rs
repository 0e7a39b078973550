//! An index that is read.

use super::file::Source;
use super::header::{Counts, Header};
use super::page::{self, PageRecord, Slot, slot_bytes};
use super::section::Section;
use super::settings::Settings;
use super::table::{Reader, Tables};
use super::{MORE_TABLES, more_tables};
use crate::failure::Failure;
use std::borrow::Cow;
use std::cmp::Reverse;
use std::io;
use std::ops::Range;
use std::path::Path;
use twicetold::index::IndexRule;
use twicetold::lsh::{LeftOut, MOST_SPLITS};
use twicetold::sketch::{MinHasher, Signature};
use twicetold::verify::{Overlap, TextSet};
use twicetold::word::FoldedWords;

/// An open index. Any number of threads may ask it at once, and who adds to the file meanwhile does not
/// disturb them: that makes another file.
pub struct OldPages {
    pub(super) file: Source,
    pub(super) header: Header,
    pub(super) tables: Tables,
    pub(super) hasher: MinHasher,
    /// The estimate under which two texts are not compared.
    least: f64,
}

/// The old page that a text is a copy of.
#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    /// Its number in the index, by which [`OldPages::page`] knows it.
    pub page: u32,
    pub id: String,
    pub source: Option<String>,
    /// What the two share, exactly; the new text is the left one.
    pub overlap: Overlap,
}

/// What an index says of a text.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Found {
    /// The old page it is a copy of: the most similar, then the first that came.
    pub copy_of: Option<Match>,
    /// Comparisons with old pages that were left out, because they share a bucket with too many.
    pub left_out: LeftOut,
}

impl OldPages {
    /// Opens an index, whatever it was made with.
    pub fn open_any(path: &Path) -> Result<OldPages, Failure> {
        let file = Source::open(path).map_err(Failure::usage)?;
        let header = Header::read(&file)?;
        let tables = header.settings.banding.bands + MORE_TABLES;
        let (blocks, fences) = (header.sections.tables, header.sections.fences);
        let tables = Tables::open(&file, tables, blocks, fences).map_err(Failure::run)?;
        Ok(OldPages {
            tables,
            hasher: header.settings.hasher().map_err(Failure::usage)?,
            least: header.settings.least_estimate(),
            header,
            file,
        })
    }

    /// Opens an index that was made by `rule`, and refuses another.
    pub fn open(path: &Path, rule: &IndexRule) -> Result<OldPages, Failure> {
        let asked = Settings::new(rule).map_err(Failure::usage)?;
        let old = Self::open_any(path)?;
        let differences = old.header.settings.differences(&asked);
        match differences.is_empty() {
            true => Ok(old),
            false => Err(Failure::usage(format!(
                "{}: the index was made with {}; ask for what it has, or build it anew",
                path.display(),
                differences.join("; with ")
            ))),
        }
    }

    /// What it was made with.
    pub fn rule(&self) -> IndexRule {
        self.header.settings.rule()
    }

    pub fn counts(&self) -> Counts {
        self.header.counts
    }

    /// A number that another index has not: it sums up everything in it.
    pub fn identity(&self) -> u64 {
        self.header.sum
    }

    /// Bytes of the file: of the header, the pages, their slots, the tables and the fences.
    pub fn bytes(&self) -> [(&'static str, u64); 5] {
        let sections = &self.header.sections;
        [
            ("header", super::header::HEADER as u64),
            ("pages", sections.pages.len),
            ("signatures", sections.slots.len),
            ("tables", sections.tables.len),
            ("fences", sections.fences.len),
        ]
    }

    /// Bytes of memory it takes.
    pub fn memory(&self) -> usize {
        self.tables.memory()
    }

    /// The old page that `text` is a copy of. Nothing is like a text without words.
    ///
    /// Where the file is damaged in what is read for this, that is an error, never an answer.
    pub fn find(&self, text: &str) -> io::Result<Found> {
        let words = FoldedWords::of(text);
        let settings = &self.header.settings;
        let mut found = Found::default();
        let Some(signature) = settings.signature(&self.hasher, &words.hashes()) else {
            return Ok(found);
        };
        let mut met: Vec<u32> = Vec::new();
        let mut reader = self.tables.reader(&self.file);
        for band in 0..settings.banding.bands {
            self.meet(&mut reader, band, &signature, &mut found.left_out, &mut met)?;
        }
        met.sort_unstable();
        met.dedup();
        let mut set = None;
        let mut nearest: Option<(u32, PageRecord, Overlap)> = None;
        for page in met {
            let slot = self.slot(page)?;
            let rows = signature.rows();
            let agree = rows.iter().zip(&slot.rows).filter(|(a, b)| a == b);
            if (agree.count() as f64 / rows.len() as f64) < self.least {
                continue;
            }
            let known = self.record(page, &slot)?;
            let set = set.get_or_insert_with(|| TextSet::of_folded(&words, settings.width));
            let overlap = set.overlap(&TextSet::of_folded(&known.words, settings.width));
            let closer = nearest.as_ref().is_none_or(|(other, _, best)| {
                let closer = overlap.resemblance().total_cmp(&best.resemblance());
                closer.then(Reverse(page).cmp(&Reverse(*other))).is_gt()
            });
            if closer && settings.nearness.is_copy(overlap) {
                nearest = Some((page, known, overlap));
            }
        }
        found.copy_of = nearest.map(|(page, known, overlap)| Match {
            page,
            id: known.id,
            source: known.source,
            overlap,
        });
        Ok(found)
    }

    /// The pages of the bucket of a band that a text is compared with, as
    /// [`PageIndex`](twicetold::index::PageIndex) chooses them: a bucket of too many is split by further rows.
    /// In the file its pages stand by these, so that a part of it is found by halving.
    fn meet(
        &self,
        reader: &mut Reader<'_>,
        band: usize,
        signature: &Signature,
        left_out: &mut LeftOut,
        met: &mut Vec<u32>,
    ) -> io::Result<()> {
        let banding = self.header.settings.banding;
        let most = self.header.settings.most_keepers as u64;
        let len = |range: &Range<u64>| range.end - range.start;
        let mut bucket = reader.range(band as u32, banding.key(signature, band))?;
        let rows = banding.further_rows(Cow::Borrowed(signature), band);
        for (depth, row) in rows.take(MOST_SPLITS).enumerate() {
            if len(&bucket) <= most {
                break;
            }
            let start = self.first(reader, band, bucket.clone(), |page| {
                Ok(self.further(page, band, depth)? < row)
            })?;
            let end = self.first(reader, band, start..bucket.end, |page| {
                Ok(self.further(page, band, depth)? <= row)
            })?;
            left_out.by_split += len(&bucket) - (end - start);
            bucket = start..end;
        }
        left_out.by_cap += len(&bucket).saturating_sub(most);
        for at in bucket.take(self.header.settings.most_keepers) {
            met.push(reader.entry(band as u32, at)?.page);
        }
        Ok(())
    }

    /// The first of these entries whose page is not `before`.
    fn first(
        &self,
        reader: &mut Reader<'_>,
        band: usize,
        Range { mut start, mut end }: Range<u64>,
        before: impl Fn(u32) -> io::Result<bool>,
    ) -> io::Result<u64> {
        while start < end {
            let middle = start.midpoint(end);
            match before(reader.entry(band as u32, middle)?.page)? {
                true => start = middle + 1,
                false => end = middle,
            }
        }
        Ok(start)
    }

    /// A further row of an old page.
    fn further(&self, page: u32, band: usize, depth: usize) -> io::Result<u32> {
        let signature = self.restored(self.slot(page)?)?;
        let banding = self.header.settings.banding;
        let row = banding
            .further_rows(Cow::Borrowed(&signature), band)
            .nth(depth);
        Ok(row.unwrap_or_default())
    }

    pub(super) fn restored(&self, slot: Slot) -> io::Result<Signature> {
        let rows = self.hasher.restored(slot.rows);
        rows.ok_or_else(|| self.file.damaged(slot.at, "a signature of other rows"))
    }

    pub(super) fn slot(&self, page: u32) -> io::Result<Slot> {
        let Section { at, .. } = self.header.sections.slots;
        read_slot(
            &self.file,
            at,
            &self.header.settings,
            self.header.counts.pages,
            page,
        )
    }

    pub(super) fn record(&self, page: u32, slot: &Slot) -> io::Result<PageRecord> {
        let Section { at, .. } = self.header.sections.pages;
        let pages = self.header.sections.pages;
        let end = slot.at.checked_add(slot.len.into());
        if slot.at < at || end.is_none_or(|end| end > pages.end()) {
            return Err(self.file.damaged(slot.at, "no page stands there"));
        }
        let mut bytes = vec![0; slot.len as usize];
        self.file.read(slot.at, &mut bytes)?;
        let wrong = || self.file.damaged(slot.at, "the sum of a page is another");
        page::record(&bytes, page).ok_or_else(wrong)
    }

    /// An old page, by its number.
    pub fn page(&self, page: u32) -> io::Result<PageRecord> {
        self.record(page, &self.slot(page)?)
    }

    /// The numbers of the first old pages whose words have this hash.
    pub(super) fn of_text(&self, hash: u64, most: usize) -> io::Result<Vec<u32>> {
        let [texts, _] = more_tables(&self.header.settings);
        let mut reader = self.tables.reader(&self.file);
        let range = reader.range(texts, hash)?.take(most);
        range.map(|at| Ok(reader.entry(texts, at)?.page)).collect()
    }
}

/// The slot of a page, of `pages` slots that stand from `at` on.
pub(super) fn read_slot(
    file: &Source,
    at: u64,
    settings: &Settings,
    pages: u64,
    page: u32,
) -> io::Result<Slot> {
    if u64::from(page) >= pages {
        return Err(file.damaged(at, &format!("there is no page {page}")));
    }
    let mut bytes = vec![0; slot_bytes(settings)];
    let at = at + bytes.len() as u64 * u64::from(page);
    file.read(at, &mut bytes)?;
    Slot::read(&bytes, page).ok_or_else(|| file.damaged(at, "the sum of a signature is another"))
}
