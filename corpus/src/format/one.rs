//! One file as one page, whatever it is called.

use super::find::InputFile;
use super::pages::Pages;
use super::{Entry, Kind, Limits, Record};
use std::path::Path;

/// Reads a file as a page of text or of HTML, as its name or its begin tells.
pub fn page(path: &Path, limits: Limits) -> Result<Record, String> {
    let told = Kind::of_page(path, limits).map_err(|error| error.to_string())?;
    let pages = Pages {
        files: vec![InputFile {
            path: path.to_owned(),
            place: path.to_owned(),
            bytes: 0,
            id: path.display().to_string(),
            source: None,
            kind: told,
        }],
        limits,
    };
    match pages.entries().pop() {
        Some(Entry::Record(record)) => Ok(*record),
        Some(Entry::Rejected(rejected)) => Err(rejected.error),
        None => Err("nothing was read".to_owned()),
    }
}
