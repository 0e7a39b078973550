//! One file as one page, whatever it is called.

use super::find::InputFile;
use super::open::SystemFault;
use super::pages::PageFile;
use super::{Entry, Kind, Limits, Record};
use std::path::Path;

/// Reads a file as a page of text or of HTML, as its name or its begin tells.
pub fn page(path: &Path, limits: Limits) -> Result<Record, String> {
    let told = Kind::of_page(path, limits).map_err(|error| error.to_string())?;
    let file = InputFile {
        path: path.to_owned(),
        place: path.to_owned(),
        id: path.display().to_string(),
        source: None,
        kind: told,
    };
    match PageFile::read(file, limits, &SystemFault::default()).entry() {
        Entry::Record(record) => Ok(*record),
        Entry::Rejected(rejected) => Err(rejected.error),
    }
}
