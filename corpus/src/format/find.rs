//! Which files the arguments name, and what they are.

use super::Limits;
use super::open::{self, Opened, Packing, SystemFault};
use crate::failure::Failure;
use crate::store::workspace::HIDDEN;
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::{self, BufRead};
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use xxhash_rust::xxh3::Xxh3;

/// What a file is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "clap", derive(clap::ValueEnum))]
pub enum Kind {
    /// One page of text a file
    Text,
    /// One page of HTML a file
    Html,
    /// One JSON record a line
    Jsonl,
    /// One record a row
    Parquet,
    /// WARC or WET: one page a response, resource or conversion
    Warc,
}

impl Kind {
    /// By the name of a file, without what says how it is packed.
    fn of_name(path: &Path) -> Option<Kind> {
        let name = match open::unpacked_name(path) {
            Some(name) => name,
            None => path.file_name()?.to_str()?.to_ascii_lowercase(),
        };
        match name.rsplit_once('.')?.1 {
            "txt" | "text" => Some(Kind::Text),
            "html" | "htm" | "xhtml" => Some(Kind::Html),
            "jsonl" | "ndjson" | "json" => Some(Kind::Jsonl),
            "parquet" => Some(Kind::Parquet),
            "warc" | "wet" => Some(Kind::Warc),
            _ => None,
        }
    }

    /// By the first bytes of what a file holds; `None` where they tell nothing.
    fn of_content(first: &[u8]) -> Option<Kind> {
        if first.starts_with(b"PAR1") {
            return Some(Kind::Parquet);
        }
        if first.starts_with(b"WARC/") {
            return Some(Kind::Warc);
        }
        let text = first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(first);
        let text = text.trim_ascii_start();
        let begins = |tag: &[u8]| {
            text.get(..tag.len())
                .is_some_and(|begin| begin.eq_ignore_ascii_case(tag))
        };
        if text.starts_with(b"{") {
            return Some(Kind::Jsonl);
        }
        [&b"<!doctype html"[..], b"<html", b"<head", b"<body"]
            .iter()
            .any(|tag| begins(tag))
            .then_some(Kind::Html)
    }

    /// What a file that is one page is read as: HTML where it says so, else text.
    pub fn of_page(path: &Path, limits: Limits) -> io::Result<Kind> {
        if let Some(page) = Kind::of_name(path).filter(|kind| kind.is_page()) {
            return Ok(page);
        }
        let told = content(path, limits, &SystemFault::default())?;
        Ok(told.filter(|kind| kind.is_page()).unwrap_or(Kind::Text))
    }

    /// Whether a file is one page.
    pub fn is_page(self) -> bool {
        matches!(self, Kind::Text | Kind::Html)
    }
}

/// A file or folder that is named on the command line.
#[derive(Debug, Clone)]
pub struct Argument {
    path: PathBuf,
    /// What it is called, where that is not its path.
    name: Option<&'static str>,
}

impl From<PathBuf> for Argument {
    fn from(path: PathBuf) -> Self {
        Argument { path, name: None }
    }
}

impl Argument {
    /// What came through standard input, now in a file; nobody needs to know where that is.
    pub fn stdin(path: PathBuf) -> Self {
        let name = Some("stdin");
        Argument { path, name }
    }
}

/// A file to be read.
#[derive(Debug, Clone)]
pub struct InputFile {
    pub path: PathBuf,
    /// As people know it.
    pub place: PathBuf,
    /// The id of a page that is this file, and the begin of those of records that have none.
    pub id: String,
    /// The first folder below the argument.
    pub source: Option<String>,
    pub kind: Kind,
}

/// What a walk over the arguments meets.
pub enum Met {
    File(InputFile),
    /// Nothing that is read.
    Other,
    /// It cannot be read.
    Unreadable {
        path: PathBuf,
        id: String,
        error: String,
    },
}

/// What an argument names, checked before anything is read: that it is there, and that no link in it leads
/// into the folder `out`, or to one that holds it.
pub fn check(argument: &Path, out: Option<&Path>) -> Result<(), Failure> {
    fs::metadata(argument)
        .map_err(|error| Failure::usage(format!("{}: {error}", argument.display())))?;
    let Some(out) = out.filter(|out| out.exists()) else {
        return Ok(());
    };
    let walk = walkdir::WalkDir::new(argument).follow_links(true);
    let links = walk.into_iter().filter_map(Result::ok);
    for link in links.filter(walkdir::DirEntry::path_is_symlink) {
        let Ok(target) = fs::canonicalize(link.path()) else {
            continue;
        };
        if target.starts_with(out) || out.starts_with(&target) {
            return Err(Failure::usage(format!(
                "{} is a link into --out {}; choose a folder apart from the inputs",
                link.path().display(),
                out.display()
            )));
        }
    }
    Ok(())
}

/// What tells whether the files of an argument are what they were: their names, lengths and times, summed up.
pub fn state(argument: &Path) -> String {
    let mut sum = Xxh3::new();
    let walk = walkdir::WalkDir::new(argument)
        .follow_links(true)
        .sort_by_file_name();
    for entry in walk.into_iter().filter_entry(is_input).flatten() {
        let Ok(known) = entry.metadata() else {
            continue;
        };
        if !known.is_file() {
            continue;
        }
        let changed = known.modified().ok();
        let since = changed.and_then(|at| at.duration_since(SystemTime::UNIX_EPOCH).ok());
        sum.update(entry.path().as_os_str().as_encoded_bytes());
        sum.update(&known.len().to_le_bytes());
        sum.update(&since.map_or(0, |since| since.as_nanos()).to_le_bytes());
    }
    format!("files of state {:016x}", sum.digest())
}

/// Whether a walk goes on at an entry: not into what a run keeps to itself, when its scratch lies in there.
fn is_input(entry: &walkdir::DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    entry.depth() == 0 || !entry.file_type().is_dir() || !name.starts_with(HIDDEN)
}

/// The files that an argument names, in the order of their paths; `kind` is what they are read as, unless they
/// tell themselves.
pub fn files(
    argument: &Argument,
    kind: Option<Kind>,
    limits: Limits,
    fault: &SystemFault,
) -> Box<dyn Iterator<Item = Met> + Send> {
    let Argument { path, name } = argument.clone();
    let fault = fault.clone();
    if !path.is_dir() {
        let place = name.map_or(path.clone(), PathBuf::from);
        // From a program that had no record.
        let nothing = name.is_some() && fs::metadata(&path).is_ok_and(|file| file.len() == 0);
        let name = place.file_name().unwrap_or(place.as_os_str());
        let file = InputFile {
            id: name.to_string_lossy().into_owned(),
            source: None,
            // What was named is read as something.
            kind: if nothing { Kind::Jsonl } else { Kind::Text },
            path,
            place,
        };
        let met = match told(&file.path, kind, limits, &fault) {
            Ok(kind) => Met::File(InputFile {
                kind: kind.unwrap_or(file.kind),
                ..file
            }),
            Err(error) => file.unreadable(&error),
        };
        return Box::new(std::iter::once(met));
    }
    let walk = walkdir::WalkDir::new(&path)
        .follow_links(true)
        .sort_by_file_name();
    let walk = walk.into_iter().filter_entry(is_input);
    let folder = path;
    Box::new(walk.filter_map(move |entry| {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let path = error.path().unwrap_or(&folder).to_owned();
                return Some(Met::Unreadable {
                    id: relative(&folder, &path),
                    error: unwalkable(&path, &error),
                    path,
                });
            }
        };
        if entry.file_type().is_dir() {
            return None;
        }
        let id = relative(&folder, entry.path());
        let source = id.split_once('/').map(|(first, _)| first.to_owned());
        let path = entry.into_path();
        let told = told(&path, kind, limits, &fault);
        let file = |kind| InputFile {
            place: path.clone(),
            path,
            id,
            source,
            kind,
        };
        Some(match told {
            Ok(Some(kind)) => Met::File(file(kind)),
            Ok(None) => Met::Other,
            Err(error) => file(Kind::Text).unreadable(&error),
        })
    }))
}

impl InputFile {
    fn unreadable(self, error: &io::Error) -> Met {
        Met::Unreadable {
            path: self.place,
            id: self.id,
            error: error.to_string(),
        }
    }
}

/// What a file is read as, `kind` where that is given; `None` where neither content nor name tells.
fn told(
    path: &Path,
    kind: Option<Kind>,
    limits: Limits,
    fault: &SystemFault,
) -> io::Result<Option<Kind>> {
    let by_name = Kind::of_name(path);
    // Pages are many and small, and their names are enough; what else there is tells itself.
    let told = match by_name.filter(|kind| kind.is_page()) {
        Some(page) => Some(page),
        None => content(path, limits, fault)?,
    };
    Ok(kind.or(told).or(by_name))
}

/// Why a walk does not go further at a path.
fn unwalkable(path: &Path, error: &walkdir::Error) -> String {
    if let Some(above) = error.loop_ancestor() {
        return format!("a link to {}, which it lies in", above.display());
    }
    let why = error.io_error().map(io::Error::to_string);
    let why = why.unwrap_or_else(|| error.to_string());
    match fs::read_link(path) {
        Ok(to) => format!("a link to {}: {why}", to.display()),
        Err(_) => why,
    }
}

/// What a file tells by its first bytes, unpacked.
fn content(path: &Path, limits: Limits, fault: &SystemFault) -> io::Result<Option<Kind>> {
    regular(path)?;
    let Opened {
        mut stream,
        packing,
        ..
    } = open::open(path, limits, fault)?;
    match stream.fill_buf() {
        Ok(first) => Ok(Kind::of_content(first)),
        // Its reader says what is wrong.
        Err(error) if packing != Packing::Plain && error.raw_os_error().is_none() => Ok(None),
        Err(error) => Err(error),
    }
}

/// Refuses what is read once, or for ever: opening a pipe that nobody writes to would not return.
pub fn regular(path: &Path) -> io::Result<()> {
    match fs::metadata(path)?.is_file() {
        true => Ok(()),
        false => Err(io::Error::other(
            "a pipe, socket or device, not a file; give it to standard input and name it -",
        )),
    }
}

/// The path of a file below a folder, with `/` between its parts.
fn relative(folder: &Path, path: &Path) -> String {
    let relative = path.strip_prefix(folder).unwrap_or(path);
    let parts: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_before_name() {
        let kinds = [
            (&b"PAR1\x15"[..], Some(Kind::Parquet)),
            (b"WARC/1.0\r\n", Some(Kind::Warc)),
            (b"\xef\xbb\xbf {\"id\":1}", Some(Kind::Jsonl)),
            (b"\n <!DOCTYPE HTML>", Some(Kind::Html)),
            (b"Once upon a time", None),
            (b"", None),
        ];
        for (first, kind) in kinds {
            assert_eq!(Kind::of_content(first), kind, "{first:?}");
        }
        let of = |name: &str| Kind::of_name(Path::new(name));
        assert_eq!(of("a/b.JSONL.gz"), Some(Kind::Jsonl));
        assert_eq!(of("a.txt.zst"), Some(Kind::Text));
        assert_eq!(of("a.warc.wet.gz"), Some(Kind::Warc));
        assert_eq!(of("photo.jpg"), None);
    }
}
