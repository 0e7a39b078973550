//! Rows of tables as they were, in the order in which they were read.

use super::Text;
use crate::format::fields::Field;
use crate::format::parquet::Rows;
use crate::format::parquet::TableWriter;
use arrow_array::RecordBatch;
use arrow_select::interleave::interleave_record_batch;
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// Rows that are written together: few batches stay in memory for them.
const ROWS: usize = 1024;

/// Bytes of their texts.
const BYTES: usize = 64 << 20;

/// A table while it is restored.
pub struct Restored {
    writer: TableWriter<File>,
    /// The batches of the rows that wait, kept and removed ones by turns.
    batches: Vec<Arc<Rows>>,
    waiting: Vec<(usize, usize)>,
    texts: Vec<Text>,
    /// Bytes of these texts.
    bytes: usize,
}

impl Restored {
    /// A table like the one that `rows` are of, `without_text` without the column of texts that was added to
    /// it.
    pub fn create(path: &Path, rows: &Rows, without_text: bool) -> io::Result<Restored> {
        let file = File::create(path)?;
        let writer = match without_text && rows.table().column(Field::Text).is_some() {
            true => TableWriter::without_texts(file, rows.table())?,
            false => TableWriter::new(file, rows.table())?,
        };
        Ok(Restored {
            writer,
            batches: Vec::new(),
            waiting: Vec::new(),
            texts: Vec::new(),
            bytes: 0,
        })
    }

    /// One row more.
    pub fn add(&mut self, rows: &Arc<Rows>, row: usize, text: Text) -> io::Result<()> {
        // The two stores of a kind give rows by turns.
        let known = self
            .batches
            .iter()
            .rposition(|batch| Arc::ptr_eq(batch, rows));
        let batch = known.unwrap_or(self.batches.len());
        if known.is_none() {
            self.batches.push(Arc::clone(rows));
        }
        if let Text::Other(text) = &text {
            self.bytes += text.len();
        }
        self.waiting.push((batch, row));
        self.texts.push(text);
        let few = self.waiting.len() < ROWS && self.batches.len() <= 4 && self.bytes < BYTES;
        if few { Ok(()) } else { self.flush() }
    }

    fn flush(&mut self) -> io::Result<()> {
        let batches: Vec<&RecordBatch> = self.batches.iter().map(|rows| rows.batch()).collect();
        if !self.waiting.is_empty() {
            let rows =
                interleave_record_batch(&batches, &self.waiting).map_err(io::Error::other)?;
            let texts: Vec<Option<&str>> = self
                .texts
                .iter()
                .map(|text| match text {
                    Text::Other(text) => Some(&text[..]),
                    _ => None,
                })
                .collect();
            let nulls: Vec<bool> = self.texts.iter().map(|t| matches!(t, Text::Null)).collect();
            self.writer.restore(&rows, &texts, &nulls)?;
        }
        self.batches.clear();
        self.waiting.clear();
        self.texts.clear();
        self.bytes = 0;
        Ok(())
    }

    pub fn finish(mut self) -> io::Result<()> {
        self.flush()?;
        self.writer.finish()?.sync_all()
    }
}
