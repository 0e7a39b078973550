//! Texts of pages in any order, by where they stand in the files: 24 bytes of memory each.

use super::lines::At;
use super::rebuild;
use super::stores;
use super::walk::{Walked, taken_out};
use super::{Folder, Known};
use crate::store::pages::text_of;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::{Mutex, PoisonError};
use twicetold::Span;
use twicetold::finding::{Action, Reason};
use twicetold::report::RemovalRow;

/// Where the text of a page and its findings stand.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    text: u64,
    removals: u64,
    text_len: u32,
    removals_len: u32,
}

/// The texts of a folder.
pub struct Texts<'f> {
    folder: &'f Folder,
    known: &'f Known,
    places: Vec<Place>,
    /// Lines of kept and removed records, findings, and the texts of tables, which cannot be read
    /// here and there.
    pages: Mutex<File>,
    removed: Mutex<File>,
    removals: Mutex<File>,
    tables: Mutex<File>,
    written: u64,
}

/// A page, as its files have it.
pub struct PageText {
    /// Cleaned, where it is kept, else whole.
    stored: String,
    kept: bool,
    removals: Vec<RemovalRow<'static>>,
}

impl PageText {
    /// As it was before anything was taken out.
    pub fn whole(&self) -> Result<String, String> {
        match self.kept {
            true => rebuild::rebuilt(&self.stored, taken_out(self.removals.iter()))
                .map_err(|wrong| wrong.what),
            false => Ok(self.stored.clone()),
        }
    }

    /// What it was compared by: cleaned, but for what other pages say too, which goes from kept pages when
    /// all is decided.
    pub fn compared(&self) -> Result<String, String> {
        let across = |row: &&RemovalRow<'_>| row.reason == Reason::RepeatedAcross;
        let removals = || self.removals.iter();
        match self.kept {
            true if removals().any(|row| across(&row) && row.action == Action::Remove) => {
                let whole = self.whole()?;
                let others = removals().filter(|row| !across(row));
                rebuild::left(&whole, taken_out(others).map(|(span, _)| span))
                    .map_err(|wrong| wrong.what)
            }
            true => Ok(self.stored.clone()),
            false => rebuild::left(&self.stored, taken_out(removals()).map(|(span, _)| span))
                .map_err(|wrong| wrong.what),
        }
    }

    /// Whether something of `span` stays.
    pub fn keeps(&self, span: Span) -> bool {
        let removed = taken_out(self.removals.iter()).map(|(its, _)| its);
        let gone = removed.map(|its| {
            let (start, end) = (its.start.max(span.start), its.end.min(span.end));
            end.saturating_sub(start)
        });
        gone.sum::<usize>() < span.len()
    }
}

impl<'f> Texts<'f> {
    pub fn new(folder: &'f Folder, known: &'f Known) -> io::Result<Texts<'f>> {
        let open = |name: &str| File::open(folder.file(name)).map(Mutex::new);
        Ok(Texts {
            folder,
            known,
            places: vec![Place::default(); known.len()],
            pages: open("pages.jsonl")?,
            removed: open("removed.jsonl")?,
            removals: open("removals.jsonl")?,
            tables: Mutex::new(tempfile::tempfile()?),
            written: 0,
        })
    }

    /// Remembers where a page stands; `text` is that of a row of a table.
    pub fn add(&mut self, walked: &Walked, text: &str) -> io::Result<()> {
        let (Some(page), Some(found)) = (walked.page, &walked.stored) else {
            return Ok(());
        };
        let Some(place) = self.places.get_mut(page) else {
            return Ok(());
        };
        let longer = |_| io::Error::other(format!("{}: longer than 4 GiB", found.at.file));
        if found.row.is_some() {
            let tables = self
                .tables
                .get_mut()
                .unwrap_or_else(PoisonError::into_inner);
            tables.write_all(text.as_bytes())?;
            place.text = self.written;
            place.text_len = u32::try_from(text.len()).map_err(longer)?;
            self.written += text.len() as u64;
        } else {
            place.text = found.at.offset;
            place.text_len = u32::try_from(found.at.len).map_err(longer)?;
        }
        if let [(At { offset, .. }, _), ..] = walked.removals[..]
            && let Some((last, _)) = walked.removals.last()
        {
            place.removals = offset;
            place.removals_len = u32::try_from(last.offset + last.len - offset).map_err(longer)?;
        }
        Ok(())
    }

    /// The text of a page and what was found in it.
    pub fn get(&self, page: usize) -> Result<PageText, String> {
        let lost = || format!("page {} cannot be read", page + 1);
        let place = self.places.get(page).ok_or_else(lost)?;
        let store = self.known.store(page).ok_or_else(lost)?;
        let file = match store.table {
            0 if store.kept => &self.pages,
            0 => &self.removed,
            _ => &self.tables,
        };
        let bytes = read(file, place.text, place.text_len)?;
        let bytes = String::from_utf8(bytes).map_err(|error| error.to_string())?;
        let stored = match store.table {
            0 if bytes.is_empty() => return Err(lost()),
            0 => {
                let stored = stores::of_line(&self.folder.fields)(&bytes, 0)?;
                let mut record = stored.into_record(self.known.as_written(page))?;
                text_of(&mut record).0
            }
            _ => bytes,
        };
        let removals = read(&self.removals, place.removals, place.removals_len)?;
        let rows = serde_json::Deserializer::from_slice(&removals).into_iter();
        let rows: Result<Vec<RemovalRow<'static>>, _> = rows.collect();
        Ok(PageText {
            stored,
            kept: store.kept,
            removals: rows.map_err(|error| error.to_string())?,
        })
    }
}

fn read(file: &Mutex<File>, at: u64, len: u32) -> Result<Vec<u8>, String> {
    let mut bytes = vec![0; len as usize];
    let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
    let read = file
        .seek(SeekFrom::Start(at))
        .and_then(|_| file.read_exact(&mut bytes));
    read.map_err(|error| error.to_string())?;
    Ok(bytes)
}
