//! The originals, from an output folder alone.

use super::faults::Faults;
use super::page::{self, PageTexts};
use super::walk::{Found, Walk, Walked};
use super::{Folder, Known};
use crate::failure::Failure;
use crate::format::fields::Field;
use crate::format::warc::{WetRecord, write_conversion, write_info};
use crate::format::{Record, Whole};
use crate::progress::Progress;
use crate::results::tables::file_name;
use crate::results::write::SOFTWARE;
use rayon::prelude::*;
use serde_json::json;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use tables::Restored;
use twicetold::report::{Form, Names, TextWas};

#[cfg(not(feature = "parquet"))]
#[path = "restore/no_tables.rs"]
mod tables;
#[cfg(feature = "parquet")]
mod tables;

/// What becomes of the text of a row.
pub enum Text {
    Same,
    Other(String),
    Null,
}

/// Records of JSON, and pages of archives.
const RECORDS: &str = "records.jsonl";
const WET: &str = "records.wet";

/// The name of the tables of a number.
fn table(number: usize) -> String {
    file_name("records", number)
}

/// What was restored.
#[derive(Debug, Default)]
pub struct Counts {
    pub files: u64,
    pub records: u64,
    pub rows: u64,
    pub archived: u64,
    /// Records that were rejected: there is nothing of them.
    pub rejected: u64,
    /// Of all, those whose text the ledger has no checksum of.
    pub unchecked: u64,
}

/// Pages that are rebuilt together.
const STRETCH: usize = 256;

/// Writes the originals into `out`, an empty folder.
pub fn restore(folder: &Folder, out: &Path, progress: &Progress) -> Result<Counts, Failure> {
    let mut faults = Faults::new(1);
    let known = Known::read(folder, &mut faults).map_err(Failure::run)?;
    progress.stage("restoring", Some(known.len() as u64));
    let mut walk = Walk::new(folder, &known).map_err(Failure::run)?;
    let mut writer = Writer::new(out, known.tables());
    let mut counts = Counts::default();
    loop {
        let mut stretch = Vec::with_capacity(STRETCH);
        while stretch.len() < STRETCH
            && let Some(walked) = walk.next(&mut faults).map_err(Failure::run)?
        {
            match walked.page {
                Some(_) => stretch.push(walked),
                None => counts.rejected += 1,
            }
        }
        sound(folder, &faults)?;
        if stretch.is_empty() {
            break;
        }
        progress.add(stretch.len() as u64);
        let rebuilt: Vec<_> = stretch
            .into_par_iter()
            .map(|mut walked| {
                let mut wrong = Vec::new();
                let mut found = walked.stored.take();
                let its = page::check(&walked, found.as_mut(), &folder.fields, &mut wrong);
                (walked, found, its, wrong)
            })
            .collect();
        for (walked, found, its, wrong) in rebuilt {
            wrong.into_iter().for_each(|fault| faults.add(fault));
            sound(folder, &faults)?;
            counts.unchecked += u64::from(walked.row.checksum.is_none());
            if let (Some(found), Some(its)) = (found, its) {
                writer.write(folder, &walked, &found, &its, &mut counts)?;
            }
        }
    }
    writer.finish()?;
    Ok(counts)
}

/// What is damaged is not restored as if it were whole.
fn sound(folder: &Folder, faults: &Faults) -> Result<(), Failure> {
    match faults.first.first() {
        None => Ok(()),
        Some(fault) => Err(Failure::run(format!(
            "{}: {fault}; nothing was restored. `twicetold ledger verify` tells all that is wrong",
            folder.path.display()
        ))),
    }
}

/// Writes what was restored.
struct Writer {
    out: PathBuf,
    names: Names,
    files: BTreeMap<&'static str, BufWriter<File>>,
    tables: BTreeMap<usize, Restored>,
}

impl Writer {
    fn new(out: &Path, tables: u16) -> Writer {
        let mut names = Names::default();
        // No page may take the names of the files of records.
        let tables = (1..=tables.into()).map(table);
        for name in [RECORDS, WET].map(str::to_owned).into_iter().chain(tables) {
            names.safe(&name);
        }
        Writer {
            out: out.to_owned(),
            names,
            files: BTreeMap::new(),
            tables: BTreeMap::new(),
        }
    }

    fn write(
        &mut self,
        folder: &Folder,
        walked: &Walked,
        found: &Found,
        its: &PageTexts,
        counts: &mut Counts,
    ) -> Result<(), Failure> {
        let row = &walked.row;
        if let (Some(number), Some((rows, at))) = (row.table, &found.row) {
            counts.rows += 1;
            let path = self.out.join(table(number));
            let to = match self.tables.get_mut(&number) {
                Some(to) => to,
                None => {
                    let without_text = row.text_was == Some(TextWas::Absent);
                    let made = Restored::create(&path, rows, without_text);
                    let made = made.map_err(Failure::at(&path))?;
                    self.tables.entry(number).or_insert(made)
                }
            };
            let whole = match row.text_was {
                Some(_) => None,
                None => Some(&its.whole[..]).filter(|whole| *whole != its.stored),
            };
            let text = match row.text_was {
                Some(_) => Text::Null,
                None => whole.map_or(Text::Same, |whole| Text::Other(whole.to_owned())),
            };
            return to.add(rows, *at, text).map_err(Failure::at(&path));
        }
        match (row.form, &found.record.whole) {
            (Some(Form::File), _) => {
                counts.files += 1;
                let html = page::html_of(found, row, &folder.fields);
                let path = self.out.join(self.names.safe(&row.id));
                let written = path.parent().map_or(Ok(()), fs::create_dir_all);
                written
                    .and_then(|()| fs::write(&path, html.as_deref().unwrap_or(&its.whole)))
                    .map_err(Failure::at(&path))
            }
            (Some(Form::Archive), _) => {
                counts.archived += 1;
                let record = &found.record;
                let date = date(record);
                let wet = WetRecord {
                    id: &row.id,
                    url: record.url.as_deref(),
                    date: date.as_deref(),
                    refers_to: None,
                    name: None,
                    text: &its.whole,
                };
                let new = !self.files.contains_key(WET);
                self.to(WET, |file| {
                    if new {
                        write_info(file, SOFTWARE)?;
                    }
                    write_conversion(file, &wet)
                })
            }
            (None, Whole::Line { line, text }) => {
                counts.records += 1;
                let line = original(line, text.clone(), folder, row.text_was, its);
                self.to(RECORDS, |file| {
                    file.write_all(line.as_bytes())?;
                    file.write_all(b"\n")
                })
            }
            _ => Ok(()),
        }
    }

    fn to(
        &mut self,
        name: &'static str,
        write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
    ) -> Result<(), Failure> {
        let path = self.out.join(name);
        let file = match self.files.get_mut(name) {
            Some(file) => file,
            None => {
                let file = File::create(&path).map_err(Failure::at(&path))?;
                let file = BufWriter::with_capacity(1 << 18, file);
                self.files.entry(name).or_insert(file)
            }
        };
        write(file).map_err(Failure::at(&path))
    }

    fn finish(self) -> Result<(), Failure> {
        for (name, file) in self.files {
            let file = file.into_inner().map_err(io::IntoInnerError::into_error);
            file.and_then(|file| file.sync_all())
                .map_err(Failure::at(&self.out.join(name)))?;
        }
        for (number, to) in self.tables {
            let path = self.out.join(table(number));
            to.finish().map_err(Failure::at(&path))?;
        }
        Ok(())
    }
}

/// The date of a record of an archive, as it stood there.
fn date(record: &Record) -> Option<String> {
    let Whole::Line { line, .. } = &record.whole else {
        return None;
    };
    let fields: serde_json::Value = serde_json::from_str(line).ok()?;
    fields["date"].as_str().map(str::to_owned)
}

/// The line of a record as it was read: with its text whole, or without the one that was added.
fn original(
    line: &str,
    text: Option<std::ops::Range<usize>>,
    folder: &Folder,
    text_was: Option<TextWas>,
    its: &PageTexts,
) -> String {
    let Some(place) = text else {
        return line.to_owned();
    };
    let (before, behind) = (&line[..place.start], &line[place.end..]);
    match text_was {
        Some(TextWas::Null) => format!("{before}null{behind}"),
        Some(TextWas::Absent) => {
            let added = format!(",{}:", json!(folder.fields.of(Field::Text)));
            let before = before.strip_suffix(&added[..]).unwrap_or(before);
            format!("{before}{behind}")
        }
        None if its.whole == its.stored => line.to_owned(),
        None => format!("{before}{}{behind}", json!(its.whole)),
    }
}
