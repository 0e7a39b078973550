//! Reads folders, `.txt`, `.html` and `.jsonl` files into pages. A broken record becomes
//! a rejected row with its place and reason; nothing stops the run but a wrong argument.

use super::Failure;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::HashMap;
use std::fs;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use twicetold::boilerplate::markup::Markup;
use twicetold::html::{Document, SourceMap, decode};

/// One input record, in input order.
pub enum Row {
    Page(InputPage),
    Rejected { id: String, error: String },
}

/// A page to process.
pub struct InputPage {
    pub id: String,
    pub source: Option<String>,
    pub text: String,
    /// What its markup says and where in the source it stands, where it was HTML.
    pub html: Option<Box<(Markup, SourceMap)>>,
    /// The HTML of a page that is a file; that of a record stands in its line.
    pub file_html: Option<String>,
    pub date: Option<i64>,
    /// Its place in the ranking of the record, lower is better.
    pub rank: Option<i64>,
    /// Where it was read from, for messages.
    pub place: String,
    /// The record of a `.jsonl` page; `None` for the page of a file.
    pub record: Option<Record>,
    /// Whether an earlier page has the same id.
    pub equal_id: bool,
    /// What is odd about it, though it is processed.
    pub remark: Option<String>,
}

/// A line of a `.jsonl` file, and where the value of its `text` stands in it; `None` where it
/// has only `html`.
pub struct Record {
    /// The file, read once for all of its lines, and the line in it.
    file: Arc<Vec<u8>>,
    line: Range<usize>,
    pub text: Option<Range<usize>>,
}

impl Record {
    pub fn line(&self) -> &str {
        // It was looked at when it was read.
        simdutf8::basic::from_utf8(&self.file[self.line.clone()]).unwrap_or_default()
    }
}

/// Everything that was read.
#[derive(Default)]
pub struct Input {
    pub rows: Vec<Row>,
    /// Files that are neither `.txt`, `.html` nor `.jsonl`.
    pub other_files: usize,
}

impl Input {
    pub fn pages(&self) -> impl Iterator<Item = &InputPage> {
        self.rows.iter().filter_map(|row| match row {
            Row::Page(page) => Some(page),
            Row::Rejected { .. } => None,
        })
    }

    pub fn rejected(&self) -> impl Iterator<Item = (&str, &str)> {
        self.rows.iter().filter_map(|row| match row {
            Row::Rejected { id, error } => Some((id.as_str(), error.as_str())),
            Row::Page(_) => None,
        })
    }
}

impl InputPage {
    /// The text of `document` is that of the page.
    fn take_html(&mut self, document: Document) {
        self.remark(document.remarks());
        let (text, markup, map) = document.into_parts();
        self.text = text;
        self.html = Some(Box::new((markup, map)));
    }

    /// Adds what is odd about the page.
    fn remark(&mut self, remarks: &[String]) {
        let odd: Vec<&str> = remarks.iter().map(String::as_str).collect();
        if !odd.is_empty() {
            let place = &self.place;
            let known = self.remark.take().map(|known| format!("{known}; "));
            let known = known.unwrap_or_else(|| format!("{place}: "));
            self.remark = Some(known + &odd.join("; "));
        }
    }
}

/// What a file is read as.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Html,
    Records,
}

/// Reads `inputs` in the order given; files of a folder in the order of their
/// paths. Links into `out` are refused.
pub fn read(
    inputs: &[PathBuf],
    source: Option<&str>,
    out: Option<&Path>,
) -> Result<Input, Failure> {
    let mut input = Input::default();
    for path in inputs {
        let kind = fs::metadata(path)
            .map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
        if kind.is_dir() {
            input.read_folder(path, out)?;
        } else {
            let name = path.file_name().unwrap_or(path.as_os_str());
            let id = name.to_string_lossy().into_owned();
            if !input.read_file(path, id, None) {
                return Err(Failure::usage(format!(
                    "{}: neither a folder nor a .txt, .html or .jsonl file",
                    path.display()
                )));
            }
        }
    }
    if let Some(source) = source {
        for row in &mut input.rows {
            if let Row::Page(page) = row {
                page.source = Some(source.to_owned());
            }
        }
    }
    input.remark_equal_ids();
    Ok(input)
}

impl Input {
    fn read_folder(&mut self, folder: &Path, out: Option<&Path>) -> Result<(), Failure> {
        let walk = walkdir::WalkDir::new(folder)
            .follow_links(true)
            .sort_by_file_name();
        for entry in walk {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    let path = error.path().unwrap_or(folder);
                    let id = relative(folder, path);
                    self.reject(id, format!("{}: {error}", path.display()));
                    continue;
                }
            };
            if entry.path_is_symlink()
                && let Some(out) = out
                && let Ok(target) = fs::canonicalize(entry.path())
                && (target.starts_with(out) || out.starts_with(&target))
            {
                return Err(Failure::usage(format!(
                    "{} is a link into --out {}; choose a folder apart from the inputs",
                    entry.path().display(),
                    out.display()
                )));
            }
            if entry.file_type().is_dir() {
                continue;
            }
            let id = relative(folder, entry.path());
            let source = id.split_once('/').map(|(first, _)| first.to_owned());
            if !self.read_file(entry.path(), id, source) {
                self.other_files += 1;
            }
        }
        Ok(())
    }

    /// Reads one file; whether it is of a kind that is read.
    fn read_file(&mut self, path: &Path, id: String, source: Option<String>) -> bool {
        let extension = path.extension().and_then(|extension| extension.to_str());
        let kind = extension.map(str::to_ascii_lowercase);
        let kind = match kind.as_deref() {
            Some("txt") => Kind::Text,
            Some("html" | "htm" | "xhtml") => Kind::Html,
            Some("jsonl") => Kind::Records,
            _ => return false,
        };
        let place = path.display().to_string();
        let regular = || match fs::metadata(path)?.is_file() {
            true => fs::read(path),
            false => Err(io::Error::other("not a regular file")),
        };
        let bytes = match regular() {
            Ok(bytes) => bytes,
            Err(error) => {
                self.reject(id, format!("{place}: {error}"));
                return true;
            }
        };
        if kind == Kind::Records {
            let file = Arc::new(bytes);
            let mut start = 0;
            let ends = memchr::memchr_iter(b'\n', &file).chain([file.len()]);
            for (number, end) in ends.enumerate() {
                let place = format!("{place}:{}", number + 1);
                let read = record(&file, start..end, &place);
                start = end + 1;
                match read {
                    Ok(Some(page)) => self.rows.push(Row::Page(page)),
                    Ok(None) => {}
                    Err((record_id, error)) => {
                        self.reject(record_id.unwrap_or(format!("{id}:{}", number + 1)), error);
                    }
                }
            }
            return true;
        }
        let mut page = InputPage {
            id,
            source,
            text: String::new(),
            html: None,
            file_html: None,
            date: None,
            rank: None,
            place,
            record: None,
            equal_id: false,
            remark: None,
        };
        if kind == Kind::Html {
            let decoded = decode(&bytes, None);
            page.remark(&decoded.remarks);
            page.take_html(Document::parse(&decoded.html));
            page.file_html = Some(decoded.html);
        } else {
            match String::from_utf8(bytes) {
                Ok(text) => page.text = text,
                Err(error) => {
                    let place = page.place;
                    let valid = error.utf8_error().valid_up_to();
                    let (line, column) = line_and_column(error.as_bytes(), valid);
                    let error = format!("{place}:{line}: not UTF-8 at byte {column} of the line");
                    self.reject(page.id, error);
                    return true;
                }
            }
        }
        self.rows.push(Row::Page(page));
        true
    }

    fn reject(&mut self, id: String, error: String) {
        self.rows.push(Row::Rejected { id, error });
    }

    /// Both pages of one id are processed; the later says so.
    fn remark_equal_ids(&mut self) {
        let mut first: HashMap<String, String> = HashMap::new();
        for row in &mut self.rows {
            let Row::Page(page) = row else { continue };
            match first.get(&page.id) {
                Some(place) => {
                    page.equal_id = true;
                    let id = &page.id;
                    let odd = format!("id {id:?} is already that of {place}; ids should be unique");
                    page.remark(&[odd]);
                }
                None => {
                    first.insert(page.id.clone(), page.place.clone());
                }
            }
        }
    }
}

fn relative(folder: &Path, path: &Path) -> String {
    let relative = path.strip_prefix(folder).unwrap_or(path);
    let parts: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

fn line_and_column(bytes: &[u8], at: usize) -> (usize, usize) {
    let before = &bytes[..at];
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let start = before
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |end| end + 1);
    (line, at - start + 1)
}

/// The fields that are read; all others ride along in the line.
#[derive(Deserialize)]
struct Fields<'l> {
    #[serde(borrow)]
    id: Option<&'l RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    text: Option<&'l RawValue>,
    #[serde(borrow)]
    html: Option<&'l RawValue>,
    #[serde(borrow)]
    source: Option<&'l RawValue>,
    #[serde(borrow)]
    url: Option<&'l RawValue>,
    #[serde(borrow)]
    date: Option<&'l RawValue>,
    #[serde(borrow)]
    rank: Option<&'l RawValue>,
}

/// A field that is there, `null` or not: its place is needed.
fn present<'de: 'l, 'l, D: Deserializer<'de>>(field: D) -> Result<Option<&'l RawValue>, D::Error> {
    <&RawValue>::deserialize(field).map(Some)
}

/// One line of a `.jsonl` file; `None` for a blank one. An error comes with the
/// record's id where it could be read.
fn record(
    file: &Arc<Vec<u8>>,
    line: Range<usize>,
    place: &str,
) -> Result<Option<InputPage>, (Option<String>, String)> {
    let line = simdutf8::compat::from_utf8(&file[line]).map_err(|error| {
        let byte = error.valid_up_to() + 1;
        (None, format!("{place}: not UTF-8 at byte {byte}"))
    })?;
    let line = line.trim_end_matches('\r').trim_start_matches('\u{feff}');
    if line.trim().is_empty() {
        return Ok(None);
    }
    // A list would be taken for the fields in order.
    let fields: Fields<'_> = match line.trim_start().starts_with('{') {
        true => serde_json::from_str(line),
        false => Err(serde::de::Error::custom("it does not begin with {")),
    }
    .map_err(|error| (None, format!("{place}: not a JSON object: {error}")))?;
    let id = fields.id.map(|raw| name("id", raw)).transpose();
    let id = id.map_err(|error| (None, format!("{place}: {error}")))?;
    let Some(id) = id.flatten() else {
        return Err((None, format!("{place}: no `id`; every record needs one")));
    };
    let failed = |error: String| (Some(id.clone()), format!("{place}: {error}"));
    let given = |raw: &&RawValue| raw.get() != "null";
    let (text, html) = (fields.text.filter(given), fields.html.filter(given));
    // Text that somebody extracted is what the page is taken for; else its HTML is.
    let raw = match (text, html) {
        (Some(text), _) => Ok(string("text", text).map_err(failed)?),
        (None, Some(html)) => Err(string("html", html).map_err(failed)?),
        (None, None) => {
            return Err(failed(
                "no `text` and no `html`; every record needs one".into(),
            ));
        }
    };
    let source = fields.source.map(|raw| name("source", raw)).transpose();
    let host = || -> Option<String> {
        let url = url::Url::parse(&string("url", fields.url?).ok()?).ok()?;
        url.host_str().map(str::to_owned)
    };
    let source = source.map_err(failed)?.flatten().or_else(host);
    let date = fields.date.filter(|raw| raw.get() != "null");
    let seconds = date.and_then(|raw| seconds(&string("date", raw).ok()?));
    let undated = date.filter(|_| seconds.is_none());
    let ranked = fields.rank.filter(|raw| raw.get() != "null");
    let rank = ranked.and_then(|raw| raw.get().parse().ok());
    let unranked = ranked.filter(|_| rank.is_none());
    let remarks = [
        undated.map(|raw| {
            format!(
                "`date` is {}, not ISO 8601; the page counts as undated",
                raw.get()
            )
        }),
        unranked.map(|raw| {
            format!(
                "`rank` is {}, not an integer; the page counts as unranked",
                raw.get()
            )
        }),
    ];
    let remarks: Vec<String> = remarks.into_iter().flatten().collect();
    let range = |part: &str, of: &[u8]| {
        let start = part.as_ptr() as usize - of.as_ptr() as usize;
        start..start + part.len()
    };
    let mut page = InputPage {
        source,
        text: String::new(),
        html: None,
        file_html: None,
        date: seconds,
        place: place.to_owned(),
        record: Some(Record {
            text: fields.text.map(|raw| range(raw.get(), line.as_bytes())),
            line: range(line, file),
            file: Arc::clone(file),
        }),
        equal_id: false,
        rank,
        remark: None,
        id,
    };
    page.remark(&remarks);
    match raw {
        Ok(text) => page.text = text,
        Err(html) => page.take_html(Document::parse(&html)),
    }
    Ok(Some(page))
}

fn string(name: &str, raw: &RawValue) -> Result<String, String> {
    match serde_json::from_str(raw.get()) {
        Ok(Value::String(text)) => Ok(text),
        Ok(other) => Err(format!("`{name}` is {}; it must be a string", kind(&other))),
        Err(error) => Err(format!("`{name}`: {error}")),
    }
}

/// A string, or a number as it is written; `None` for null.
fn name(field: &str, raw: &RawValue) -> Result<Option<String>, String> {
    let first = raw.get().as_bytes()[0];
    match raw.get() {
        "null" => Ok(None),
        number if first == b'-' || first.is_ascii_digit() => Ok(Some(number.to_owned())),
        _ => string(field, raw).map(Some),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// An ISO 8601 date, with or without time and offset (UTC where it has none), in seconds.
fn seconds(date: &str) -> Option<i64> {
    let date = date.trim();
    if let Ok(instant) = date.parse::<jiff::Timestamp>() {
        return Some(instant.as_second());
    }
    let local: jiff::civil::DateTime = date.parse().ok()?;
    let utc = local.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(utc.timestamp().as_second())
}
