//! Which files the arguments name, and what they are.

use super::Limits;
use super::open::{self, Packing};
use crate::failure::Failure;
use std::fs;
use std::io::{self, BufRead};
use std::path::{Path, PathBuf};

/// What a file is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
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
        let name = path.file_name()?.to_str()?.to_ascii_lowercase();
        let name = [".gz", ".gzip", ".zst", ".zstd"]
            .iter()
            .find_map(|packed| name.strip_suffix(packed))
            .unwrap_or(&name);
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
        let told = content(path, limits)?;
        Ok(told.filter(|kind| kind.is_page()).unwrap_or(Kind::Text))
    }

    /// Whether a file is one page.
    pub fn is_page(self) -> bool {
        matches!(self, Kind::Text | Kind::Html)
    }
}

/// A file to be read.
#[derive(Debug, Clone)]
pub struct InputFile {
    pub path: PathBuf,
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

/// The files that an argument names, in the order of their paths; `kind` is what they are read as, unless they
/// tell themselves.
pub fn files(
    argument: &Path,
    kind: Option<Kind>,
    limits: Limits,
) -> Box<dyn Iterator<Item = Met> + Send> {
    if !argument.is_dir() {
        let name = argument.file_name().unwrap_or(argument.as_os_str());
        let id = name.to_string_lossy().into_owned();
        let met = named(argument.to_owned(), id, None, kind, limits);
        // What was named is read as something.
        let met = match met {
            Met::Other => Met::File(InputFile {
                path: argument.to_owned(),
                id: name.to_string_lossy().into_owned(),
                source: None,
                kind: Kind::Text,
            }),
            met => met,
        };
        return Box::new(std::iter::once(met));
    }
    let folder = argument.to_owned();
    let walk = walkdir::WalkDir::new(argument)
        .follow_links(true)
        .sort_by_file_name();
    Box::new(walk.into_iter().filter_map(move |entry| {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let path = error.path().unwrap_or(&folder).to_owned();
                let why = error.io_error().map(io::Error::to_string);
                return Some(Met::Unreadable {
                    id: relative(&folder, &path),
                    path,
                    error: why.unwrap_or_else(|| error.to_string()),
                });
            }
        };
        if entry.file_type().is_dir() {
            return None;
        }
        let id = relative(&folder, entry.path());
        let source = id.split_once('/').map(|(first, _)| first.to_owned());
        Some(named(entry.into_path(), id, source, kind, limits))
    }))
}

fn named(
    path: PathBuf,
    id: String,
    source: Option<String>,
    kind: Option<Kind>,
    limits: Limits,
) -> Met {
    let by_name = Kind::of_name(&path);
    // Pages are many and small, and their names are enough; what else there is tells itself.
    let told = match by_name.filter(|kind| kind.is_page()) {
        Some(page) => Ok(Some(page)),
        None => content(&path, limits),
    };
    match told {
        Ok(told) => match kind.or(told).or(by_name) {
            Some(kind) => Met::File(InputFile {
                path,
                id,
                source,
                kind,
            }),
            None => Met::Other,
        },
        Err(error) => Met::Unreadable {
            path,
            id,
            error: error.to_string(),
        },
    }
}

/// What a file tells by its first bytes, unpacked.
fn content(path: &Path, limits: Limits) -> io::Result<Option<Kind>> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("not a regular file"));
    }
    let (mut stream, packing) = open::open(path, limits)?;
    match stream.fill_buf() {
        Ok(first) => Ok(Kind::of_content(first)),
        // Its reader says what is wrong.
        Err(_) if packing != Packing::Plain => Ok(None),
        Err(error) => Err(error),
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
