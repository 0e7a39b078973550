//! New pages for an index, one after the other.

use super::compose::{self, Spooled};
use super::file::{Source, named};
use super::header::{Counts, Header};
use super::lock::Lock;
use super::old::OldPages;
use super::page::{Slot, record_bytes};
use super::settings::Settings;
use super::sort::created;
use crate::failure::Failure;
use crate::interrupt::{self, Hidden};
use rayon::prelude::*;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use twicetold::block::Segmented;
use twicetold::index::IndexRule;
use twicetold::sketch::MinHasher;
use xxhash_rust::xxh3::xxh3_64;

/// A page that is given to an index.
#[derive(Debug, Clone, Copy)]
pub struct NewPage<'p> {
    pub id: &'p str,
    pub source: Option<&'p str>,
    /// Its text as it is to be compared: cleaned.
    pub text: &'p str,
}

/// Takes pages for an index, old ones first where there is one already, and puts the whole in its place at
/// the end. Before that the file is as it was, and after it too where this is dropped.
///
/// Pages wait in files beside the index, so its folder needs room for them twice while it is made. In memory
/// there are a few words of bookkeeping, the pages that are given at once, and the bytes that may be sorted.
pub struct Adder {
    path: PathBuf,
    settings: Settings,
    hasher: MinHasher,
    old: Option<OldPages>,
    work: Hidden,
    _lock: Lock,
    records: BufWriter<File>,
    slots: BufWriter<File>,
    hashes: BufWriter<File>,
    /// Bytes of records so far.
    end: u64,
    pages: u32,
    counts: Counts,
    memory: usize,
}

/// A page as it is kept.
struct Prepared {
    record: Vec<u8>,
    rows: Box<[u16]>,
    /// Hashes of its words and of its id.
    hashes: [u64; 2],
}

/// Bytes of keys that are sorted at once, unless told.
const MEMORY: usize = 64 << 20;

/// The files that pages wait in.
const WAITING: [&str; 3] = ["records", "slots", "hashes"];

impl Adder {
    /// For a new index at `path`; one that is there is refused, unless `replace`.
    pub fn create(path: &Path, rule: &IndexRule, replace: bool) -> Result<Adder, Failure> {
        let settings = Settings::new(rule).map_err(Failure::usage)?;
        let path = real(path)?;
        let lock = Lock::take(&path)?;
        if path.exists() {
            // One of another version or a damaged one may go too, but nothing else.
            Header::check_is_index(&Source::open(&path).map_err(Failure::usage)?)?;
            if !replace {
                return Err(Failure::usage(format!(
                    "{}: there is an index already; `twicetold index add` adds to it, and --replace makes it anew",
                    path.display()
                )));
            }
        }
        Adder::new(path, lock, None, settings)
    }

    /// For an index that is there and was made by `rule`, if that is told.
    pub fn onto(path: &Path, rule: Option<&IndexRule>) -> Result<Adder, Failure> {
        let path = real(path)?;
        let open = || match rule {
            Some(rule) => OldPages::open(&path, rule),
            None => OldPages::open_any(&path),
        };
        // What is no index gets no lock beside it.
        open()?;
        let lock = Lock::take(&path)?;
        // It may have been replaced before it was locked.
        let old = open()?;
        let settings = old.header.settings;
        Adder::new(path, lock, Some(old), settings)
    }

    fn new(
        path: PathBuf,
        lock: Lock,
        old: Option<OldPages>,
        settings: Settings,
    ) -> Result<Adder, Failure> {
        // The lock is held: nobody else is at work on this index.
        let name = path.file_name().unwrap_or_default();
        let work = Hidden::create_for(name, folder_of(&path))?;
        let waiting = |name: &str| -> Result<_, Failure> {
            let file = created(&work.path().join(name)).map_err(Failure::run)?;
            Ok(BufWriter::with_capacity(1 << 18, file))
        };
        Ok(Adder {
            hasher: settings.hasher().map_err(Failure::usage)?,
            records: waiting(WAITING[0])?,
            slots: waiting(WAITING[1])?,
            hashes: waiting(WAITING[2])?,
            path,
            settings,
            old,
            work,
            _lock: lock,
            end: 0,
            pages: 0,
            counts: Counts::default(),
            memory: MEMORY,
        })
    }

    /// Sorts so many bytes of keys at once; what is more goes to disk.
    #[cfg(test)]
    pub fn with_memory(mut self, bytes: usize) -> Adder {
        self.memory = bytes;
        self
    }

    /// The index as it is until [`finish`](Self::finish); nothing where it is a new one.
    pub fn old(&self) -> Option<&OldPages> {
        self.old.as_ref()
    }

    /// Takes pages in their order; they are segmented and sketched on the current rayon pool.
    pub fn add(&mut self, pages: &[NewPage<'_>]) -> io::Result<()> {
        let prepared: Vec<Option<Prepared>> = pages
            .par_iter()
            .map(|page| self.prepared(page))
            .collect::<io::Result<_>>()?;
        for page in prepared {
            self.counts.given += 1;
            match page {
                Some(page) => self.push(&page)?,
                None => self.counts.wordless += 1,
            }
        }
        Ok(())
    }

    /// Nothing for a page without words.
    fn prepared(&self, page: &NewPage<'_>) -> io::Result<Option<Prepared>> {
        let segmented = Segmented::new(page.text);
        let words = segmented.words();
        let Some(signature) = self.settings.signature(&self.hasher, words) else {
            return Ok(None);
        };
        let record = record_bytes(page.id, page.source, words).ok_or_else(|| {
            let error = format!("page {:?} is longer than an index takes (4 GiB)", page.id);
            io::Error::other(error)
        })?;
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        Ok(Some(Prepared {
            record,
            rows: signature.rows().into(),
            hashes: [xxh3_64(&bytes), xxh3_64(page.id.as_bytes())],
        }))
    }

    fn push(&mut self, page: &Prepared) -> io::Result<()> {
        let old = self.old.as_ref().map_or(0, |old| old.header.counts.pages);
        if old + u64::from(self.pages) >= super::MOST_PAGES {
            return Err(io::Error::other(format!(
                "{}: an index takes {} pages; make another for more",
                self.path.display(),
                super::MOST_PAGES
            )));
        }
        let slot = Slot {
            at: self.end,
            len: page.record.len() as u32,
            rows: page.rows.clone(),
        };
        let written = (|| {
            self.records.write_all(&page.record)?;
            self.slots.write_all(&slot.written(self.pages))?;
            for hash in page.hashes {
                self.hashes.write_all(&hash.to_le_bytes())?;
            }
            Ok(())
        })();
        written.map_err(|error: io::Error| named(self.work.path(), &error))?;
        self.end += page.record.len() as u64;
        self.pages += 1;
        Ok(())
    }

    /// Writes the index whole and puts it in its place.
    pub fn finish(self) -> Result<Counts, Failure> {
        let work = self.work.path();
        let waiting = |file: BufWriter<File>, name: &str| -> Result<Source, Failure> {
            let path = work.join(name);
            let file = file.into_inner().map_err(io::IntoInnerError::into_error);
            let file = file.map_err(Failure::at(&path))?;
            Ok(Source::new(path, file))
        };
        let new = Spooled {
            records: waiting(self.records, WAITING[0])?,
            slots: waiting(self.slots, WAITING[1])?,
            hashes: waiting(self.hashes, WAITING[2])?,
            pages: self.pages,
            counts: self.counts,
        };
        let made = work.join("index");
        let old = self.old.as_ref();
        let counts = compose::write(&made, old, &self.settings, &new, work, self.memory)
            .map_err(Failure::run)?;
        interrupt::whole(|| publish(&made, &self.path))?;
        Ok(counts)
    }
}

/// Where a path leads, through links; its last part need not be there.
fn real(path: &Path) -> Result<PathBuf, Failure> {
    if let Ok(real) = fs::canonicalize(path) {
        return Ok(real);
    }
    let failed = |error: io::Error| Failure::usage(format!("{}: {error}", path.display()));
    let Some(name) = path.file_name() else {
        return Err(failed(io::Error::other("no name of a file")));
    };
    let folder = fs::canonicalize(folder_of(path)).map_err(failed)?;
    Ok(folder.join(name))
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

/// Puts a file that is on disk in its place, and that too on disk.
fn publish(made: &Path, path: &Path) -> Result<(), Failure> {
    fs::rename(made, path).map_err(Failure::at(path))?;
    #[cfg(unix)]
    {
        let folder = folder_of(path);
        let synced = File::open(folder).and_then(|folder| folder.sync_all());
        synced.map_err(Failure::at(folder))?;
    }
    Ok(())
}
