//! Files as what they hold: unpacked, and told by their first bytes.

use super::Limits;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How a file is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    Plain,
    Gzip,
    Zstd,
}

impl Packing {
    /// By the first bytes of a file.
    pub fn of(first: &[u8]) -> Packing {
        match first {
            [0x1f, 0x8b, ..] => Packing::Gzip,
            // A frame, or one that is skipped before it.
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Packing::Zstd,
            _ => Packing::Plain,
        }
    }
}

/// Bytes that are read from a file at once.
const BUFFER: usize = 256 << 10;

/// Bytes that a file may always become.
pub(super) const FREE: u64 = 256 << 20;

/// Opens a file as what it holds.
pub fn open(path: &Path, limits: Limits) -> io::Result<(Box<dyn BufRead + Send>, Packing)> {
    let mut file = BufReader::with_capacity(BUFFER, File::open(path)?);
    let first = file.fill_buf()?;
    // What a download that broke off at once leaves behind; without a byte nothing else tells.
    if first.is_empty() && unpacked_name(path).is_some() {
        let error = "empty, though its name says that it is packed";
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, error));
    }
    let packing = Packing::of(first);
    let packed = Arc::new(AtomicU64::new(0));
    let counted = Counted {
        file,
        count: Arc::clone(&packed),
    };
    if packing == Packing::Plain {
        return Ok((Box::new(counted.file), packing));
    }
    let unpacked = unpacked(counted, packing)?;
    let capped = Capped {
        unpacked,
        packed,
        sum: 0,
        most: limits.expansion,
    };
    Ok((Box::new(BufReader::with_capacity(BUFFER, capped)), packing))
}

/// What a packed stream holds.
fn unpacked(
    packed: impl BufRead + Send + 'static,
    packing: Packing,
) -> io::Result<Box<dyn Read + Send>> {
    match packing {
        #[cfg(feature = "gzip")]
        Packing::Gzip => Ok(Box::new(flate2::bufread::MultiGzDecoder::new(packed))),
        #[cfg(not(feature = "gzip"))]
        Packing::Gzip => Err(absent("gzip")),
        #[cfg(feature = "zstd")]
        Packing::Zstd => {
            let mut decoder = zstd::stream::read::Decoder::with_buffer(packed)?;
            // 128 MiB: what `zstd` itself takes without being asked.
            decoder.window_log_max(27)?;
            Ok(Box::new(decoder))
        }
        #[cfg(not(feature = "zstd"))]
        Packing::Zstd => Err(absent("zstd")),
        Packing::Plain => Ok(Box::new(packed)),
    }
}

/// A build with few features says what it lacks.
#[cfg(not(all(feature = "gzip", feature = "zstd")))]
pub(crate) fn absent(feature: &str) -> io::Error {
    io::Error::other(format!(
        "packed by {feature}, which this build does not know (feature `{feature}`)"
    ))
}

/// The name of a file in lower case, without what says how it is packed; `None` where nothing does.
pub fn unpacked_name(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_str()?.to_ascii_lowercase();
    let endings = [".gz", ".gzip", ".zst", ".zstd"];
    let name = endings.iter().find_map(|packed| name.strip_suffix(packed));
    name.map(str::to_owned)
}

/// Opens a file that is read here and there; a packed one is unpacked into a file without a name.
pub fn seekable(path: &Path, limits: Limits) -> io::Result<File> {
    let (mut stream, packing) = open(path, limits)?;
    if packing == Packing::Plain {
        return File::open(path);
    }
    let mut file = tempfile::tempfile()?;
    io::copy(&mut stream, &mut file)?;
    file.rewind()?;
    Ok(file)
}

/// Counts what is read off a file.
struct Counted<R> {
    file: R,
    count: Arc<AtomicU64>,
}

impl<R: BufRead> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.count.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Counted<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.file.fill_buf()
    }

    fn consume(&mut self, bytes: usize) {
        self.count.fetch_add(bytes as u64, Ordering::Relaxed);
        self.file.consume(bytes);
    }
}

/// Stops where a few packed bytes become far too many.
struct Capped {
    unpacked: Box<dyn Read + Send>,
    packed: Arc<AtomicU64>,
    sum: u64,
    most: u64,
}

impl Read for Capped {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.unpacked.read(buffer)?;
        self.sum += read as u64;
        let packed = self.packed.load(Ordering::Relaxed);
        if self.sum > FREE && self.sum / self.most > packed {
            return Err(io::Error::other(format!(
                "{packed} packed bytes became {}, over {} times as many; --max-expansion allows more",
                self.sum, self.most
            )));
        }
        Ok(read)
    }
}
