//! What a run writes (the ledger and its siblings), and the same read again: in order, with each record, its
//! text and what was taken out of it.

pub mod asked;
pub mod evidence;
pub mod faults;
mod file;
pub mod find;
pub mod folder;
mod known;
mod lines;
pub mod page;
pub mod quotes;
pub mod rebuild;
pub mod restore;
mod stores;
pub mod summary;
pub mod sums;
pub mod tables;
mod texts;
pub mod verify;
mod walk;
pub mod write;
mod written;

use known::{Known, StoreId};

use crate::failure::Failure;
use crate::format::Limits;
use crate::format::fields::{Field, Fields};
use folder::SUMMARY;
use lines::Lines;
use serde_json::Value;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use sums::is_seal;
use twicetold::report::{LedgerRow, RelatedRow, RemovalRow};

/// The output folder of a run.
pub struct Folder {
    pub path: PathBuf,
    pub summary: Value,
    /// The same, as it stands in its file.
    bytes: Vec<u8>,
    /// Why its records cannot be read back, where they cannot.
    pub form: Option<String>,
    /// The names of the fields of its records.
    pub fields: Fields,
}

/// What was read once is read again, however long it is.
const LIMITS: Limits = Limits {
    record: usize::MAX >> 1,
    expansion: u64::MAX >> 1,
    free: crate::format::FREE,
};

/// What is said of a folder that no run wrote, or that is not read.
fn not_such(summary: &Path, why: &dyn std::fmt::Display) -> Failure {
    Failure::usage(format!(
        "{}: {why}; name the --out folder of a run that is done",
        summary.display()
    ))
}

impl Folder {
    /// The folder that a run wrote to, told by its summary, whose records can be read back.
    pub fn open(path: &Path) -> Result<Folder, Failure> {
        let folder = Folder::of_any_form(path)?;
        match &folder.form {
            Some(why) => Err(not_such(&path.join(SUMMARY), why)),
            None => Ok(folder),
        }
    }

    /// The same, in whatever form its records are.
    pub fn of_any_form(path: &Path) -> Result<Folder, Failure> {
        let file = path.join(SUMMARY);
        let wrong = |why: &dyn std::fmt::Display| not_such(&file, why);
        let bytes = fs::read(&file).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => wrong(&error),
            _ => Failure::at(&file)(error),
        })?;
        let summary: serde_json::Result<Value> = serde_json::from_slice(&bytes);
        let summary = summary.ok().filter(|told| told["program"] == "twicetold");
        let Some(summary) = summary else {
            // What ends as one of ours does is one that was damaged.
            return Err(match is_seal(&bytes) {
                true => Failure::run(format!(
                    "{}: not what was written there, so that nothing can be told of this folder; take it from a copy",
                    file.display()
                )),
                false => wrong(&"not the summary of a run of twicetold"),
            });
        };
        let form = match summary["settings"]["to"].as_str() {
            Some(to) => Some(format!(
                "written with --to {to}, and only folders whose pages are in the form they came in are read back"
            )),
            None => summary["settings"]["pack"].as_str().and_then(|pack| {
                let tool = if pack == "gz" { "gunzip" } else { "unzstd" };
                let files = path.join(format!("*.{pack}"));
                let is_packed = !path.join("ledger.jsonl").exists();
                is_packed.then(|| {
                    format!(
                        "written with --pack {pack}; unpack its files first: {tool} {}",
                        files.display()
                    )
                })
            }),
        };
        let mut fields = Fields::default();
        for field in Field::ALL {
            if let Some(name) = summary["settings"]["fields"][field.name()].as_str() {
                fields.set(field, name);
            }
        }
        Ok(Folder {
            path: path.to_owned(),
            summary,
            bytes,
            form,
            fields,
        })
    }

    fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    pub fn ledger(&self) -> io::Result<Lines<LedgerRow<'static>>> {
        Lines::of_json(&self.path, "ledger.jsonl")
    }

    pub fn removals(&self) -> io::Result<Lines<RemovalRow<'static>>> {
        Lines::of_json(&self.path, "removals.jsonl")
    }

    pub fn related(&self) -> io::Result<Lines<RelatedRow<'static>>> {
        Lines::of_json(&self.path, "related.jsonl")
    }

    /// What was counted when it was written.
    pub fn count(&self, name: &str) -> Option<u64> {
        self.summary["counts"][name].as_u64()
    }
}
