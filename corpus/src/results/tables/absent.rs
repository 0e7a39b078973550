//! What stands for tables in a build without them: nothing is written to one.

use super::{Done, Kept};
use crate::format::parquet::Rows;
use crate::results::asked::Format;
use crate::results::sums::FileSum;
use std::io::{self, Write};
use std::path::Path;

/// Stands for the tables of a run. This build makes none.
pub struct Tables;

impl Tables {
    pub fn new(_: Option<&Path>, _: Option<Format>) -> Self {
        Tables
    }

    pub fn number(&mut self, rows: &Rows) -> io::Result<usize> {
        match *rows {}
    }

    pub fn has_texts(&self, _: Option<usize>) -> bool {
        false
    }

    pub fn write(&mut self, rows: &Rows, _: &[Done], _: &mut impl Write) -> io::Result<()> {
        match *rows {}
    }

    pub fn push(&mut self, _: Kept<'_>) -> io::Result<()> {
        Err(io::Error::other(
            "this build writes no Parquet (feature `parquet`)",
        ))
    }

    pub fn finish(&mut self) -> io::Result<Vec<FileSum>> {
        Ok(Vec::new())
    }
}
