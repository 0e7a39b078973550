//! Kept pages that were no rows, as a table.

use crate::format::parquet::{failed, io_error, properties};
use crate::results::file::ResultFile;
use crate::results::sums::FileSum;
use crate::results::tables::Kept;
use arrow_array::{ArrayRef, RecordBatch, StringArray, TimestampMillisecondArray};
use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};
use parquet::arrow::ArrowWriter;
use parquet::schema::types::ColumnPath;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// Writes `id`, `source`, `url`, `date`, `text` and `record`, a row each page.
pub struct RecordTable {
    writer: ArrowWriter<ResultFile>,
    schema: SchemaRef,
    strings: [Vec<Option<String>>; 5],
    dates: Vec<Option<i64>>,
    bytes: usize,
}

/// The columns of strings; `date` stands before the last two.
const STRINGS: [&str; 5] = ["id", "source", "url", "text", "record"];

/// Rows and bytes that are held before they are encoded.
const ROWS: usize = 1024;
const BYTES: usize = 16 << 20;

impl RecordTable {
    pub fn create(path: &Path) -> io::Result<Self> {
        let instant = DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into()));
        let mut fields = STRINGS
            .map(|name| Field::new(name, DataType::Utf8, true))
            .to_vec();
        fields.insert(3, Field::new("date", instant, true));
        let schema = Arc::new(Schema::new(fields));
        // No two of either are equal.
        let mut properties = properties()?;
        for name in ["id", "text", "record"] {
            let path = ColumnPath::new(vec![name.to_owned()]);
            properties = properties.set_column_dictionary_enabled(path, false);
        }
        let file = ResultFile::create(path, None)?;
        let writer = ArrowWriter::try_new(file, Arc::clone(&schema), Some(properties.build()));
        Ok(RecordTable {
            writer: writer.map_err(io_error)?,
            schema,
            strings: Default::default(),
            dates: Vec::new(),
            bytes: 0,
        })
    }

    pub fn push(&mut self, page: Kept<'_>) -> io::Result<()> {
        let some = |value: &str| Some(value.to_owned());
        self.bytes += page.text.len() + page.record.len();
        let values = [
            some(page.id),
            page.source.and_then(some),
            page.url.and_then(some),
            Some(page.text),
            Some(page.record),
        ];
        for (column, value) in self.strings.iter_mut().zip(values) {
            column.push(value);
        }
        self.dates
            .push(page.date.and_then(|date| date.checked_mul(1000)));
        match self.dates.len() >= ROWS || self.bytes >= BYTES {
            true => self.encode(),
            false => Ok(()),
        }
    }

    fn encode(&mut self) -> io::Result<()> {
        self.bytes = 0;
        let columns = std::mem::take(&mut self.strings);
        let columns = columns.map(|values| Arc::new(StringArray::from(values)) as ArrayRef);
        let dates = TimestampMillisecondArray::from(std::mem::take(&mut self.dates));
        let mut columns = columns.to_vec();
        columns.insert(3, Arc::new(dates.with_timezone("UTC")));
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), columns).map_err(failed)?;
        self.writer.write(&batch).map_err(io_error)
    }

    /// Writes what is left, and the footer, to disk.
    pub fn finish(mut self) -> io::Result<Option<FileSum>> {
        self.encode()?;
        self.writer.flush().map_err(io_error)?;
        self.writer.into_inner().map_err(io_error)?.finish()
    }
}
