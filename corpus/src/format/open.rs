//! Files as what they hold: unpacked, and told by their first bytes.

use super::Limits;
use crate::failure::named;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

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

/// What the system said where a file could not be read any further. What the file holds is not to blame, so nothing
/// is rejected for it: whoever reads ends, and names the file.
#[derive(Debug, Clone, Default)]
pub struct SystemFault(Arc<Mutex<Option<io::Error>>>);

impl SystemFault {
    /// Notes an error that comes from the system; others tell what is wrong with what was read.
    pub fn note(&self, error: &io::Error) {
        if let Some(code) = error.raw_os_error()
            && error.kind() != io::ErrorKind::Interrupted
        {
            let mut first = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            first.get_or_insert_with(|| io::Error::from_raw_os_error(code));
        }
    }

    /// What was noted since this was last asked, as an error of the file that was read.
    pub fn check(&self, path: &Path) -> io::Result<()> {
        let mut first = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match first.take() {
            Some(error) => Err(named(path, &error)),
            None => Ok(()),
        }
    }
}

/// A file that is read.
pub struct Opened {
    /// What it holds, unpacked.
    pub stream: Box<dyn BufRead + Send>,
    pub packing: Packing,
    /// What it became so far; what is packed inside it is charged too.
    pub expansion: Expansion,
}

impl Opened {
    /// A stream that is not packed.
    pub fn plain(stream: Box<dyn BufRead + Send>, limits: Limits) -> Opened {
        Opened::watched(stream, limits, &SystemFault::default())
    }

    /// A stream that is not packed. An error of the system while it is read is noted in `fault`.
    pub fn watched(stream: Box<dyn BufRead + Send>, limits: Limits, fault: &SystemFault) -> Opened {
        let expansion = Expansion::new(limits);
        let stream = Box::new(Watched {
            file: stream,
            count: Arc::clone(&expansion.read),
            fault: fault.clone(),
        });
        Opened {
            stream,
            packing: Packing::Plain,
            expansion,
        }
    }
}

/// How much was read off a file, and how much that became. One account for every layer of packing: ten layers of
/// which each stays within bounds would be far out of them together.
#[derive(Debug, Clone)]
pub struct Expansion {
    read: Arc<AtomicU64>,
    became: Arc<AtomicU64>,
    limits: Limits,
}

impl Expansion {
    /// Of a file of which nothing was read yet.
    pub fn new(limits: Limits) -> Self {
        Expansion {
            read: Arc::default(),
            became: Arc::default(),
            limits,
        }
    }

    /// Bytes that it may become beyond what it became already.
    pub fn left(&self) -> u64 {
        let read = self.read.load(Relaxed).saturating_add(1);
        let Limits {
            expansion, free, ..
        } = self.limits;
        let allowed = free.max(read.saturating_mul(expansion) - 1);
        allowed.saturating_sub(self.became.load(Relaxed))
    }

    /// Notes that it became so many bytes more.
    ///
    /// # Errors
    ///
    /// Where they are more than were [left](Self::left).
    pub fn charge(&self, bytes: u64) -> Result<(), String> {
        let left = self.left();
        let became = self.became.fetch_add(bytes, Relaxed).saturating_add(bytes);
        match bytes <= left {
            true => Ok(()),
            false => Err(format!(
                "{} packed bytes became {became}, over {} times as many; --max-expansion allows more",
                self.read.load(Relaxed),
                self.limits.expansion
            )),
        }
    }
}

/// Opens a file as what it holds. What the system says later than that is noted.
pub fn open(path: &Path, limits: Limits, fault: &SystemFault) -> io::Result<Opened> {
    let mut file = BufReader::with_capacity(BUFFER, File::open(path)?);
    let first = file.fill_buf().inspect_err(|error| fault.note(error))?;
    // What a download that broke off at once leaves behind; without a byte nothing else tells.
    if first.is_empty() && unpacked_name(path).is_some() {
        let error = "empty, though its name says that it is packed";
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, error));
    }
    let packing = Packing::of(first);
    let expansion = Expansion::new(limits);
    let watched = Watched {
        file,
        count: Arc::clone(&expansion.read),
        fault: fault.clone(),
    };
    if packing == Packing::Plain {
        return Ok(Opened::watched(Box::new(watched.file), limits, fault));
    }
    let unpacked = unpacked(watched, packing)?;
    let capped = Capped {
        unpacked,
        expansion: expansion.clone(),
    };
    Ok(Opened {
        stream: Box::new(BufReader::with_capacity(BUFFER, capped)),
        packing,
        expansion,
    })
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
pub fn seekable(path: &Path, limits: Limits, fault: &SystemFault) -> io::Result<File> {
    let Opened {
        mut stream,
        packing,
        ..
    } = open(path, limits, fault)?;
    if packing == Packing::Plain {
        return File::open(path);
    }
    let mut file = tempfile::tempfile()?;
    io::copy(&mut stream, &mut file)?;
    file.rewind()?;
    Ok(file)
}

/// Counts what is read off a file, and notes why no more is.
struct Watched<R> {
    file: R,
    count: Arc<AtomicU64>,
    fault: SystemFault,
}

impl<R: BufRead> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer);
        let read = read.inspect_err(|error| self.fault.note(error))?;
        self.count.fetch_add(read as u64, Relaxed);
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Watched<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let fault = &self.fault;
        self.file.fill_buf().inspect_err(|error| fault.note(error))
    }

    fn consume(&mut self, bytes: usize) {
        self.count.fetch_add(bytes as u64, Relaxed);
        self.file.consume(bytes);
    }
}

/// Stops where a few packed bytes become far too many.
struct Capped {
    unpacked: Box<dyn Read + Send>,
    expansion: Expansion,
}

impl Read for Capped {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.unpacked.read(buffer)?;
        match self.expansion.charge(read as u64) {
            Ok(()) => Ok(read),
            Err(error) => Err(io::Error::other(error)),
        }
    }
}
