//! Writes the files of a run, record by record, in the order of the input.

use super::asked::{Asked, Format};
use super::file::{ResultFile, failed};
use super::folder::{FILES, PAGES, WET};
use super::quotes::Quotes;
use super::sums::{PagesSummer, sealed};
use super::tables::{Done, Kept, Tables};
use crate::failure::{Failure, named};
use crate::format::fields::{Field, Fields, short};
use crate::format::warc::{WetRecord, derived_id, write_conversion, write_info};
use crate::format::{Entry, Input, Record, Rejected, Whole};
use crate::progress::Progress;
use crate::store::Outcome;
use crate::store::pages::{Pages, page_of};
use crate::store::workspace::START_OVER;
use rayon::prelude::*;
use serde::Serialize;
use serde_json::{Value, json};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use twicetold::html::Document;
use twicetold::report::{
    Counts, Fate, Form, LedgerRow, Names, PageReport, RelatedRow, RemovalRow, TextWas,
};

/// Files while they are made, in a folder apart.
pub struct Writer {
    work: PathBuf,
    asked: Asked,
    /// In the order of [`FILES`].
    files: Vec<ResultFile>,
    tables: Tables,
    /// Kept pages of archives, or all.
    wet: Option<ResultFile>,
    /// What tells files of single pages from others.
    pages_sum: PagesSummer,
    names: Names,
    /// The name of the index that old pages are in.
    index: Option<String>,
    /// The names of the fields of the records.
    fields: Fields,
    pub counts: Counts,
    /// The first things to say about records.
    pub remarks: Vec<String>,
    pub rejected: Vec<String>,
    pub quotes: Quotes,
}

/// Remarks and rejected records that are said at the end.
const SHOWN: usize = 5;

/// What WET files say wrote them.
pub const SOFTWARE: &str = concat!("twicetold/", env!("CARGO_PKG_VERSION"));

/// A record and what is to be written of it.
struct Row {
    /// Its ledger line, but for what needs other pages.
    page: Option<usize>,
    id: String,
    error: Option<String>,
    place: String,
    record: Option<Box<Record>>,
    text: String,
    html: Option<String>,
}

impl Writer {
    pub fn create(work: &Path, asked: Asked, index: Option<&str>) -> Result<Self, Failure> {
        let pages = work.join(PAGES);
        fs::create_dir(&pages).map_err(Failure::at(&pages))?;
        let create = |name: &&str| {
            let pack = asked.pack.filter(|_| name.ends_with(".jsonl"));
            ResultFile::create(&work.join(name), pack)
        };
        let files: io::Result<_> = FILES.iter().map(create).collect();
        let tables = Tables::new(Some(work), asked.to);
        let files = files.map_err(failed)?;
        Ok(Writer::new(work, asked, files, tables, index))
    }

    /// Kept records on standard output, and nothing else.
    pub fn to_stdout(work: &Path, asked: Asked, index: Option<&str>) -> Result<Self, Failure> {
        let mut files = vec![ResultFile::stdout(asked.pack).map_err(failed)?];
        files.resize_with(FILES.len(), ResultFile::nowhere);
        let asked = Asked {
            to: Some(Format::Jsonl),
            ..asked
        };
        let tables = Tables::new(None, asked.to);
        Ok(Writer::new(work, asked, files, tables, index))
    }

    fn new(
        work: &Path,
        asked: Asked,
        files: Vec<ResultFile>,
        tables: Tables,
        index: Option<&str>,
    ) -> Self {
        Writer {
            work: work.to_owned(),
            asked,
            files,
            tables,
            wet: None,
            pages_sum: PagesSummer::default(),
            names: Names::default(),
            index: index.map(str::to_owned),
            fields: Fields::default(),
            counts: Counts::default(),
            remarks: Vec::new(),
            rejected: Vec::new(),
            quotes: Quotes::default(),
        }
    }

    /// Reads the inputs again and writes what became of each record.
    pub fn records(
        &mut self,
        mut input: Input,
        source: Option<&str>,
        pages: &Pages,
        outcome: &Outcome,
        progress: &Progress,
    ) -> Result<(), Failure> {
        progress.stage("writing", Some(pages.met.records));
        let fields = input.fields();
        self.fields = fields.clone();
        let mut next = 0;
        loop {
            let batches = input.stretch().map_err(Failure::run)?;
            if batches.is_empty() {
                break;
            }
            progress.check()?;
            let entries: Vec<Vec<Row>> = batches
                .par_iter()
                .map(|batch| {
                    let entries = batch.entries(&fields).into_iter();
                    entries
                        .map(|placed| row(placed.entry, placed.place))
                        .collect()
                })
                .collect();
            progress.add(entries.iter().map(Vec::len).sum::<usize>() as u64);
            for (batch, rows) in batches.iter().zip(entries) {
                let mut table = batch.rows().map(|_| Vec::with_capacity(rows.len()));
                let number = batch.rows().map(|rows| self.tables.number(rows));
                let number = number.transpose().map_err(Failure::run)?;
                for mut row in rows {
                    if row.record.is_some() {
                        row.page = Some(next);
                        next += 1;
                    }
                    let same = match (row.page, row.record.as_deref()) {
                        (Some(page), Some(record)) => {
                            let source = source.or(record.source.as_deref());
                            pages.is_same(page, record, &row.text, source)?
                        }
                        _ => true,
                    };
                    if !same {
                        return Err(Failure::run(format!(
                            "{}: it is not what it was when it was first read; when nobody writes there, {START_OVER}",
                            row.place
                        )));
                    }
                    let written = self
                        .row(&row, number, source, pages, outcome)
                        .map_err(failed)?;
                    if let Some(table) = &mut table {
                        table.push(written);
                    }
                }
                if let (Some(rows), Some(table)) = (batch.rows(), table) {
                    let lines = &mut self.files[0];
                    self.tables.write(rows, &table, lines).map_err(failed)?;
                }
            }
        }
        match next == pages.len() {
            true => Ok(()),
            false => Err(Failure::run(format!(
                "the inputs are shorter than when they were first read; when nobody writes there, {START_OVER}"
            ))),
        }
    }

    fn row(
        &mut self,
        row: &Row,
        table: Option<usize>,
        source: Option<&str>,
        pages: &Pages,
        outcome: &Outcome,
    ) -> io::Result<Done> {
        let (Some(page), Some(record)) = (row.page, &row.record) else {
            self.counts.add_rejected();
            let error = row.error.as_deref().unwrap_or_default();
            let error = format!("{}: {error}", row.place);
            if self.rejected.len() < SHOWN {
                self.rejected.push(error.clone());
            }
            self.line(2, &LedgerRow::rejected(&row.id, &error))?;
            return Ok(Done::Rejected);
        };
        let (report, old) = outcome.report(page)?;
        let source = source.or(record.source.as_deref());
        self.counts.add(source, &row.text, &report);
        let mut remarks = record.remarks.clone();
        if let Some(first) = pages.earlier(page) {
            self.counts.equal_ids += 1;
            remarks.push(format!(
                "id {} is already that of record {first}; ids should be unique",
                short(format!("{:?}", row.id))
            ));
        }
        let remark =
            (!remarks.is_empty()).then(|| format!("{}: {}", row.place, remarks.join("; ")));
        if let Some(remark) = &remark
            && self.remarks.len() < SHOWN
        {
            self.remarks.push(remark.clone());
        }
        let index = self.index.clone().filter(|_| old.is_some());
        let (keeper, keeper_number) = match (&old, report.fate) {
            (Some(old), _) => (old.id.clone(), None),
            (None, Fate::Kept) => (row.id.clone(), None),
            (None, Fate::Removed { keeper, .. }) => (pages.id(keeper)?, number(pages, keeper)),
        };
        let ledger =
            LedgerRow::of(&row.id, source, report.fate, &keeper).with_index(index.as_deref());
        let ledger = LedgerRow {
            number: number(pages, page),
            keeper_number,
            form: match record.whole {
                Whole::File => Some(Form::File),
                Whole::Archived(_) => Some(Form::Archive),
                Whole::Line { .. } | Whole::Row => None,
            },
            table,
            text_was: row.html.as_ref().and_then(|_| match &record.whole {
                Whole::Line { text: Some(_), .. } => Some(TextWas::Null),
                Whole::Row if self.tables.has_texts(table) => Some(TextWas::Null),
                // What is kept of a page of an archive is its text alone.
                Whole::Archived(_) => None,
                _ => Some(TextWas::Absent),
            }),
            ..ledger.with_text(&row.text)
        };
        self.line(2, &ledger.with_remark(remark.as_deref()))?;
        self.findings(row, page, &report, pages)?;
        let is_row = matches!(record.whole, Whole::Row);
        if !report.is_kept() {
            if !is_row {
                let line = self.whole(row, record, source, Some(&row.text), false);
                writeln!(self.files[1], "{line}")?;
            }
            return Ok(Done::Removed);
        }
        let text = report.cleaned(&row.text);
        self.kept(row, record, source, &text)?;
        let changed = is_row && (text != row.text || row.html.is_some());
        Ok(Done::Kept(changed.then_some(text)))
    }

    /// Writes a page that stays, in every form but as a row like those it came with.
    fn kept(
        &mut self,
        row: &Row,
        record: &Record,
        source: Option<&str>,
        text: &str,
    ) -> io::Result<()> {
        let to = self.asked.to;
        let own = |is: bool| is && to.is_none();
        if to == Some(Format::Text) || own(matches!(record.whole, Whole::File)) {
            match record.whole {
                Whole::File => self.page(&row.id, text)?,
                _ => self.page(&format!("{}.txt", row.id), text)?,
            }
        }
        if to == Some(Format::Wet) || own(matches!(record.whole, Whole::Archived(_))) {
            self.archived(record, text)?;
        }
        if matches!(record.whole, Whole::Row) {
            return Ok(());
        }
        if self.asked.lines() {
            let line = self.whole(row, record, source, Some(text), true);
            return writeln!(self.files[0], "{line}");
        }
        let line = self.whole(row, record, source, None, true);
        self.tables.push(Kept {
            id: &row.id,
            source,
            url: record.url.as_deref(),
            date: record.date,
            text: text.to_owned(),
            record: line,
        })
    }

    /// Writes a page as a file.
    fn page(&mut self, id: &str, text: &str) -> io::Result<()> {
        let name = self.names.safe(id);
        let path = self.work.join(PAGES).join(&name);
        self.pages_sum.add(&name, text.as_bytes());
        let made = path.parent().map_or(Ok(()), fs::create_dir_all);
        let written = made.and_then(|()| fs::write(&path, text));
        written.map_err(|error: io::Error| named(&path, &error))
    }

    /// Writes a page as a record of an archive.
    fn archived(&mut self, record: &Record, text: &str) -> io::Result<()> {
        let id = Some(&record.id[..]);
        let instant = record.date.map(jiff::Timestamp::from_second);
        let instant = instant.and_then(Result::ok).map(|date| date.to_string());
        let (date, refers_to, name) = match &record.whole {
            Whole::Archived(date) => (date.as_deref(), id, None),
            _ => (instant.as_deref(), None, id),
        };
        let mut bytes = Vec::new();
        let conversion = WetRecord {
            id: &derived_id(&record.id),
            url: record.url.as_deref(),
            date,
            refers_to,
            name,
            text,
        };
        write_conversion(&mut bytes, &conversion)?;
        self.wet_member(bytes)
    }

    /// Writes a record of the archive of kept pages.
    fn wet_member(&mut self, record: Vec<u8>) -> io::Result<()> {
        let packed = self.asked.member(&record)?;
        let wet = self.wet()?;
        wet.push_packed(&record, packed.as_deref().unwrap_or(&record))
    }

    /// The archive of kept pages, made where there is none yet.
    fn wet(&mut self) -> io::Result<&mut ResultFile> {
        let asked = self.asked;
        Ok(match &mut self.wet {
            Some(wet) => wet,
            none => {
                let mut info = Vec::new();
                write_info(&mut info, SOFTWARE)?;
                let made = ResultFile::of_packed(&self.work.join(WET), asked.pack)?;
                let wet = none.insert(made);
                let packed = asked.member(&info)?;
                wet.push_packed(&info, packed.as_deref().unwrap_or(&info))?;
                wet
            }
        })
    }

    fn findings(
        &mut self,
        row: &Row,
        page: usize,
        report: &PageReport,
        pages: &Pages,
    ) -> io::Result<()> {
        let html = row.html.as_deref().filter(|_| !report.findings.is_empty());
        let map = html.map(|html| Document::parse(html).into_parts().2);
        for finding in &report.findings {
            self.quotes.see(&row.id, &row.text, finding);
            let other = finding.kept_page.map(|page| pages.id(page)).transpose()?;
            let mut line = RemovalRow::of(&row.id, &row.text, finding, other.as_deref());
            line.html_spans = map.as_ref().map(|map| map.source(finding.span));
            line.number = number(pages, page);
            if let Some(twin) = &mut line.kept {
                twin.number = number(pages, finding.kept_page.unwrap_or(page));
            }
            self.line(3, &line)?;
        }
        Ok(())
    }

    /// Writes what is of no single record, and all to disk; the summary last, with what tells the other files from
    /// others.
    pub fn finish(
        mut self,
        outcome: &Outcome,
        pages: &Pages,
        summary: Value,
    ) -> Result<(), Failure> {
        for pair in &outcome.related {
            let (page, other) = (pages.id(pair.page)?, pages.id(pair.other)?);
            let numbers = [pair.page, pair.other].map(|page| number(pages, page));
            let row = RelatedRow::of(pair, &page, &other).with_numbers(numbers);
            self.line(4, &row).map_err(failed)?;
        }
        // Who asked for an archive finds one, with nothing in it where nothing was kept.
        if self.asked.to == Some(Format::Wet) {
            self.wet().map_err(failed)?;
        }
        let mut sums = self.tables.finish().map_err(failed)?;
        let last = self.files.pop();
        for file in self.files.into_iter().chain(self.wet) {
            sums.extend(file.finish().map_err(failed)?);
        }
        let Some(mut last) = last else {
            return Ok(());
        };
        if !sums.is_empty() {
            sync_pages(&self.work.join(PAGES), self.pages_sum.count()).map_err(failed)?;
            sums.push(self.pages_sum.finish());
        }
        let summary = sealed(summary, sums).map_err(failed)?;
        last.write_all(&summary)
            .and_then(|()| last.finish())
            .map(|_| ())
            .map_err(failed)
    }

    /// A record with `text` for its text, or with none: every other byte of a line rides along as it was read. One
    /// that was HTML gets the text where it is `kept`, even if nothing was taken out.
    fn whole(
        &self,
        row: &Row,
        record: &Record,
        source: Option<&str>,
        text: Option<&str>,
        kept: bool,
    ) -> String {
        let Whole::Line { line, text: place } = &record.whole else {
            let mut fields = json!({ "id": record.id });
            if let Some(source) = source {
                fields["source"] = source.into();
            }
            if let Whole::Archived(Some(date)) = &record.whole {
                fields["date"] = date.as_str().into();
            }
            if let Some(url) = &record.url {
                fields["url"] = url.as_str().into();
            }
            // So that the file can be made again. An archive says the same of its text.
            let html = row.html.as_deref();
            let html = html.filter(|_| matches!(record.whole, Whole::File));
            if let Some(html) = html {
                fields["html"] = html.into();
            }
            if kept || html.is_none() {
                fields["text"] = text.into();
            }
            return fields.to_string();
        };
        if text == Some(&row.text) && !(kept && row.html.is_some()) {
            return line.clone();
        }
        let text = json!(text);
        match place {
            Some(place) => format!("{}{text}{}", &line[..place.start], &line[place.end..]),
            // A record always has an id, so there is a field before this one.
            None => {
                let fields = line.trim_end();
                let fields = fields.strip_suffix('}').unwrap_or(fields);
                let end = fields.trim_end().len();
                let name = json!(self.fields.of(Field::Text));
                format!("{},{name}:{text}{}", &line[..end], &line[end..])
            }
        }
    }

    fn line(&mut self, file: usize, row: &impl Serialize) -> io::Result<()> {
        serde_json::to_writer(&mut self.files[file], row)?;
        self.files[file].write_all(b"\n")
    }
}

/// The files of single pages are on disk. One by one it takes a hundred times as long, so they go all at once where
/// the system can do that.
fn sync_pages(folder: &Path, count: u64) -> io::Result<()> {
    if count == 0 {
        return Ok(());
    }
    let failed = |error: io::Error| named(folder, &error);
    #[cfg(target_os = "linux")]
    {
        let folder = fs::File::open(folder).map_err(failed)?;
        nix::unistd::syncfs(folder).map_err(|error| failed(error.into()))
    }
    #[cfg(not(target_os = "linux"))]
    {
        let files = walkdir::WalkDir::new(folder).into_iter();
        for file in files {
            let file = file.map_err(|error| failed(error.into()))?;
            if file.file_type().is_file() {
                let open = fs::File::options().write(true).open(file.path());
                open.and_then(|open| open.sync_all()).map_err(failed)?;
            }
        }
        Ok(())
    }
}

fn row(entry: Entry, place: String) -> Row {
    let rejected = |id: String, error: String| Row {
        page: None,
        id,
        error: Some(error),
        place: place.clone(),
        record: None,
        text: String::new(),
        html: None,
    };
    match entry {
        Entry::Record(mut record) => match page_of(&mut record) {
            Ok((text, html)) => Row {
                page: None,
                id: record.id.clone(),
                error: None,
                place,
                record: Some(record),
                text,
                html,
            },
            Err(error) => rejected(record.id.clone(), error),
        },
        Entry::Rejected(Rejected { id, error, .. }) => rejected(id.unwrap_or_default(), error),
    }
}

/// What tells a page from an earlier one of the same id.
fn number(pages: &Pages, page: usize) -> Option<usize> {
    pages.earlier(page).map(|_| page + 1)
}
