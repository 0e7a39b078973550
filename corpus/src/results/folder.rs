//! The output folder: what it may be, and files in it that appear whole or not at all.

use super::asked::ENDINGS;
use super::sums::{FileSum, PAGES_SUM, is_sealed, of_file, of_pages};
use super::tables::is_table;
use crate::failure::Failure;
use crate::store::workspace::damaged;
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

pub const SUMMARY: &str = "summary.json";

/// Kept pages of archives.
pub const WET: &str = "pages.wet";

/// The folder of kept pages that were files.
pub const PAGES: &str = "pages";

/// Refuses an output folder that is, holds or lies inside an input, and one that has files
/// of these names from elsewhere; they are no others' where `ours`. Gives its real path; writes nothing.
pub fn check(out: &Path, inputs: &[PathBuf], ours: bool) -> Result<PathBuf, Failure> {
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
    let left = match taken(out)
        .map_err(|error| Failure::usage(format!("--out {}: {error}", out.display())))?
    {
        Some(name) if !ours => name,
        _ => return Ok(resolved),
    };
    let file = out.join(SUMMARY);
    let summary = match fs::read(&file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(Failure::at(&file)(error));
        }
        read => read.unwrap_or_default(),
    };
    let summary: Value = serde_json::from_slice(&summary).unwrap_or_default();
    match summary["program"] == "twicetold" {
        true => Ok(resolved),
        false => Err(Failure::usage(format!(
            "--out {} already has {left:?}, not from an earlier run; choose an empty folder",
            out.display()
        ))),
    }
}

/// The first name of a folder that a run writes too.
fn taken(out: &Path) -> io::Result<Option<String>> {
    let entries = match fs::read_dir(out) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        entries => entries?,
    };
    for entry in entries {
        if let Ok(name) = entry?.file_name().into_string()
            && is_of_a_run(&name)
        {
            return Ok(Some(name));
        }
    }
    Ok(None)
}

/// Whether a run writes a file or folder of this name.
pub fn is_of_a_run(name: &str) -> bool {
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
    names.sort_unstable();
    Ok(names)
}

/// Puts the files made in `work`, of these names, in their place, the summary last: whoever waits for that finds the
/// set whole. What an earlier run wrote goes aside first, its summary before all else, so that the two sets never mix.
/// Where this was stopped it goes on; where it fails, everything is put back.
pub fn publish(work: &Path, names: &[String], out: &Path) -> Result<(), Failure> {
    let mut moved = Vec::new();
    let done = moves(work, names, out, &mut moved);
    if done.is_err() {
        for (from, to) in moved.into_iter().rev() {
            // What cannot be put back is found by the run that goes on with this one.
            let _ = fs::rename(to, from);
        }
    }
    done
}

/// Whether what is made in `work` and is not in its place yet is what was written, by the checksums of its summary.
pub fn check_whole(work: &Path, out: &Path) -> Result<(), Failure> {
    let made = work.join(SUMMARY);
    let wrong = |path: &Path| Failure::run(damaged(path));
    if !is_there(&made)? {
        // It went last, and all others before it.
        return match is_there(&out.join(SUMMARY))? {
            true => Ok(()),
            false => Err(wrong(&made)),
        };
    }
    let bytes = fs::read(&made).map_err(Failure::at(&made))?;
    let summary: Value = serde_json::from_slice(&bytes).map_err(|_| wrong(&made))?;
    if is_sealed(&bytes, &summary) != Some(true) {
        return Err(wrong(&made));
    }
    let files: Vec<FileSum> =
        serde_json::from_value(summary["files"].clone()).map_err(|_| wrong(&made))?;
    for file in files {
        let name = file.name.trim_end_matches('/');
        let path = work.join(name);
        let is_whole = match is_there(&path)? {
            true if file.name == PAGES_SUM => {
                of_pages(&path).map_err(Failure::run)?.0.content == file.content
            }
            true => of_file(&path).map_err(Failure::run)?.checksum == file.content.checksum,
            false => is_there(&out.join(name))?,
        };
        if !is_whole {
            return Err(wrong(&path));
        }
    }
    Ok(())
}

/// Where old files wait until the new ones are in their place.
const ASIDE: &str = "old";

fn moves(
    work: &Path,
    names: &[String],
    out: &Path,
    moved: &mut Vec<(PathBuf, PathBuf)>,
) -> Result<(), Failure> {
    if !is_there(&work.join(SUMMARY))? {
        // It went last.
        return Ok(());
    }
    let aside = work.join(ASIDE);
    match fs::create_dir(&aside) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            return Err(Failure::at(&aside)(error));
        }
        _ => {}
    }
    let mut rename = |from: PathBuf, to: PathBuf| -> Result<(), Failure> {
        fs::rename(&from, &to).map_err(Failure::at(&from))?;
        moved.push((from, to));
        Ok(())
    };
    if is_there(&out.join(SUMMARY))? {
        rename(out.join(SUMMARY), aside.join(SUMMARY))?;
        sync(out)?;
    }
    for entry in fs::read_dir(out).map_err(Failure::at(out))? {
        let name = entry.map_err(Failure::at(out))?.file_name();
        let Ok(name) = name.into_string() else {
            continue;
        };
        let is_new = names.contains(&name) && !is_there(&work.join(&name))?;
        if is_of_a_run(&name) && !is_new {
            rename(out.join(&name), aside.join(&name))?;
        }
    }
    for name in names.iter().filter(|name| *name != SUMMARY) {
        // It may be there already.
        if is_there(&work.join(name))? {
            rename(work.join(name), out.join(name))?;
        }
    }
    sync(out)?;
    rename(work.join(SUMMARY), out.join(SUMMARY))?;
    sync(out)
}

fn is_there(path: &Path) -> Result<bool, Failure> {
    path.try_exists().map_err(Failure::at(path))
}

/// The names in a folder are on disk, where the system can say so of a folder.
pub fn sync(folder: &Path) -> Result<(), Failure> {
    if cfg!(not(unix)) {
        return Ok(());
    }
    let synced = fs::File::open(folder).and_then(|folder| folder.sync_all());
    match synced {
        Err(error) if error.kind() != io::ErrorKind::InvalidInput => {
            Err(Failure::at(folder)(error))
        }
        _ => Ok(()),
    }
}
