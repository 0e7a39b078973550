//! A file of the results: plain or packed, with errors that name it.

use super::asked::Pack;
#[cfg(feature = "zstd")]
use super::asked::ZSTD_LEVEL;
use crate::failure::Failure;
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
}

enum To {
    Plain(BufWriter<Target>),
    #[cfg(feature = "gzip")]
    Gzip(GzEncoder<BufWriter<Target>>),
    #[cfg(feature = "zstd")]
    Zstd(zstd::Encoder<'static, BufWriter<Target>>),
}

enum Target {
    File(File),
    Stdout(Stdout),
    Nowhere,
}

impl ResultFile {
    /// A new file of this path, with the ending of its packing behind it.
    pub fn create(path: &Path, pack: Option<Pack>) -> io::Result<Self> {
        let mut name = path.as_os_str().to_owned();
        name.push(pack.map_or("", Pack::ending));
        let path = PathBuf::from(name);
        let file = File::create(&path).map_err(|error| named(&path, error))?;
        Self::new(path, Target::File(file), pack)
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
            to: To::Plain(BufWriter::with_capacity(0, Target::Nowhere)),
        }
    }

    fn new(path: PathBuf, target: Target, pack: Option<Pack>) -> io::Result<Self> {
        let target = BufWriter::with_capacity(BUFFER, target);
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
        Ok(ResultFile { path, to })
    }

    /// Writes what is left, to disk.
    pub fn finish(self) -> io::Result<()> {
        let written = match self.to {
            To::Plain(plain) => Ok(plain),
            #[cfg(feature = "gzip")]
            To::Gzip(packed) => packed.finish(),
            #[cfg(feature = "zstd")]
            To::Zstd(packed) => packed.finish(),
        };
        let written = written.and_then(|written| {
            match written
                .into_inner()
                .map_err(io::IntoInnerError::into_error)?
            {
                Target::File(file) => file.sync_all(),
                Target::Stdout(mut stdout) => stdout.flush(),
                Target::Nowhere => Ok(()),
            }
        });
        written.map_err(|error| named(&self.path, error))
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
        };
        written.map_err(|error| named(&self.path, error))
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = match &mut self.to {
            To::Plain(file) => file.flush(),
            #[cfg(feature = "gzip")]
            To::Gzip(file) => file.flush(),
            #[cfg(feature = "zstd")]
            To::Zstd(file) => file.flush(),
        };
        flushed.map_err(|error| named(&self.path, error))
    }
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Target::File(file) => file.write(bytes),
            Target::Stdout(stdout) => stdout.write(bytes),
            Target::Nowhere => Ok(bytes.len()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Target::File(file) => file.flush(),
            Target::Stdout(stdout) => stdout.flush(),
            Target::Nowhere => Ok(()),
        }
    }
}

/// An error with the path it is of.
pub fn named(path: &Path, error: io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

/// An error of writing as the end of the run; of a pipe that nobody reads any more, a quiet one.
pub fn failed(error: io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::BrokenPipe => Failure::closed(),
        _ => Failure::run(error),
    }
}
