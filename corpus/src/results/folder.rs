//! The output folder: what it may be, and files in it that appear whole or not at all.

use super::asked::ENDINGS;
use super::tables::is_table;
use crate::failure::Failure;
use serde_json::Value;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The files of a run.
pub const FILES: [&str; 6] = [
    "pages.jsonl",
    "removed.jsonl",
    "ledger.jsonl",
    "removals.jsonl",
    "related.jsonl",
    SUMMARY,
];

const SUMMARY: &str = "summary.json";

/// Kept pages of archives.
pub const WET: &str = "pages.wet";

/// The folder of kept pages that were files.
pub const PAGES: &str = "pages";

/// Refuses an output folder that is, holds or lies inside an input, and one that has files
/// of these names from elsewhere. Gives its real path; writes nothing.
pub fn check(out: &Path, inputs: &[PathBuf]) -> Result<PathBuf, Failure> {
    let resolved =
        resolve(out).map_err(|error| Failure::usage(format!("{}: {error}", out.display())))?;
    for input in inputs.iter().filter(|input| *input != Path::new("-")) {
        let path = fs::canonicalize(input)
            .map_err(|error| Failure::usage(format!("{}: {error}", input.display())))?;
        let relation = match () {
            () if resolved == path => "is",
            () if resolved.starts_with(&path) => "lies inside",
            () if path.starts_with(&resolved) => "holds",
            () => continue,
        };
        return Err(Failure::usage(format!(
            "--out {} {relation} the input {}; choose a folder apart from the inputs",
            out.display(),
            input.display()
        )));
    }
    if out.exists() && !out.is_dir() {
        return Err(Failure::usage(format!(
            "--out {} is not a folder",
            out.display()
        )));
    }
    let summary = fs::read_to_string(out.join(SUMMARY)).unwrap_or_default();
    let summary: Value = serde_json::from_str(&summary).unwrap_or_default();
    let ours = summary["program"] == "twicetold";
    let names = fs::read_dir(out).into_iter().flatten().flatten();
    let names = names.filter_map(|entry| entry.file_name().into_string().ok());
    let taken = names.into_iter().find(|name| is_of_a_run(name));
    match taken {
        Some(name) if !ours => Err(Failure::usage(format!(
            "--out {} already has {name:?}, not from an earlier run; choose an empty folder",
            out.display()
        ))),
        _ => Ok(resolved),
    }
}

/// Whether a run writes a file or folder of this name.
fn is_of_a_run(name: &str) -> bool {
    let unpacked = ENDINGS.iter().find_map(|ending| name.strip_suffix(ending));
    let name = unpacked.unwrap_or(name);
    FILES.contains(&name) || [PAGES, WET].contains(&name) || is_table(name)
}

/// The real path of what may not exist yet.
pub fn resolve(path: &Path) -> io::Result<PathBuf> {
    let absolute = std::path::absolute(path)?;
    let mut missing = Vec::new();
    let mut known = absolute.as_path();
    loop {
        match fs::canonicalize(known) {
            Ok(real) => {
                return Ok(missing
                    .iter()
                    .rev()
                    .fold(real, |path, part| path.join(part)));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let (Some(parent), Some(name)) = (known.parent(), known.file_name()) else {
                    return Err(error);
                };
                missing.push(name.to_owned());
                known = parent;
            }
            Err(error) => return Err(error),
        }
    }
}

/// The names of what was made in `work`.
pub fn names(work: &Path) -> Result<Vec<String>, Failure> {
    let mut names = Vec::new();
    for entry in fs::read_dir(work).map_err(Failure::at(work))? {
        let name = entry.map_err(Failure::at(work))?.file_name();
        names.extend(name.into_string());
    }
    // What tells the folder as ours comes first: a run that is stopped between them can be told too.
    names.sort_unstable_by_key(|name| (name != SUMMARY, name.clone()));
    Ok(names)
}

/// Puts the files made in `work`, of these names, in their place. The old pages go aside first, so that new ones never
/// stand among them. Where it was stopped it goes on.
pub fn publish(work: &Path, names: &[String], out: &Path) -> Result<(), Failure> {
    for name in names {
        let (made, place) = (work.join(name), out.join(name));
        // It may be there already.
        if !made.exists() {
            continue;
        }
        if place.is_dir() {
            fs::rename(&place, work.join("old-pages")).map_err(Failure::at(&place))?;
        }
        fs::rename(&made, &place).map_err(Failure::at(&place))?;
    }
    // What an earlier run wrote goes too: this one may have other tables, or pack its files.
    for entry in fs::read_dir(out).map_err(Failure::at(out))? {
        let entry = entry.map_err(Failure::at(out))?;
        let name = entry.file_name().into_string().unwrap_or_default();
        let is_old = is_of_a_run(&name) && name != PAGES && !names.contains(&name);
        if is_old {
            fs::remove_file(entry.path()).map_err(Failure::at(&entry.path()))?;
        }
    }
    sync(out);
    Ok(())
}

/// The names in a folder are on disk, where the system can say so of a folder.
fn sync(folder: &Path) {
    if let Ok(folder) = fs::File::open(folder) {
        let _ = folder.sync_all();
    }
}
