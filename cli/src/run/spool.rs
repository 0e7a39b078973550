//! Things of any length, in a file, by their numbers.

use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// A file of things one behind the other, read by their numbers. 8 bytes of memory each.
pub struct Spool {
    path: PathBuf,
    file: File,
    /// Where each ends.
    ends: Vec<u64>,
    /// The first fault of a read. Who reads from many threads gets nothing, and looks here behind
    /// each stage.
    fault: OnceLock<io::Error>,
}

/// A [`Spool`] while it is written.
pub struct SpoolWriter {
    path: PathBuf,
    file: BufWriter<File>,
    ends: Vec<u64>,
    end: u64,
}

impl SpoolWriter {
    pub fn create(path: PathBuf) -> io::Result<Self> {
        let file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .open(&path)
            .map_err(|error| named(&path, &error))?;
        Ok(SpoolWriter {
            path,
            file: BufWriter::with_capacity(1 << 20, file),
            ends: Vec::new(),
            end: 0,
        })
    }

    /// Writes the next thing.
    pub fn push(&mut self, bytes: &[u8]) -> io::Result<()> {
        let written = self.file.write_all(bytes);
        written.map_err(|error| named(&self.path, &error))?;
        self.end += bytes.len() as u64;
        self.ends.push(self.end);
        Ok(())
    }

    pub fn finish(self) -> io::Result<Spool> {
        let file = self
            .file
            .into_inner()
            .map_err(io::IntoInnerError::into_error);
        Ok(Spool {
            file: file.map_err(|error| named(&self.path, &error))?,
            path: self.path,
            ends: self.ends,
            fault: OnceLock::new(),
        })
    }
}

impl Spool {
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Where things begin and end in the file.
    fn place(&self, things: Range<usize>) -> Range<u64> {
        let end = |number: usize| number.checked_sub(1).map_or(0, |last| self.ends[last]);
        end(things.start)..end(things.end)
    }

    /// How many bytes a thing has.
    pub fn bytes_of(&self, number: usize) -> u64 {
        let place = self.place(number..number + 1);
        place.end - place.start
    }

    fn read(&self, place: Range<u64>) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; (place.end - place.start) as usize];
        match read_at(&self.file, &mut bytes, place.start) {
            Ok(()) => Ok(bytes),
            Err(error) => Err(named(&self.path, &error)),
        }
    }

    /// The bytes of a thing.
    pub fn get(&self, number: usize) -> io::Result<Vec<u8>> {
        self.read(self.place(number..number + 1))
    }

    /// A thing; nothing where it cannot be read, which [`check`](Self::check) tells.
    pub fn bytes(&self, number: usize) -> Vec<u8> {
        self.get(number).unwrap_or_else(|error| {
            let _ = self.fault.set(error);
            Vec::new()
        })
    }

    /// Hands things that follow each other to `take`, read at once; as [`bytes`](Self::bytes).
    pub fn each(&self, things: Range<usize>, mut take: impl FnMut(usize, &[u8])) {
        let place = self.place(things.clone());
        match self.read(place.clone()) {
            Ok(bytes) => {
                for number in things {
                    let its = self.place(number..number + 1);
                    let [start, end] = [its.start, its.end].map(|at| (at - place.start) as usize);
                    take(number, &bytes[start..end]);
                }
            }
            Err(error) => {
                let _ = self.fault.set(error);
            }
        }
    }

    /// A text, as [`bytes`](Self::bytes).
    pub fn text(&self, number: usize) -> String {
        String::from_utf8(self.bytes(number)).unwrap_or_else(|_| {
            let _ = self.fault.set(io::Error::new(
                io::ErrorKind::InvalidData,
                format!("{}: not what was written there", self.path.display()),
            ));
            String::new()
        })
    }

    /// What was written as [`written`], as [`bytes`](Self::bytes).
    pub fn thing<T: DeserializeOwned + Default>(&self, number: usize) -> T {
        rmp_serde::from_slice(&self.bytes(number)).unwrap_or_else(|error| {
            let error = format!("{}: {error}", self.path.display());
            let _ = self.fault.set(io::Error::other(error));
            T::default()
        })
    }

    /// Whether all that was read could be.
    pub fn check(&self) -> io::Result<()> {
        match self.fault.get() {
            Some(error) => Err(io::Error::new(error.kind(), error.to_string())),
            None => Ok(()),
        }
    }
}

/// A thing as bytes.
pub fn written(thing: &impl Serialize) -> io::Result<Vec<u8>> {
    rmp_serde::to_vec_named(thing).map_err(io::Error::other)
}

/// An error with the path it is of.
fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

#[cfg(unix)]
pub fn read_at(file: &File, bytes: &mut [u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, at)
}

#[cfg(windows)]
pub fn read_at(file: &File, mut bytes: &mut [u8], mut at: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, bytes, at)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            read => {
                bytes = &mut bytes[read..];
                at += read as u64;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_comes_out() {
        let folder = tempfile::tempdir().unwrap();
        let mut spool = SpoolWriter::create(folder.path().join("x")).unwrap();
        for thing in ["one", "", "three"] {
            spool.push(thing.as_bytes()).unwrap();
        }
        let spool = spool.finish().unwrap();
        assert_eq!(spool.len(), 3);
        assert_eq!([2, 1, 0].map(|at| spool.text(at)), ["three", "", "one"]);
        let mut met = Vec::new();
        spool.each(1..3, |at, bytes| met.push((at, bytes.to_vec())));
        assert_eq!(met, [(1, b"".to_vec()), (2, b"three".to_vec())]);
        assert!(spool.check().is_ok());
        // What is no thing is told, not taken for an empty one.
        let other = SpoolWriter::create(folder.path().join("y")).and_then(|mut spool| {
            spool.push(&written(&[1, 2])?)?;
            spool.push(b"\xc1")?;
            spool.finish()
        });
        let other = other.unwrap();
        assert_eq!(other.thing::<Vec<u32>>(0), [1, 2]);
        assert!(other.check().is_ok());
        assert!(other.thing::<Vec<u32>>(1).is_empty());
        assert!(other.check().unwrap_err().to_string().contains("y: "));
        File::create(folder.path().join("x")).unwrap();
        assert_eq!(spool.text(2), "");
        let fault = spool.check().unwrap_err().to_string();
        assert!(fault.contains("x: "), "{fault}");
    }
}
