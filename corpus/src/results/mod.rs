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
pub mod tables;
mod texts;
pub mod verify;
mod walk;
pub mod write;

use known::{Known, StoreId};

use crate::failure::Failure;
use crate::format::Limits;
use crate::format::fields::{Field, Fields};
use lines::Lines;
use serde_json::Value;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use twicetold::report::{LedgerRow, RelatedRow, RemovalRow};

/// The output folder of a run.
pub struct Folder {
    pub path: PathBuf,
    pub summary: Value,
    /// The names of the fields of its records.
    pub fields: Fields,
}

/// What was read once is read again, however long it is.
const LIMITS: Limits = Limits {
    record: usize::MAX >> 1,
    expansion: u64::MAX >> 1,
};

impl Folder {
    /// The folder that a run wrote to, told by its summary.
    pub fn open(path: &Path) -> Result<Folder, Failure> {
        let file = path.join("summary.json");
        let wrong = |why: &dyn std::fmt::Display| {
            Failure::usage(format!(
                "{}: {why}; name the --out folder of a run that is done",
                file.display()
            ))
        };
        let bytes = fs::read(&file).map_err(|error| wrong(&error))?;
        let summary: Value = serde_json::from_slice(&bytes).map_err(|error| wrong(&error))?;
        if summary["program"] != "twicetold" {
            return Err(wrong(&"not the summary of a run of twicetold"));
        }
        if let Some(to) = summary["settings"]["to"].as_str() {
            return Err(wrong(&format!(
                "written with --to {to}, and only folders whose pages are in the form they came in are read back"
            )));
        }
        if let Some(pack) = summary["settings"]["pack"].as_str()
            && !path.join("ledger.jsonl").exists()
        {
            let tool = if pack == "gz" { "gunzip" } else { "unzstd" };
            return Err(wrong(&format!(
                "written with --pack {pack}; unpack its files first: {tool} {}",
                path.join(format!("*.{pack}")).display()
            )));
        }
        let mut fields = Fields::default();
        for field in Field::ALL {
            if let Some(name) = summary["settings"]["fields"][field.name()].as_str() {
                fields.set(field, name);
            }
        }
        Ok(Folder {
            path: path.to_owned(),
            summary,
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
