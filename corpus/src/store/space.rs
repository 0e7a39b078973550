//! Whether the disks have room for a run, told before it starts.

use crate::failure::Failure;
use crate::format::open::Packing;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Bytes of scratch for a byte of input: texts, what is found in them, sketches (measured on news: 1.7).
const SCRATCH: f64 = 1.8;

/// Bytes of results for a byte of input: pages, and what was taken out, with its reasons.
const RESULTS: f64 = 1.3;

/// How many times as large packed text becomes (news: 2.6 to 3.2 by gzip, 3 to 4 by zstd).
const UNPACKED: f64 = 3.5;

/// Refuses a run for which a disk has too little room; `out` is where its results go, and `scratch` what is too much for
/// memory.
pub fn check(inputs: &[PathBuf], out: &Path, scratch: &Path) -> Result<(), Failure> {
    let input: f64 = inputs.iter().map(|input| unpacked(input)).sum();
    let mut needs = vec![(out, RESULTS * input)];
    match same_disk(out, scratch) {
        true => needs[0].1 += SCRATCH * input,
        false => needs.push((scratch, SCRATCH * input)),
    }
    for (folder, needed) in needs {
        // A file system that does not tell is not held against anybody.
        let Ok(free) = fs4::available_space(folder) else {
            continue;
        };
        if needed > free as f64 {
            return Err(Failure::run(format!(
                "{}: about {} are needed there and {} are free; --scratch names another disk for {} of it, \
                 --no-space-check tries all the same",
                folder.display(),
                size(needed),
                size(free as f64),
                size(SCRATCH * input),
            )));
        }
    }
    Ok(())
}

/// About how many bytes an input holds; what cannot be read is told when it is read.
fn unpacked(input: &Path) -> f64 {
    let walk = walkdir::WalkDir::new(input).follow_links(true);
    let files = walk.into_iter().filter_map(Result::ok);
    let files = files.filter(|entry| entry.file_type().is_file());
    files
        .map(|file| {
            let bytes = file.metadata().map_or(0, |known| known.len()) as f64;
            // Small files are few bytes in all, and millions of them are not opened twice for it.
            match bytes > 65_536.0 && is_packed(file.path()).unwrap_or(false) {
                true => bytes * UNPACKED,
                false => bytes,
            }
        })
        .sum()
}

/// Whether a file holds more than it is long. Parquet is packed inside.
fn is_packed(path: &Path) -> io::Result<bool> {
    let mut first = [0; 4];
    File::open(path)?.read_exact(&mut first)?;
    Ok(Packing::of(&first) != Packing::Plain || first == *b"PAR1")
}

#[cfg(unix)]
fn same_disk(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let disk = |path| {
        fs::metadata(path)
            .map(|known: fs::Metadata| known.dev())
            .ok()
    };
    disk(one) == disk(other)
}

#[cfg(not(unix))]
fn same_disk(one: &Path, other: &Path) -> bool {
    one == other || fs::canonicalize(other).is_ok_and(|other| other.starts_with(one))
}

fn size(bytes: f64) -> String {
    match bytes {
        _ if bytes >= 1e9 => format!("{:.1} GB", bytes / 1e9),
        _ => format!("{:.0} MB", (bytes / 1e6).ceil()),
    }
}
