//! Lines of a file, with their places, made into rows on every core.

use memchr::memchr;
use rayon::prelude::*;
use serde::de::DeserializeOwned;
use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;

/// Bytes of lines that are made into rows at once.
const STRETCH: u64 = 4 << 20;

/// Where a line stands.
#[derive(Debug, Clone)]
pub struct At {
    pub file: Arc<str>,
    /// From 1; of a table, the row.
    pub line: u64,
    /// Its first byte.
    pub offset: u64,
    /// Without its end.
    pub len: u64,
}

/// A line, and what it was made into; else what is wrong with it.
#[derive(Debug)]
pub struct Made<T> {
    pub at: At,
    pub row: Result<T, String>,
}

type Make<T> = Box<dyn Fn(&str, u64) -> Result<T, String> + Send + Sync>;

/// Takes lines off a file.
pub struct Lines<T> {
    file: Arc<str>,
    stream: BufReader<File>,
    make: Make<T>,
    made: VecDeque<Made<T>>,
    line: u64,
    offset: u64,
    ended: bool,
}

impl<T: DeserializeOwned + Send> Lines<T> {
    /// Each line a JSON value.
    pub fn of_json(folder: &Path, name: &str) -> io::Result<Lines<T>> {
        let make = |line: &str, _| serde_json::from_str(line).map_err(|error| error.to_string());
        Lines::open(folder, name, Box::new(make))
    }
}

impl<T: Send> Lines<T> {
    /// Each line as `make` makes it, which gets its number too.
    pub fn open(folder: &Path, name: &str, make: Make<T>) -> io::Result<Lines<T>> {
        let path = folder.join(name);
        let file = File::open(&path).map_err(|error| {
            io::Error::new(error.kind(), format!("{}: {error}", path.display()))
        })?;
        Ok(Lines {
            file: name.into(),
            stream: BufReader::with_capacity(1 << 18, file),
            make,
            made: VecDeque::new(),
            line: 1,
            offset: 0,
            ended: false,
        })
    }

    /// The next line; `None` behind the last.
    pub fn next(&mut self) -> io::Result<Option<Made<T>>> {
        self.fill(1)?;
        Ok(self.made.pop_front())
    }

    /// The line that comes behind so many others, which all stay.
    pub fn peek(&mut self, others: usize) -> io::Result<Option<&Made<T>>> {
        self.fill(others + 1)?;
        Ok(self.made.get(others))
    }

    /// So many lines, fewer at the end.
    pub fn take(&mut self, most: usize) -> io::Result<Vec<Made<T>>> {
        let mut taken = Vec::new();
        while taken.len() < most
            && let Some(made) = self.next()?
        {
            taken.push(made);
        }
        Ok(taken)
    }

    /// Makes sure of so many lines, where there are as many.
    fn fill(&mut self, wanted: usize) -> io::Result<()> {
        while self.made.len() < wanted && !self.ended {
            self.read()?;
        }
        Ok(())
    }

    fn read(&mut self) -> io::Result<()> {
        let mut bytes = Vec::new();
        let failed =
            |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", self.file));
        let read = self.stream.by_ref().take(STRETCH).read_to_end(&mut bytes);
        read.map_err(failed)?;
        if bytes.last().is_some_and(|last| *last != b'\n') {
            self.stream.read_until(b'\n', &mut bytes).map_err(failed)?;
        }
        self.ended = bytes.is_empty();
        let mut places = Vec::new();
        let mut start = 0;
        while start < bytes.len() {
            let len = memchr(b'\n', &bytes[start..]);
            let end = len.map_or(bytes.len(), |len| start + len);
            places.push((
                At {
                    file: Arc::clone(&self.file),
                    line: self.line,
                    offset: self.offset + start as u64,
                    len: (end - start) as u64,
                },
                start..end,
            ));
            self.line += 1;
            start = end + 1;
        }
        self.offset += bytes.len() as u64;
        let made = places.into_par_iter().map(|(at, place)| {
            let line = simdutf8::basic::from_utf8(&bytes[place]);
            let line = line.map_err(|_| "not UTF-8".to_owned());
            let row = line.and_then(|line| (self.make)(line, at.line));
            Made { at, row }
        });
        self.made.extend(made.collect::<Vec<_>>());
        Ok(())
    }
}
