//! What stands for tables in a build without them: there is none, and a file that is one says so.

use crate::format::fields::Fields;
use crate::format::open::SystemFault;
use crate::format::{Entry, Limits};
use std::fs::File;

/// Stands for the rows of a table. This build makes none.
pub enum Rows {}

impl Rows {
    pub fn bytes_held(&self) -> u64 {
        match *self {}
    }

    pub fn entries(&self) -> Vec<Entry> {
        match *self {}
    }
}

/// Stands for the reader of a table. This build makes none.
pub enum TableReader {}

impl TableReader {
    pub fn open(_: File, _: &Fields, _: Limits, _: &SystemFault) -> Result<TableReader, String> {
        Err("Parquet, which this build does not read (feature `parquet`)".to_owned())
    }
}

impl Iterator for TableReader {
    type Item = Rows;

    fn next(&mut self) -> Option<Rows> {
        match *self {}
    }
}
