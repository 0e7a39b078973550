//! Reads folders, `.txt` and `.jsonl` files into pages. A broken record becomes
//! a rejected row with its place and reason; nothing stops the run but a wrong argument.

use super::Failure;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

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
    pub date: Option<i64>,
    /// Where it was read from, for messages.
    pub place: String,
    /// The line of a `.jsonl` page as it was read; `None` for a `.txt` page.
    pub record: Option<String>,
    /// What is odd about it, though it is processed.
    pub remark: Option<String>,
}

/// Everything that was read.
#[derive(Default)]
pub struct Input {
    pub rows: Vec<Row>,
    /// Files that are neither `.txt` nor `.jsonl`.
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

/// Reads `inputs` in the order given; files of a folder in the order of their paths.
pub fn read(inputs: &[PathBuf], source: Option<&str>) -> Result<Input, Failure> {
    let mut input = Input::default();
    for path in inputs {
        let kind = fs::metadata(path)
            .map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
        if kind.is_dir() {
            input.read_folder(path);
        } else {
            let name = path.file_name().unwrap_or(path.as_os_str());
            let id = name.to_string_lossy().into_owned();
            if !input.read_file(path, id, None) {
                return Err(Failure::usage(format!(
                    "{}: neither a folder nor a .txt or .jsonl file",
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
    fn read_folder(&mut self, folder: &Path) {
        let walk = walkdir::WalkDir::new(folder)
            .follow_links(true)
            .sort_by_file_name();
        for entry in walk {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    let path = error.path().unwrap_or(folder);
                    self.reject(
                        relative(folder, path),
                        format!("{}: {error}", path.display()),
                    );
                    continue;
                }
            };
            if entry.file_type().is_dir() {
                continue;
            }
            let id = relative(folder, entry.path());
            let source = id.split_once('/').map(|(first, _)| first.to_owned());
            if !self.read_file(entry.path(), id, source) {
                self.other_files += 1;
            }
        }
    }

    /// Reads one file; whether it is of a kind that is read.
    fn read_file(&mut self, path: &Path, id: String, source: Option<String>) -> bool {
        let extension = path.extension().and_then(|extension| extension.to_str());
        let kind = extension.map(str::to_ascii_lowercase);
        let lines = match kind.as_deref() {
            Some("txt") => false,
            Some("jsonl") => true,
            _ => return false,
        };
        let place = path.display().to_string();
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) => {
                self.reject(id, format!("{place}: {error}"));
                return true;
            }
        };
        if lines {
            for (number, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
                let place = format!("{place}:{}", number + 1);
                match record(line, &place) {
                    Ok(Some(page)) => self.rows.push(Row::Page(page)),
                    Ok(None) => {}
                    Err(error) => self.reject(format!("{id}:{}", number + 1), error),
                }
            }
            return true;
        }
        match String::from_utf8(bytes) {
            Ok(text) => self.rows.push(Row::Page(InputPage {
                id,
                source,
                text,
                date: None,
                place,
                record: None,
                remark: None,
            })),
            Err(error) => {
                let (line, column) =
                    line_and_column(error.as_bytes(), error.utf8_error().valid_up_to());
                self.reject(
                    id,
                    format!("{place}:{line}: not UTF-8 at byte {column} of the line"),
                );
            }
        }
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
                    page.remark = Some(format!(
                        "{}: id {:?} is already that of {place}; ids should be unique",
                        page.place, page.id
                    ));
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

/// One line of a `.jsonl` file; `None` for a blank one.
fn record(line: &[u8], place: &str) -> Result<Option<InputPage>, String> {
    let line = std::str::from_utf8(line)
        .map_err(|error| format!("{place}: not UTF-8 at byte {}", error.valid_up_to() + 1))?;
    let line = line.trim_end_matches('\r').trim_start_matches('\u{feff}');
    if line.trim().is_empty() {
        return Ok(None);
    }
    let fields: Map<String, Value> = serde_json::from_str(line).map_err(|error| {
        format!(
            "{place}: not a JSON object at column {}: {error}",
            error.column()
        )
    })?;
    let string = |name: &str| match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(other) => Err(format!(
            "{place}: `{name}` is {}; it must be a string",
            kind(other)
        )),
    };
    let id = match fields.get("id") {
        Some(Value::Number(number)) => number.to_string(),
        _ => string("id")?.ok_or_else(|| format!("{place}: no `id`; every record needs one"))?,
    };
    let Some(text) = string("text")? else {
        let hint = match fields.contains_key("html") {
            true => "; this program does not read `html` yet",
            false => "; every record needs one",
        };
        return Err(format!("{place}: no `text`{hint}"));
    };
    let host = || -> Option<String> {
        let url = url::Url::parse(fields.get("url")?.as_str()?).ok()?;
        url.host_str().map(str::to_owned)
    };
    Ok(Some(InputPage {
        id,
        source: string("source")?.or_else(host),
        text,
        date: fields.get("date").and_then(Value::as_str).and_then(seconds),
        place: place.to_owned(),
        record: Some(line.to_owned()),
        remark: None,
    }))
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
