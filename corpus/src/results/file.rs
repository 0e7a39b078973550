//! A file of the results: plain or packed, summed up while it is written, with errors that name it.

use super::asked::Pack;
#[cfg(feature = "zstd")]
use super::asked::ZSTD_LEVEL;
use super::sums::{FileSum, Summer, Summing};
use crate::failure::{Failure, named};
#[cfg(not(all(feature = "gzip", feature = "zstd")))]
use crate::format::open::absent;
#[cfg(feature = "gzip")]
use flate2::write::GzEncoder;
use std::fs::File;
use std::io::{self, BufWriter, Stdout, Write};
use std::path::{Path, PathBuf};

/// Bytes that are written at once.
const BUFFER: usize = 256 << 10;

pub struct ResultFile {
    path: PathBuf,
    to: To,
    /// Sums up what it holds unpacked, where it is packed.
    unpacked: Option<Summer>,
}

type Buffered = BufWriter<Summing<Target>>;

#[cfg_attr(
    not(feature = "zstd"),
    allow(clippy::large_enum_variant, reason = "there is one a file")
)]
enum To {
    Plain(Buffered),
    #[cfg(feature = "gzip")]
    Gzip(GzEncoder<Buffered>),
    #[cfg(feature = "zstd")]
    Zstd(zstd::Encoder<'static, Buffered>),
    Nowhere,
}

enum Target {
    File(File),
    Stdout(Stdout),
}

impl ResultFile {
    /// A new file of this path, with the ending of its packing behind it.
    pub fn create(path: &Path, pack: Option<Pack>) -> io::Result<Self> {
        let mut name = path.as_os_str().to_owned();
        name.push(pack.map_or("", Pack::ending));
        let path = PathBuf::from(name);
        let file = File::create(&path).map_err(|error: io::Error| named(&path, &error))?;
        Self::new(path, Target::File(file), pack)
    }

    /// The same, of parts that are packed each for itself and [pushed](Self::push_packed).
    pub fn of_packed(path: &Path, pack: Option<Pack>) -> io::Result<Self> {
        let mut name = path.as_os_str().to_owned();
        name.push(pack.map_or("", Pack::ending));
        let mut made = Self::create(Path::new(&name), None)?;
        made.unpacked = pack.map(|_| Summer::of(""));
        Ok(made)
    }

    /// Standard output.
    pub fn stdout(pack: Option<Pack>) -> io::Result<Self> {
        let path = PathBuf::from("standard output");
        Self::new(path, Target::Stdout(io::stdout()), pack)
    }

    /// What is not asked for.
    pub fn nowhere() -> Self {
        ResultFile {
            path: PathBuf::new(),
            to: To::Nowhere,
            unpacked: None,
        }
    }

    fn new(path: PathBuf, target: Target, pack: Option<Pack>) -> io::Result<Self> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let plain = pack.and_then(|pack| name.strip_suffix(pack.ending()));
        let unpacked = plain.map(Summer::of);
        let target = BufWriter::with_capacity(BUFFER, Summing::new(target, &name));
        let to = match pack {
            None => To::Plain(target),
            #[cfg(feature = "gzip")]
            Some(Pack::Gz) => To::Gzip(GzEncoder::new(target, Default::default())),
            #[cfg(not(feature = "gzip"))]
            Some(Pack::Gz) => return Err(absent("gzip")),
            #[cfg(not(feature = "zstd"))]
            Some(Pack::Zst) => return Err(absent("zstd")),
            #[cfg(feature = "zstd")]
            Some(Pack::Zst) => To::Zstd(zstd::Encoder::new(target, ZSTD_LEVEL)?),
        };
        Ok(ResultFile { path, to, unpacked })
    }

    /// Writes a part that is packed already.
    pub fn push_packed(&mut self, plain: &[u8], packed: &[u8]) -> io::Result<()> {
        if let Some(unpacked) = &mut self.unpacked {
            unpacked.add(plain);
        }
        let To::Plain(file) = &mut self.to else {
            return Ok(());
        };
        let written = file.write_all(packed);
        written.map_err(|error: io::Error| named(&self.path, &error))
    }

    /// Writes what is left, to disk, and gives what tells the file from others; nothing of what is none.
    pub fn finish(self) -> io::Result<Option<FileSum>> {
        let written = match self.to {
            To::Plain(plain) => Ok(plain),
            #[cfg(feature = "gzip")]
            To::Gzip(packed) => packed.finish(),
            #[cfg(feature = "zstd")]
            To::Zstd(packed) => packed.finish(),
            To::Nowhere => return Ok(None),
        };
        let written = written.and_then(|written| {
            let summing = written
                .into_inner()
                .map_err(io::IntoInnerError::into_error)?;
            let (target, content) = summing.into_parts();
            match target {
                Target::File(file) => file.sync_all().map(|()| Some(content)),
                Target::Stdout(mut stdout) => stdout.flush().map(|()| None),
            }
        });
        let content = written.map_err(|error: io::Error| named(&self.path, &error))?;
        let name = self.path.file_name().unwrap_or_default();
        Ok(content.map(|content| FileSum {
            name: name.to_string_lossy().into_owned(),
            content,
            unpacked: self.unpacked.map(Summer::finish),
        }))
    }
}

impl Write for ResultFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = match &mut self.to {
            To::Plain(file) => file.write(bytes),
            #[cfg(feature = "gzip")]
            To::Gzip(file) => file.write(bytes),
            #[cfg(feature = "zstd")]
            To::Zstd(file) => file.write(bytes),
            To::Nowhere => Ok(bytes.len()),
        };
        let written = written.map_err(|error: io::Error| named(&self.path, &error))?;
        if let Some(unpacked) = &mut self.unpacked {
            unpacked.add(&bytes[..written]);
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = match &mut self.to {
            To::Plain(file) => file.flush(),
            #[cfg(feature = "gzip")]
            To::Gzip(file) => file.flush(),
            #[cfg(feature = "zstd")]
            To::Zstd(file) => file.flush(),
            To::Nowhere => Ok(()),
        };
        flushed.map_err(|error: io::Error| named(&self.path, &error))
    }
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Target::File(file) => file.write(bytes),
            Target::Stdout(stdout) => stdout.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Target::File(file) => file.flush(),
            Target::Stdout(stdout) => stdout.flush(),
        }
    }
}

/// An error of writing as the end of the run; of a pipe that nobody reads any more, a quiet one.
pub fn failed(error: io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::BrokenPipe => Failure::closed(),
        _ => Failure::run(error),
    }
}
