//! Whether the files of a folder are byte for byte what a run wrote, by the checksums of its summary.

use super::Folder;
use super::faults::{Fault, Faults};
use crate::results::asked::ENDINGS;
use crate::results::folder::{PAGES, SUMMARY, is_of_a_run};
use crate::results::sums::{Content, FileSum, Others, PAGES_SUM, is_sealed, of_file, of_pages};
use rayon::prelude::*;
use std::fs;
use std::io;

/// Holds every file against its checksum, and gives how many there are; nothing where an older run wrote none. What
/// was told of a line already is not told again.
pub fn check(folder: &Folder, faults: &mut Faults) -> io::Result<Option<u64>> {
    let Some(sealed) = is_sealed(&folder.bytes, &folder.summary) else {
        return Ok(None);
    };
    if !sealed {
        let fault = "not what was written: the checksum at its end is that of something else";
        faults.add(Fault::of(SUMMARY, fault));
    }
    let listed = folder.summary.get("files").cloned().unwrap_or_default();
    let Ok(listed) = serde_json::from_value::<Vec<FileSum>>(listed) else {
        faults.add(Fault::of(SUMMARY, "its list of files is none"));
        return Ok(Some(1));
    };
    let found: Vec<Vec<Fault>> = listed
        .par_iter()
        .map(|file| one(folder, file))
        .collect::<io::Result<_>>()?;
    for fault in found.into_iter().flatten() {
        if !faults.has(&fault) {
            faults.add(fault);
        }
    }
    for entry in fs::read_dir(&folder.path)? {
        let Ok(name) = entry?.file_name().into_string() else {
            continue;
        };
        let is_listed = listed.iter().any(|file| {
            let plain = plain(&file.name);
            file.name == name || file.unpacked.is_some() && plain == Some(&name)
        });
        if is_of_a_run(&name) && !is_listed && ![SUMMARY, PAGES].contains(&&name[..]) {
            faults.add(Fault::of(&name, "no file that this run wrote"));
        }
    }
    Ok(Some(listed.len() as u64 + 1))
}

/// The name of a packed file when it is unpacked.
fn plain(name: &str) -> Option<&str> {
    ENDINGS.iter().find_map(|ending| name.strip_suffix(ending))
}

/// What is wrong with a file, packed or unpacked meanwhile.
fn one(folder: &Folder, file: &FileSum) -> io::Result<Vec<Fault>> {
    if file.name == PAGES_SUM {
        let (here, _) = of_pages(&folder.file(PAGES))?;
        let fault = || Fault::of(PAGES, "the files in it are not what was written");
        return Ok(match here.content == file.content {
            true => Vec::new(),
            false => vec![fault()],
        });
    }
    let unpacked = plain(&file.name).zip(file.unpacked.as_ref());
    let forms = [Some((&file.name[..], &file.content)), unpacked];
    let mut faults = Vec::new();
    let mut there = false;
    for (name, told) in forms.into_iter().flatten() {
        match of_file(&folder.file(name)) {
            Ok(here) => {
                there = true;
                faults.extend(differences(name, told, &here));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    if !there {
        faults.push(Fault::of(&file.name, "is missing"));
    }
    Ok(faults)
}

/// What tells a file from the one that was written, line by line where that is known.
fn differences(name: &str, told: &Content, here: &Content) -> Vec<Fault> {
    if told.checksum == here.checksum && told.bytes == here.bytes {
        return Vec::new();
    }
    let lines = told.lines.as_ref().zip(here.lines.as_ref());
    let others = lines.map_or(Vec::new(), |(told, here)| told.others(here));
    let counts = lines.map(|(told, here)| [told.count, here.count]);
    let faults = others.into_iter().map(|Others { first, last }| Fault {
        file: name.to_owned(),
        line: Some(first),
        fault: match counts {
            Some([told, here]) if told != here => {
                format!("{here} lines, and {told} were written: from about here on they differ")
            }
            _ if first == last => "not the line that was written".to_owned(),
            _ => format!("of the lines from here to {last} one or more are not what was written"),
        },
    });
    let faults: Vec<Fault> = faults.collect();
    match faults.is_empty() {
        false => faults,
        true => {
            let [told, here] = [told, here].map(|content| (content.bytes, &content.checksum));
            vec![Fault::of(
                name,
                format!(
                    "not what was written: {} bytes of checksum {}, the summary says {} of {}",
                    here.0, here.1, told.0, told.1
                ),
            )]
        }
    }
}
