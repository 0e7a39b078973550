//! Entries in their order, of which not all need fit into memory.

use super::file::{Source, named, u32_at, u64_at};
use super::table::Entry;
use rayon::slice::ParallelSliceMut;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Takes entries in any order.
pub struct Sorter {
    path: PathBuf,
    /// Entries that are sorted in memory.
    most: usize,
    waiting: Vec<Entry>,
    /// Sorted runs one behind the other, and where each stands.
    spilled: Option<BufWriter<File>>,
    runs: Vec<Range<u64>>,
}

/// Bytes of an entry on disk.
const BYTES: u64 = 16;

impl Sorter {
    /// What is over `memory` bytes goes to a file at `path`.
    pub fn new(path: PathBuf, memory: usize) -> Self {
        Sorter {
            path,
            most: (memory / size_of::<Entry>()).max(1),
            waiting: Vec::new(),
            spilled: None,
            runs: Vec::new(),
        }
    }

    pub fn push(&mut self, entry: Entry) -> io::Result<()> {
        if self.waiting.len() == self.most {
            self.spill()?;
        }
        self.waiting.push(entry);
        Ok(())
    }

    fn spill(&mut self) -> io::Result<()> {
        self.waiting.par_sort_unstable();
        let file = match &mut self.spilled {
            Some(file) => file,
            none => none.insert(BufWriter::with_capacity(1 << 20, created(&self.path)?)),
        };
        let mut entries = self.waiting.iter();
        let written = entries.try_for_each(|Entry { table, key, page }| {
            file.write_all(&key.to_le_bytes())?;
            file.write_all(&table.to_le_bytes())?;
            file.write_all(&page.to_le_bytes())
        });
        written.map_err(|error| named(&self.path, &error))?;
        let start = self.runs.last().map_or(0, |run| run.end);
        self.runs
            .push(start..start + BYTES * self.waiting.len() as u64);
        self.waiting.clear();
        Ok(())
    }

    /// All entries, in their order.
    pub fn sorted(mut self) -> io::Result<Sorted> {
        let Some(mut spilled) = self.spilled.take() else {
            self.waiting.par_sort_unstable();
            return Ok(Sorted::InMemory(self.waiting.into_iter()));
        };
        if !self.waiting.is_empty() {
            self.spilled = Some(spilled);
            self.spill()?;
            let Some(last) = self.spilled.take() else {
                return Err(io::Error::other("the file of runs is gone"));
            };
            spilled = last;
        }
        let file = spilled.into_inner().map_err(|error| error.into_error());
        let file = file.map_err(|error| named(&self.path, &error))?;
        let entries = (self.most / self.runs.len().max(1)).clamp(256, 1 << 14);
        let mut merged = Merged {
            file: Source::new(self.path.clone(), file),
            buffer: entries as u64 * BYTES,
            runs: Vec::with_capacity(self.runs.len()),
            heads: BinaryHeap::with_capacity(self.runs.len()),
        };
        self.waiting = Vec::new();
        for left in self.runs {
            let run = Run {
                left,
                read: Vec::new().into_iter(),
            };
            merged.runs.push(run);
            merged.refill(merged.runs.len() - 1)?;
        }
        Ok(Sorted::Merged(merged))
    }
}

/// A file that is written and read.
pub fn created(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    let made = options.read(true).write(true).create_new(true).open(path);
    made.map_err(|error| named(path, &error))
}

/// Entries in their order.
pub enum Sorted {
    InMemory(std::vec::IntoIter<Entry>),
    Merged(Merged),
}

/// Sorted runs, merged while they are read.
pub struct Merged {
    file: Source,
    /// Bytes of a run that are read at once.
    buffer: u64,
    runs: Vec<Run>,
    /// The next entry of each run that has one.
    heads: BinaryHeap<Reverse<(Entry, usize)>>,
}

struct Run {
    left: Range<u64>,
    read: std::vec::IntoIter<Entry>,
}

impl Merged {
    /// Puts the next entry of a run at its head.
    fn refill(&mut self, at: usize) -> io::Result<()> {
        let run = &mut self.runs[at];
        if run.read.len() == 0 && !run.left.is_empty() {
            let end = run.left.end.min(run.left.start + self.buffer);
            let mut bytes = vec![0; (end - run.left.start) as usize];
            self.file.read(run.left.start, &mut bytes)?;
            run.left.start = end;
            let entries = bytes.as_chunks::<{ BYTES as usize }>().0.iter();
            let entries: Vec<Entry> = entries
                .map(|bytes| Entry {
                    key: u64_at(bytes, 0),
                    table: u32_at(bytes, 8),
                    page: u32_at(bytes, 12),
                })
                .collect();
            run.read = entries.into_iter();
        }
        if let Some(entry) = run.read.next() {
            self.heads.push(Reverse((entry, at)));
        }
        Ok(())
    }
}

impl Iterator for Sorted {
    type Item = io::Result<Entry>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Sorted::InMemory(entries) => entries.next().map(Ok),
            Sorted::Merged(merged) => {
                let Reverse((entry, run)) = merged.heads.pop()?;
                Some(merged.refill(run).map(|()| entry))
            }
        }
    }
}

#[cfg(all(test, feature = "proptest"))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn as_sorted_in_memory(
            entries in prop::collection::vec(
                (0u32..3, any::<u64>(), any::<u32>()).prop_map(|(table, key, page)| Entry { table, key, page }),
                0..2000,
            ),
            memory in 1usize..40_000,
        ) {
            let folder = tempfile::tempdir().unwrap();
            let mut sorter = Sorter::new(folder.path().join("runs"), memory);
            for entry in &entries {
                sorter.push(*entry).unwrap();
            }
            let sorted: Vec<Entry> = sorter.sorted().unwrap().map(Result::unwrap).collect();
            let mut expected = entries;
            expected.sort_unstable();
            prop_assert_eq!(sorted, expected);
        }
    }
}
