//! Bytes of a file by their places, and what is said of those that are not what was written.

use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use xxhash_rust::xxh3::Xxh3;

/// A file that is read here and there, by any number of threads.
pub struct Source {
    pub path: PathBuf,
    file: File,
}

impl Source {
    pub fn new(path: PathBuf, file: File) -> Self {
        Source { path, file }
    }

    pub fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path).map_err(|error| named(path, &error))?;
        Ok(Source::new(path.to_owned(), file))
    }

    pub fn len(&self) -> io::Result<u64> {
        let known = self.file.metadata();
        Ok(known.map_err(|error| named(&self.path, &error))?.len())
    }

    pub fn read(&self, at: u64, bytes: &mut [u8]) -> io::Result<()> {
        read_at(&self.file, bytes, at).map_err(|error| match error.kind() {
            ErrorKind::UnexpectedEof => self.damaged(at, "it ends too soon"),
            _ => named(&self.path, &error),
        })
    }

    /// What is said where bytes are not what was written.
    pub fn damaged(&self, at: u64, what: &str) -> io::Error {
        io::Error::new(
            ErrorKind::InvalidData,
            format!(
                "{}: damaged at byte {at}: {what}; take a copy of the file, or build the index anew",
                self.path.display()
            ),
        )
    }
}

/// An error with the path it is of.
pub fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

#[cfg(unix)]
fn read_at(file: &File, bytes: &mut [u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, at)
}

#[cfg(windows)]
fn read_at(file: &File, mut bytes: &mut [u8], mut at: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, bytes, at)? {
            0 => return Err(ErrorKind::UnexpectedEof.into()),
            read => {
                bytes = &mut bytes[read..];
                at += read as u64;
            }
        }
    }
    Ok(())
}

/// Counts and sums up what is written through it; errors name the file.
pub struct Summed<W> {
    pub inner: W,
    pub len: u64,
    sum: Xxh3,
    path: PathBuf,
}

impl<W: Write> Summed<W> {
    pub fn new(inner: W, path: &Path) -> Self {
        Summed {
            path: path.to_owned(),
            inner,
            len: 0,
            sum: Xxh3::new(),
        }
    }

    /// The sum of what was written since this was last asked.
    pub fn take_sum(&mut self) -> u64 {
        std::mem::take(&mut self.sum).digest()
    }
}

impl<W: Write> Write for Summed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes);
        let written = written.map_err(|error| named(&self.path, &error))?;
        self.sum.update(&bytes[..written]);
        self.len += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = self.inner.flush();
        flushed.map_err(|error| named(&self.path, &error))
    }
}

/// Numbers of a fixed place, in bytes that are checked to be as many.
pub fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes
        .get(at..)
        .and_then(|rest| rest.first_chunk())
        .map_or(0, |number| u32::from_le_bytes(*number))
}

/// As [`u32_at`].
pub fn u64_at(bytes: &[u8], at: usize) -> u64 {
    bytes
        .get(at..)
        .and_then(|rest| rest.first_chunk())
        .map_or(0, |number| u64::from_le_bytes(*number))
}
