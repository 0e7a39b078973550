//! Things of any length, in a file, by their numbers; each with a checksum.

use crate::failure::named;
use crate::store::workspace;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// A file of things one behind the other, read by their numbers. 8 bytes of memory each.
pub struct Spool {
    path: PathBuf,
    file: File,
    /// Where each ends, with its checksum.
    ends: Vec<u64>,
}

/// A [`Spool`] while it is written.
///
/// Where the program is stopped in between, what reached the two files can be written on; see
/// [`recover`](Self::recover).
pub struct SpoolWriter {
    path: PathBuf,
    file: BufWriter<File>,
    /// The ends, 8 bytes each, in a file beside that of the things.
    ends_file: BufWriter<File>,
    ends: Vec<u64>,
}

/// Bytes of the checksum behind each thing.
const SUM: usize = 4;

/// Bytes that are read at once where all things are.
const STRETCH: u64 = 4 << 20;

/// The checksum of a thing, which tells it from one of another number too.
fn sum(number: usize, bytes: &[u8]) -> [u8; SUM] {
    (xxh3_64_with_seed(bytes, number as u64) as u32).to_le_bytes()
}

fn ends_path(path: &Path) -> PathBuf {
    path.with_extension("ends")
}

impl SpoolWriter {
    pub fn create(path: PathBuf) -> io::Result<Self> {
        Self::opened(path, true)
    }

    fn opened(path: PathBuf, empty: bool) -> io::Result<Self> {
        let open = |path: &Path| {
            let options = File::options()
                .read(true)
                .write(true)
                .create(true)
                .truncate(empty)
                .open(path);
            options.map_err(|error| named(path, &error))
        };
        Ok(SpoolWriter {
            file: BufWriter::with_capacity(1 << 20, open(&path)?),
            ends_file: BufWriter::with_capacity(1 << 16, open(&ends_path(&path))?),
            path,
            ends: Vec::new(),
        })
    }

    /// Goes on with what a stopped run left: everything before the first thing that is not whole. Reads
    /// it all once.
    pub fn recover(path: PathBuf) -> io::Result<Self> {
        let mut writer = Self::opened(path, false)?;
        let failed = |error: io::Error| named(&writer.path, &error);
        let ends = read_ends(&ends_path(&writer.path))?;
        let mut file = BufReader::with_capacity(1 << 20, writer.file.get_ref());
        let length = file.get_ref().metadata().map_err(failed)?.len();
        let mut bytes = Vec::new();
        let mut start = 0;
        for (number, &end) in ends.iter().enumerate() {
            let Some(length) = end.checked_sub(start).filter(|_| end <= length) else {
                break;
            };
            bytes.resize(length as usize, 0);
            file.read_exact(&mut bytes).map_err(failed)?;
            if whole(number, &bytes).is_none() {
                break;
            }
            writer.ends.push(end);
            start = end;
        }
        let sound = writer.ends.len();
        writer.cut(sound)?;
        Ok(writer)
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Lets go all but the first `count` things.
    pub fn cut(&mut self, count: usize) -> io::Result<()> {
        self.ends.truncate(count);
        let count = self.ends.len() as u64;
        let end = self.ends.last().copied().unwrap_or(0);
        let cut = [(&mut self.file, end), (&mut self.ends_file, 8 * count)];
        let cut = cut.into_iter().try_for_each(|(file, end)| {
            file.flush()?;
            file.get_ref().set_len(end)?;
            io::Seek::seek(file, io::SeekFrom::Start(end)).map(|_| ())
        });
        cut.map_err(|error| named(&self.path, &error))
    }

    /// Writes the next thing.
    pub fn push(&mut self, bytes: &[u8]) -> io::Result<()> {
        let number = self.ends.len();
        let end = self.ends.last().copied().unwrap_or(0) + (bytes.len() + SUM) as u64;
        self.ends.push(end);
        let written = self
            .file
            .write_all(bytes)
            .and_then(|()| self.file.write_all(&sum(number, bytes)))
            .and_then(|()| self.ends_file.write_all(&end.to_le_bytes()));
        written.map_err(|error| named(&self.path, &error))
    }

    /// Hands what was pushed to the system: it outlives this process.
    pub fn flush(&mut self) -> io::Result<()> {
        let flushed = self.file.flush().and_then(|()| self.ends_file.flush());
        flushed.map_err(|error| named(&self.path, &error))
    }

    pub fn finish(mut self) -> io::Result<Spool> {
        self.flush()?;
        let (file, _) = self.file.into_parts();
        Ok(Spool {
            file,
            path: self.path,
            ends: self.ends,
        })
    }
}

fn read_ends(path: &Path) -> io::Result<Vec<u64>> {
    let bytes = fs::read(path).map_err(|error| named(path, &error))?;
    let ends = bytes.as_chunks::<8>().0.iter();
    Ok(ends.map(|end| u64::from_le_bytes(*end)).collect())
}

/// A thing without its checksum, where that is right.
fn whole(number: usize, bytes: &[u8]) -> Option<&[u8]> {
    let (thing, its) = bytes.split_last_chunk::<SUM>()?;
    (sum(number, thing) == *its).then_some(thing)
}

impl Spool {
    /// One that an earlier run finished.
    pub fn open(path: PathBuf) -> io::Result<Self> {
        // What is not there any more cannot be gone on with.
        let gone = |error: io::Error| match error.kind() {
            io::ErrorKind::NotFound => damaged(&path),
            _ => error,
        };
        let file = File::open(&path).map_err(|error| gone(named(&path, &error)))?;
        let ends = read_ends(&ends_path(&path)).map_err(gone)?;
        let length = file.metadata();
        let length = length.map_err(|error| named(&path, &error))?.len();
        if ends.last().copied().unwrap_or(0) != length || !ends.is_sorted() {
            return Err(damaged(&path));
        }
        Ok(Spool { path, file, ends })
    }

    /// The same, of so many things: one that is short would be taken for one of a smaller pile.
    pub fn open_all(path: PathBuf, count: usize) -> io::Result<Self> {
        let spool = Spool::open(path)?;
        match spool.len() == count {
            true => Ok(spool),
            false => Err(damaged(&spool.path)),
        }
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Where things begin and end in the file.
    fn place(&self, things: Range<usize>) -> Range<u64> {
        let end = |number: usize| number.checked_sub(1).map_or(0, |last| self.ends[last]);
        end(things.start)..end(things.end)
    }

    /// How many bytes a thing has.
    pub fn bytes_of(&self, number: usize) -> u64 {
        let place = self.place(number..number + 1);
        (place.end - place.start).saturating_sub(SUM as u64)
    }

    fn read(&self, place: Range<u64>) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; (place.end - place.start) as usize];
        match read_at(&self.file, &mut bytes, place.start) {
            Ok(()) => Ok(bytes),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(damaged(&self.path)),
            Err(error) => Err(named(&self.path, &error)),
        }
    }

    /// The bytes of a thing.
    pub fn get(&self, number: usize) -> io::Result<Vec<u8>> {
        if number >= self.ends.len() {
            return Err(damaged(&self.path));
        }
        let mut bytes = self.read(self.place(number..number + 1))?;
        let Some(thing) = whole(number, &bytes) else {
            return Err(damaged(&self.path));
        };
        let length = thing.len();
        bytes.truncate(length);
        Ok(bytes)
    }

    /// Hands things that follow each other to `take`, some megabytes of them read at once.
    pub fn each(&self, things: Range<usize>, mut take: impl FnMut(usize, &[u8])) -> io::Result<()> {
        let mut first = things.start;
        while first < things.end {
            let begin = self.place(first..first).start;
            let fit = self.ends[first..things.end].partition_point(|end| *end <= begin + STRETCH);
            let stretch = first..first + fit.max(1);
            first = stretch.end;
            self.stretch(stretch, &mut take)?;
        }
        Ok(())
    }

    fn stretch(&self, things: Range<usize>, take: &mut dyn FnMut(usize, &[u8])) -> io::Result<()> {
        let place = self.place(things.clone());
        let bytes = self.read(place.clone())?;
        for number in things {
            let its = self.place(number..number + 1);
            let [start, end] = [its.start, its.end].map(|at| (at - place.start) as usize);
            let thing = whole(number, &bytes[start..end]).ok_or_else(|| damaged(&self.path))?;
            take(number, thing);
        }
        Ok(())
    }

    /// A text.
    pub fn text(&self, number: usize) -> io::Result<String> {
        String::from_utf8(self.get(number)?).map_err(|_| damaged(&self.path))
    }

    /// What was written as [`written`] or [`compact`].
    pub fn thing_at<T: DeserializeOwned>(&self, number: usize) -> io::Result<T> {
        rmp_serde::from_slice(&self.get(number)?).map_err(|_| damaged(&self.path))
    }
}

/// A thing as bytes.
pub fn written(thing: &impl Serialize) -> io::Result<Vec<u8>> {
    rmp_serde::to_vec_named(thing).map_err(io::Error::other)
}

/// The same in fewer bytes, of what has no tagged enums.
pub fn compact(thing: &impl Serialize) -> io::Result<Vec<u8>> {
    rmp_serde::to_vec(thing).map_err(io::Error::other)
}

/// Writes one thing to a file of its own.
pub fn keep(path: PathBuf, thing: &impl Serialize) -> io::Result<()> {
    let mut spool = SpoolWriter::create(path)?;
    spool.push(&written(thing)?)?;
    spool.finish().map(|_| ())
}

/// What [`keep`] wrote.
pub fn kept<T: DeserializeOwned>(path: PathBuf) -> io::Result<T> {
    Spool::open(path)?.thing_at(0)
}

pub fn damaged(path: &Path) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, workspace::damaged(path))
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

    fn of(path: PathBuf, things: &[&str]) -> SpoolWriter {
        let mut spool = SpoolWriter::create(path).unwrap();
        for thing in things {
            spool.push(thing.as_bytes()).unwrap();
        }
        spool
    }

    #[test]
    fn what_goes_in_comes_out() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        let spool = of(path.clone(), &["one", "", "three"]).finish().unwrap();
        let opened = Spool::open(path.clone()).unwrap();
        for spool in [&spool, &opened] {
            assert_eq!(spool.len(), 3);
            assert_eq!([0, 1, 2].map(|at| spool.bytes_of(at)), [3, 0, 5]);
            let texts = [2, 1, 0].map(|at| spool.text(at).unwrap());
            assert_eq!(texts, ["three", "", "one"]);
            let mut met = Vec::new();
            let each = spool.each(1..3, |at, bytes| met.push((at, bytes.to_vec())));
            each.unwrap();
            assert_eq!(met, [(1, b"".to_vec()), (2, b"three".to_vec())]);
        }
        // What is not there any more is told, not taken for empty.
        File::create(&path).unwrap();
        let fault = spool.text(2).unwrap_err().to_string();
        assert!(fault.contains("x: "), "{fault}");
        assert!(Spool::open(path).is_err());
    }

    #[test]
    fn things_are_told_from_what_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("y");
        keep(path.clone(), &vec![1, 2]).unwrap();
        assert_eq!(kept::<Vec<u32>>(path.clone()).unwrap(), [1, 2]);
        let mut bytes = fs::read(&path).unwrap();
        for at in 0..bytes.len() {
            bytes[at] ^= 4;
            fs::write(&path, &bytes).unwrap();
            let fault = kept::<Vec<u32>>(path.clone()).unwrap_err().to_string();
            assert!(fault.contains("y: not what was written"), "{fault}");
            let spool = Spool::open(path.clone()).unwrap();
            let each = spool.each(0..1, |_, _| panic!("handed on"));
            assert!(each.is_err());
            bytes[at] ^= 4;
        }
    }

    #[test]
    fn a_stopped_spool_goes_on_with_what_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("z");
        let things = ["one", "", "three", "four and more"];
        drop(of(path.clone(), &things).finish().unwrap());
        let [all, ends] = [&path, &ends_path(&path)].map(|path| fs::read(path).unwrap());
        for cut in 0..=all.len() {
            for cut_ends in 0..=ends.len() {
                fs::write(&path, &all[..cut]).unwrap();
                fs::write(ends_path(&path), &ends[..cut_ends]).unwrap();
                let mut spool = SpoolWriter::recover(path.clone()).unwrap();
                let known = ends[..cut_ends].chunks_exact(8);
                let known = known.map(|end| u64::from_le_bytes(end.try_into().unwrap()));
                assert_eq!(spool.len(), known.filter(|end| *end <= cut as u64).count());
                for thing in &things[spool.len()..] {
                    spool.push(thing.as_bytes()).unwrap();
                }
                drop(spool.finish().unwrap());
                assert_eq!(fs::read(&path).unwrap(), all);
                assert_eq!(fs::read(ends_path(&path)).unwrap(), ends);
            }
        }
    }
}
