//! What stands for archives in a build that reads none: a file that is one says so.

use crate::format::open::Opened;
use crate::format::{Entry, Limits};

/// Stands for an archive. This build makes none.
pub enum WarcReader {}

/// Stands for the records of an archive. This build makes none.
pub struct WarcRecords {
    pub passed_over: u64,
}

impl WarcReader {
    pub fn open(_: Opened, _: Limits) -> Result<WarcReader, String> {
        Err("WARC, which this build does not read (feature `warc`)".to_owned())
    }
}

impl Iterator for WarcReader {
    type Item = WarcRecords;

    fn next(&mut self) -> Option<WarcRecords> {
        match *self {}
    }
}

impl WarcRecords {
    pub fn bytes(&self) -> u64 {
        0
    }

    pub fn entries(&self) -> Vec<Entry> {
        Vec::new()
    }
}
