//! Kept rows of Parquet: as they were, with other texts.
//!
//! Memory: the row group that is not written yet, encoded and compressed, and one page a column.

mod columns;
#[cfg(all(test, feature = "proptest"))]
mod every_type;
mod footer;
mod lines;
#[cfg(all(test, feature = "proptest"))]
mod tests;
mod texts;

use crate::format::fields::Field;
use crate::format::parquet::{Column, Rows, Table, writable};
use arrow_array::{BooleanArray, RecordBatch, RecordBatchOptions};
use arrow_schema::{ArrowError, SchemaRef};
use arrow_select::filter::filter_record_batch;
use columns::Columns;
use footer::Tail;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{Compression, Type as Physical, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder};
use parquet::schema::types::{SchemaDescPtr, SchemaDescriptor};
use std::borrow::Cow;
use std::io::{self, Write};
use std::sync::Arc;
use texts::{nullify, replace, strings};

/// Bytes of a row group, as it is written.
const GROUP: usize = 64 << 20;

/// Rows like those of a table that was read, with other texts.
pub struct Like {
    table: Arc<Table>,
    /// As their values are stored.
    schema: SchemaRef,
}

/// Writes them.
pub struct TableWriter<W: Write + Send> {
    writer: ArrowWriter<Tail<W>>,
    like: Like,
    /// The columns as the file describes them.
    described: SchemaDescPtr,
    /// Whether the column of texts, which was added to the last place, is left out.
    without_texts: bool,
}

impl Like {
    /// Of the same columns. Where there is none of texts, one comes last.
    pub fn new(table: &Arc<Table>) -> Self {
        Like {
            schema: columns::stored(table),
            table: Arc::clone(table),
        }
    }

    /// Whether rows have these columns, and their texts at the same place.
    pub fn takes(&self, rows: &Rows) -> bool {
        Arc::ptr_eq(&self.table, rows.table()) || self.table.has_columns_of(rows.table())
    }

    /// Whether the table that was read has a column of texts.
    pub fn has_texts(&self) -> bool {
        self.table.column(Field::Text).is_some()
    }

    /// Those rows that are kept, a flag for each, with the texts that are given instead of theirs. Both are as
    /// long as the rows.
    fn rows(
        &self,
        rows: &Rows,
        keep: &[bool],
        texts: &[Option<Cow<'_, str>>],
    ) -> io::Result<RecordBatch> {
        let given = rows.batch();
        let count = given.num_rows();
        if !self.takes(rows) || keep.len() != count || texts.len() != count {
            let error = "rows of another table, or flags and texts of other rows";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, error));
        }
        let kept =
            filter_record_batch(given, &BooleanArray::from(keep.to_vec())).map_err(failed)?;
        let texts = texts.iter().zip(keep).filter(|(_, keep)| **keep);
        let texts: Vec<Option<&str>> = texts.map(|(text, _)| text.as_deref()).collect();
        self.with_texts(&kept, &texts).map_err(failed)
    }

    fn with_texts(
        &self,
        kept: &RecordBatch,
        texts: &[Option<&str>],
    ) -> Result<RecordBatch, ArrowError> {
        let mut columns = kept.columns().to_vec();
        match self.table.column(Field::Text) {
            Some(Column { path, .. }) if texts.iter().any(Option::is_some) => {
                replace(&mut columns, path, texts)?;
            }
            Some(_) => {}
            None => columns.push(strings(texts)?),
        }
        let options = RecordBatchOptions::new().with_row_count(Some(kept.num_rows()));
        RecordBatch::try_new_with_options(Arc::clone(&self.schema), columns, &options)
    }

    /// Writes those rows that are kept as lines of JSON.
    pub fn write_lines(
        &self,
        out: &mut impl Write,
        rows: &Rows,
        keep: &[bool],
        texts: &[Option<Cow<'_, str>>],
    ) -> io::Result<()> {
        lines::write(out, &self.rows(rows, keep, texts)?, &self.table)
    }
}

impl<W: Write + Send> TableWriter<W> {
    /// A table of the same columns and notes. Where it has no column of texts, one comes last.
    pub fn new(out: W, table: &Arc<Table>) -> io::Result<Self> {
        let columns = match table.column(Field::Text) {
            Some(_) => Columns::of(table),
            None => Columns::with_text(table).map_err(failed)?,
        };
        Self::create(out, table, columns, false)
    }

    /// A table of the same columns, but for the last one, which holds texts that were added.
    pub fn without_texts(out: W, table: &Arc<Table>) -> io::Result<Self> {
        let columns = Columns::without_text(table).map_err(failed)?;
        Self::create(out, table, columns, true)
    }

    fn create(
        out: W,
        table: &Arc<Table>,
        columns: Columns,
        without_texts: bool,
    ) -> io::Result<Self> {
        let described = columns.described;
        let mut properties = properties()?.set_key_value_metadata(columns.notes);
        // No two kept texts are equal.
        if let Some(path) = columns::text_path(&described, table)
            && !without_texts
        {
            properties = properties.set_column_dictionary_enabled(path, false);
        }
        // Nobody agrees on which of two is the smaller one.
        let unordered = described.columns().iter();
        for column in unordered.filter(|column| column.physical_type() == Physical::INT96) {
            let path = column.path().clone();
            properties = properties.set_column_statistics_enabled(path, EnabledStatistics::None);
        }
        let stored = writable(described.root_schema()).map_err(io_error)?;
        let options = ArrowWriterOptions::new()
            .with_properties(properties.build())
            .with_skip_arrow_metadata(true)
            .with_parquet_schema(SchemaDescriptor::new(Arc::new(stored)));
        let writer = ArrowWriter::try_new_with_options(Tail::new(out), columns.stored, options);
        Ok(TableWriter {
            writer: writer.map_err(io_error)?,
            like: Like::new(table),
            described,
            without_texts,
        })
    }

    /// Writes those rows that are kept, a flag for each, with the texts that are given instead of theirs.
    pub fn write(
        &mut self,
        rows: &Rows,
        keep: &[bool],
        texts: &[Option<Cow<'_, str>>],
    ) -> io::Result<()> {
        let batch = self.like.rows(rows, keep, texts)?;
        self.writer.write(&batch).map_err(io_error)
    }

    /// Writes rows that are all wanted, with the texts that are given instead of theirs, or with none
    /// where that is said.
    pub fn restore(
        &mut self,
        rows: &RecordBatch,
        texts: &[Option<&str>],
        nulls: &[bool],
    ) -> io::Result<()> {
        let rows = match self.without_texts {
            true => {
                let others: Vec<usize> = (0..rows.num_columns().saturating_sub(1)).collect();
                rows.project(&others).map_err(failed)?
            }
            false => self.like.with_texts(rows, texts).map_err(failed)?,
        };
        let text = self
            .like
            .table
            .column(Field::Text)
            .filter(|_| !self.without_texts);
        let rows = match text.filter(|_| nulls.contains(&true)) {
            Some(Column { path, .. }) => {
                let mut columns = rows.columns().to_vec();
                let nulls = BooleanArray::from(nulls.to_vec());
                nullify(&mut columns, path, &nulls).map_err(failed)?;
                RecordBatch::try_new(rows.schema(), columns).map_err(failed)?
            }
            None => rows,
        };
        self.writer.write(&rows).map_err(io_error)
    }

    /// Writes what is left, and the footer.
    pub fn finish(mut self) -> io::Result<W> {
        self.writer.flush().map_err(io_error)?;
        self.writer.sync()?;
        self.writer.inner_mut().hold();
        let written = self.writer.finish().map_err(io_error)?;
        let tail = self.writer.inner_mut();
        tail.finish(&written, &self.described)
    }
}

/// How tables are written.
pub fn properties() -> io::Result<WriterPropertiesBuilder> {
    let level = ZstdLevel::try_new(3).map_err(failed)?;
    Ok(WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        .set_max_row_group_bytes(Some(GROUP)))
}

pub fn failed(error: impl std::error::Error + Send + Sync + 'static) -> io::Error {
    io::Error::other(error)
}

/// What the output said, where it was the output: a full disk is told as such.
pub fn io_error(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(inner) => match inner.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(inner) => io::Error::other(inner),
        },
        error => io::Error::other(error),
    }
}
