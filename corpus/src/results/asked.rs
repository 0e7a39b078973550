//! In which form the results are asked for.

#[cfg(not(all(feature = "gzip", feature = "zstd")))]
use crate::format::open::absent;
use serde::{Deserialize, Serialize};
use std::io;

/// In which form a run writes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Asked {
    /// Form of all kept pages, instead of that of each input.
    pub to: Option<Format>,
    /// How the .jsonl and .wet files of the results are packed.
    pub pack: Option<Pack>,
}

/// What kept pages are written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "clap", derive(clap::ValueEnum))]
pub enum Format {
    /// Records of JSON, in pages.jsonl
    Jsonl,
    /// Rows, in pages.parquet: those of Parquet with their columns, others with id, source, url, date, text,
    /// and their record as JSON
    Parquet,
    /// Conversion records, in pages.wet, besides pages.jsonl
    Wet,
    /// Files of text, in pages/, besides pages.jsonl
    Text,
}

/// How result files are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "clap", derive(clap::ValueEnum))]
pub enum Pack {
    /// gzip
    Gz,
    /// Zstandard
    Zst,
}

/// What packed files end in.
pub const ENDINGS: [&str; 2] = [".gz", ".zst"];

#[cfg(feature = "zstd")]
/// What `zstd` itself takes; the gzip level is also that of `gzip`.
pub const ZSTD_LEVEL: i32 = 3;

impl Pack {
    pub fn ending(self) -> &'static str {
        ENDINGS[self as usize]
    }
}

impl Asked {
    /// Whether this can be, on standard output or not.
    pub fn check(self, stdout: bool) -> Result<(), &'static str> {
        match self.to {
            Some(Format::Jsonl) | None => Ok(()),
            Some(_) if stdout => {
                Err("--out - writes lines of JSON; for another --to, name a folder with --out")
            }
            Some(_) => Ok(()),
        }
    }

    /// Whether each kept page is a line of JSON, besides what else it is.
    pub fn lines(self) -> bool {
        self.to != Some(Format::Parquet)
    }

    /// A record of an archive as it is written, where it is not as it is: packed for itself, so that others can read
    /// it alone.
    #[cfg_attr(not(any(feature = "gzip", feature = "zstd")), allow(unused_variables))]
    pub fn member(self, record: &[u8]) -> io::Result<Option<Vec<u8>>> {
        match self.pack {
            None => Ok(None),
            #[cfg(feature = "gzip")]
            Some(Pack::Gz) => {
                let mut packed = flate2::write::GzEncoder::new(Vec::new(), Default::default());
                io::Write::write_all(&mut packed, record)?;
                packed.finish().map(Some)
            }
            #[cfg(not(feature = "gzip"))]
            Some(Pack::Gz) => Err(absent("gzip")),
            #[cfg(feature = "zstd")]
            Some(Pack::Zst) => zstd::encode_all(record, ZSTD_LEVEL).map(Some),
            #[cfg(not(feature = "zstd"))]
            Some(Pack::Zst) => Err(absent("zstd")),
        }
    }
}
