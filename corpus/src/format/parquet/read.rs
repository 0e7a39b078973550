//! Records of Parquet, one a row.
//!
//! Memory: of each column the reader holds one page as it is packed, one unpacked, and the
//! dictionary; of rows, one batch. Row groups are not held. Writers make pages of about 1 MiB. What
//! a page claims is bounded as unpacked files are; a file made to harm can hide more than it claims
//! in gzip, Brotli and LZ4, which the crate unpacks to their end.

use super::bounded::Bounded;
use crate::format::Limits;
use crate::format::fields::{self, Field, Fields};
use crate::format::record::{Body, Entry, Position, Record, Rejected, Whole};
use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Date64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, RecordBatch};
use arrow_schema::{DataType, SchemaRef, TimeUnit};
use parquet::arrow::ARROW_SCHEMA_META_KEY;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader,
    ParquetRecordBatchReaderBuilder,
};
use parquet::errors::ParquetError;
use parquet::file::metadata::{KeyValue, RowGroupMetaData};
use std::cell::Cell;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::{Arc, Once};

/// Rows of a batch, at most.
const ROWS: usize = 1024;

/// Bytes that a batch should hold when it is decoded.
const BATCH: u64 = 16 << 20;

/// Takes batches of rows off a file.
pub struct TableReader {
    file: File,
    metadata: ArrowReaderMetadata,
    table: Arc<Table>,
    limits: Limits,
    /// Stands in `group`, behind `done` rows; `None` where it is to be made.
    batches: Option<ParquetRecordBatchReader>,
    group: usize,
    /// Rows of the row group that were given.
    done: usize,
    /// Rows of a batch; `None` until that is known for the row group.
    size: Option<usize>,
    /// Number of the first row that was not given yet.
    row: u64,
    ended: bool,
}

/// What all rows of a file have in common.
#[derive(Debug)]
pub struct Table {
    /// The columns, and what the file notes in pairs.
    pub schema: SchemaRef,
    /// What the file notes in pairs, in order, without the Arrow schema.
    pub notes: Vec<KeyValue>,
    /// Name of the root of the Parquet schema.
    pub root: String,
    /// Whether the file holds an Arrow schema, which is finer than Parquet's.
    pub arrow: bool,
    columns: [Option<Column>; 7],
    names: Fields,
}

/// Where a field stands: a column, and the ways down into structs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub path: Vec<usize>,
    kind: DataType,
}

/// Consecutive rows, with all columns.
pub struct Rows {
    batch: RecordBatch,
    table: Arc<Table>,
    /// Number of the first row, from 1.
    first: u64,
    limits: Limits,
    /// What comes behind them and cannot be read.
    broken: Option<String>,
}

impl TableReader {
    /// A Parquet file with a column of ids and one of texts or of HTML. The error is a sentence
    /// about the file.
    pub fn open(file: File, fields: &Fields, limits: Limits) -> Result<TableReader, String> {
        let load = |skip: bool| {
            let options = ArrowReaderOptions::new().with_skip_arrow_metadata(skip);
            guarded(|| ArrowReaderMetadata::load(&file, options))
        };
        // Arrow types that are unknown here are Parquet types all the same.
        let (metadata, arrow) = match load(false) {
            Ok(metadata) => (metadata, true),
            Err(error) => match load(true) {
                Ok(metadata) => (metadata, false),
                Err(_) => return Err(format!("not Parquet, or broken: {error}")),
            },
        };
        within(&metadata, &file, limits)?;
        let table = Table::new(&metadata, arrow, fields)?;
        Ok(TableReader {
            file,
            metadata,
            table: Arc::new(table),
            limits,
            batches: None,
            group: 0,
            done: 0,
            size: None,
            row: 1,
            ended: false,
        })
    }

    /// What all its rows have in common.
    #[cfg(test)]
    pub fn table(&self) -> &Arc<Table> {
        &self.table
    }

    /// The next rows of the row group; `None` behind its last one.
    fn batch(&mut self, size: usize) -> Result<Option<RecordBatch>, String> {
        // One that fails is not asked again.
        let begun = self.batches.take();
        let (batch, batches) = guarded(|| {
            let mut batches = match begun {
                Some(batches) => batches,
                None => {
                    let file = Bounded {
                        file: self.file.try_clone()?,
                        expansion: self.limits.expansion,
                        free: self.limits.free,
                    };
                    let metadata = self.metadata.clone();
                    ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata)
                        .with_row_groups(vec![self.group])
                        .with_offset(self.done)
                        .with_batch_size(size)
                        .build()?
                }
            };
            let batch = batches.next().transpose()?;
            Ok((batch, batches))
        })?;
        self.batches = Some(batches);
        Ok(batch.filter(|batch| batch.num_rows() > 0))
    }

    fn rows(&mut self, batch: RecordBatch, broken: Option<String>) -> Rows {
        let first = self.row;
        self.row += batch.num_rows() as u64;
        self.done += batch.num_rows();
        self.ended = broken.is_some();
        Rows {
            batch,
            table: Arc::clone(&self.table),
            first,
            limits: self.limits,
            broken,
        }
    }

    /// Values that stand once in a dictionary and in many rows are more than the file tells.
    fn shrink(&mut self, size: usize, batch: &RecordBatch) {
        let views = [DataType::Utf8View, DataType::BinaryView];
        // Views share what they show.
        let columns = batch.columns().iter();
        let copied = columns.filter(|column| !views.contains(column.data_type()));
        let bytes: u64 = copied.map(|c| c.get_array_memory_size() as u64).sum();
        if bytes > 4 * BATCH && size > 1 {
            let fit = batch.num_rows() as u64 * BATCH / bytes;
            self.size = Some((fit as usize).clamp(1, size));
            self.batches = None;
        }
    }
}

impl Iterator for TableReader {
    type Item = Rows;

    fn next(&mut self) -> Option<Rows> {
        loop {
            let group = self.metadata.metadata().row_groups().get(self.group)?;
            if self.ended {
                return None;
            }
            let rows = usize::try_from(group.num_rows()).unwrap_or(usize::MAX);
            let size = self.size.unwrap_or_else(|| size(group));
            self.size = Some(size);
            if self.done >= rows {
                self.group += 1;
                (self.done, self.size, self.batches) = (0, None, None);
                continue;
            }
            let error = match self.batch(size) {
                Ok(Some(batch)) => {
                    let rows = self.rows(batch, None);
                    self.shrink(size, &rows.batch);
                    return Some(rows);
                }
                Ok(None) => {
                    let done = self.done;
                    format!("a row group has {done} rows, where the footer says {rows}")
                }
                // Fewer rows may not touch what is broken, or not be more than a column can hold.
                Err(_) if size > 1 => {
                    self.size = Some((size / 8).max(1));
                    continue;
                }
                Err(error) => error,
            };
            let none = RecordBatch::new_empty(Arc::clone(&self.table.schema));
            return Some(self.rows(none, Some(format!("cannot be read further: {error}"))));
        }
    }
}

/// Rows of a batch, by what the footer says of their row group.
fn size(group: &RowGroupMetaData) -> usize {
    let size = |bytes: i64| u64::try_from(bytes).unwrap_or(0);
    let columns = group.columns().iter().map(|column| {
        let values = column.unencoded_byte_array_data_bytes().unwrap_or(0);
        size(column.uncompressed_size()).max(size(values))
    });
    let bytes = columns.fold(0, u64::saturating_add);
    let each = bytes / size(group.num_rows()).max(1);
    (BATCH / each.max(1)).clamp(1, ROWS as u64) as usize
}

/// Whether the file becomes no larger than it may.
fn within(metadata: &ArrowReaderMetadata, file: &File, limits: Limits) -> Result<(), String> {
    let packed = file.metadata().map_err(|error| error.to_string())?.len();
    let groups = metadata.metadata().row_groups().iter();
    let sizes = groups
        .flat_map(|group| group.columns())
        .map(|column| u64::try_from(column.uncompressed_size()).unwrap_or(0));
    let most = limits.expansion;
    match sizes.fold(0, u64::saturating_add)
        > limits.free.saturating_add(packed.saturating_mul(most))
    {
        true => Err(format!(
            "more than {most} times as large as it is packed; --max-expansion allows more"
        )),
        false => Ok(()),
    }
}

/// What the crate answers. It is made for files that are whole: some of what is broken makes it
/// panic, and one file must not end a run over many.
fn guarded<T>(read: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, String> {
    QUIETED.call_once(|| {
        let loud = take_hook();
        set_hook(Box::new(move |panic| match GUARDED.get() {
            true => {}
            false => loud(panic),
        }));
    });
    GUARDED.set(true);
    let read = catch_unwind(AssertUnwindSafe(read));
    GUARDED.set(false);
    match read {
        Ok(read) => read.map_err(|error| plain(&error.to_string()).to_owned()),
        Err(panic) => {
            let said = panic.downcast_ref::<&str>().copied();
            let said = said.or_else(|| panic.downcast_ref::<String>().map(|said| &said[..]));
            let said = said.unwrap_or("no reason is known");
            Err(format!("its parts contradict each other ({said})"))
        }
    }
}

/// Whether panics are told on stderr is set once for all threads.
static QUIETED: Once = Once::new();

thread_local! {
    /// Whether a panic of this thread becomes an error of its file.
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// An error without the names of the layers that it came through.
fn plain(mut error: &str) -> &str {
    const LAYERS: [&str; 4] = [
        "External: ",
        "Arrow: ",
        "Parquet argument error: ",
        "Parquet error: ",
    ];
    while let Some(inner) = LAYERS.iter().find_map(|layer| error.strip_prefix(layer)) {
        error = inner;
    }
    error
}

impl Table {
    fn new(metadata: &ArrowReaderMetadata, arrow: bool, names: &Fields) -> Result<Table, String> {
        let file = metadata.metadata().file_metadata();
        let notes = file.key_value_metadata().cloned().unwrap_or_default();
        let (hints, notes): (Vec<_>, Vec<_>) = notes
            .into_iter()
            .partition(|note| note.key == ARROW_SCHEMA_META_KEY);
        let schema = Arc::clone(metadata.schema());
        let mut columns = [const { None }; 7];
        for (column, field) in columns.iter_mut().zip(Field::ALL) {
            let found = Column::find(schema.fields(), names.of(field))?;
            // A column that is null in every row can have no other type. It is no place for texts.
            let needed = matches!(field, Field::Id | Field::Text);
            *column = found.filter(|column| needed || column.kind != DataType::Null);
        }
        let table = Table {
            schema,
            notes,
            root: file.schema().name().to_owned(),
            arrow: arrow && !hints.is_empty(),
            columns,
            names: names.clone(),
        };
        table.check()?;
        Ok(table)
    }

    /// Where a field stands.
    pub fn column(&self, field: Field) -> Option<&Column> {
        self.columns.get(field as usize)?.as_ref()
    }

    /// What a field is called.
    pub fn name(&self, field: Field) -> &str {
        self.names.of(field)
    }

    /// Whether the columns can be records.
    fn check(&self) -> Result<(), String> {
        let name = |field: Field| self.name(field);
        if self.column(Field::Id).is_none() {
            return Err(format!(
                "no column `{}`; every record needs one",
                name(Field::Id)
            ));
        }
        let text = self.column(Field::Text);
        if text.or(self.column(Field::Html)).is_none() {
            return Err(format!(
                "no column `{}` and no column `{}`; every record needs one",
                name(Field::Text),
                name(Field::Html)
            ));
        }
        self.holds(Field::Id, is_name, "strings or integers")?;
        self.holds(Field::Source, is_name, "strings or integers")?;
        self.holds(Field::Text, is_string, "strings")?;
        // Beside texts, HTML of another kind is missed only where a text is.
        match text {
            Some(_) => Ok(()),
            None => self.holds(Field::Html, is_string, "strings"),
        }
    }

    fn holds(&self, field: Field, fits: fn(&DataType) -> bool, what: &str) -> Result<(), String> {
        match self.column(field) {
            Some(Column { kind, .. }) if !fits(kind) => Err(format!(
                "column `{}` is of type {kind}; it must hold {what}",
                self.name(field)
            )),
            _ => Ok(()),
        }
    }
}

impl Column {
    /// The column of this name, else the one that its dots tell the way to.
    fn find(fields: &arrow_schema::Fields, name: &str) -> Result<Option<Column>, String> {
        let mut named = fields.iter().enumerate().filter(|(_, f)| f.name() == name);
        if let Some((at, field)) = named.next() {
            return match named.next() {
                Some(_) => Err(format!("column `{name}` stands twice")),
                None => Ok(Some(Column {
                    path: vec![at],
                    kind: field.data_type().clone(),
                })),
            };
        }
        for (at, field) in fields.iter().enumerate() {
            let rest = name.strip_prefix(&field.name()[..]);
            let rest = rest.and_then(|rest| rest.strip_prefix('.'));
            if let (Some(rest), DataType::Struct(inner)) = (rest, field.data_type())
                && let Some(mut column) = Column::find(inner, rest)?
            {
                column.path.insert(0, at);
                return Ok(Some(column));
            }
        }
        Ok(None)
    }

    /// The array that holds its value in a row; `None` where that is null.
    fn array<'b>(&self, batch: &'b RecordBatch, row: usize) -> Option<&'b dyn Array> {
        let (first, inner) = self.path.split_first()?;
        let mut array: &dyn Array = batch.columns().get(*first)?;
        for at in inner {
            if array.is_null(row) {
                return None;
            }
            array = array.as_struct_opt()?.columns().get(*at)?;
        }
        (!array.is_null(row)).then_some(array)
    }
}

fn is_name(kind: &DataType) -> bool {
    kind.is_integer() || is_string(kind)
}

/// Text, or bytes that may be text.
fn is_string(kind: &DataType) -> bool {
    match kind {
        DataType::Dictionary(_, values) => is_string(values),
        kind => {
            kind.is_string() || kind.is_binary() && !matches!(kind, DataType::FixedSizeBinary(_))
        }
    }
}

impl Rows {
    /// Bytes of memory that they take.
    pub fn bytes_held(&self) -> u64 {
        self.batch.get_array_memory_size() as u64
    }

    /// The rows, with all columns; none where the file cannot be read further.
    pub fn batch(&self) -> &RecordBatch {
        &self.batch
    }

    /// What they have in common with the other rows of their file.
    pub fn table(&self) -> &Arc<Table> {
        &self.table
    }

    /// The record of each row.
    pub fn entries(&self) -> Vec<Entry> {
        let rows = 0..self.batch.num_rows();
        let mut entries: Vec<Entry> = rows.map(|row| self.entry(row)).collect();
        if let Some(error) = &self.broken {
            entries.push(Entry::Rejected(Rejected {
                id: None,
                at: self.at(self.batch.num_rows()),
                error: error.clone(),
            }));
        }
        entries
    }

    fn at(&self, row: usize) -> Position {
        Position::Row(self.first + row as u64)
    }

    fn entry(&self, row: usize) -> Entry {
        match self.record(row) {
            Ok(record) => Entry::Record(Box::new(record)),
            Err((id, error)) => Entry::Rejected(Rejected {
                id,
                at: self.at(row),
                error,
            }),
        }
    }

    /// An error comes with the record's id where it could be read.
    fn record(&self, row: usize) -> Result<Record, (Option<String>, String)> {
        let id = self.name(Field::Id, row).transpose();
        let Some(id) = id.map_err(|error| (None, error))? else {
            let name = self.table.name(Field::Id);
            return Err((None, format!("no `{name}`; every record needs one")));
        };
        let failed = |error: String| (Some(id.clone()), error);
        let body = self.body(row).map_err(failed)?;
        let source = self.name(Field::Source, row).transpose().map_err(failed)?;
        // A URL that is no string is nobody's host.
        let url = self.string(Field::Url, row).and_then(Result::ok);
        let mut remarks = Vec::new();
        let date = self.given(Field::Date, row).and_then(|array| {
            let date = self.date(array, row);
            date.map_err(|odd| remarks.push(fields::undated(self.table.name(Field::Date), odd)))
                .ok()
        });
        let rank = self.given(Field::Rank, row).and_then(|array| {
            let rank = integer(array, row).and_then(|rank| i64::try_from(rank).ok());
            if rank.is_none() {
                let odd = odd(array, row);
                remarks.push(fields::unranked(self.table.name(Field::Rank), odd));
            }
            rank
        });
        Ok(Record {
            source: source.or_else(|| fields::host(url?)),
            url: url.map(str::to_owned),
            date,
            rank,
            body,
            at: self.at(row),
            remarks,
            whole: Whole::Row,
            id,
        })
    }

    /// Text that somebody extracted is what the page is taken for; else its HTML is.
    fn body(&self, row: usize) -> Result<Body, String> {
        if let Some(text) = self.string(Field::Text, row) {
            return Ok(Body::Text(text?.to_owned()));
        }
        match self.bytes(Field::Html, row) {
            // Bytes are HTML as it was fetched, in any charset.
            Some(html) => html.map(|html| match simdutf8::basic::from_utf8(html) {
                Ok(html) => Body::Html(html.to_owned()),
                Err(_) => Body::Fetched(html.to_owned(), None),
            }),
            None => Err(format!(
                "no `{}` and no `{}`; every record needs one",
                self.table.name(Field::Text),
                self.table.name(Field::Html)
            )),
        }
    }

    /// A field that is there and not null: the array that holds it.
    fn given(&self, field: Field, row: usize) -> Option<&dyn Array> {
        self.table.column(field)?.array(&self.batch, row)
    }

    fn bytes(&self, field: Field, row: usize) -> Option<Result<&[u8], String>> {
        let array = self.given(field, row)?;
        let name = self.table.name(field);
        if !is_string(array.data_type()) {
            let kind = array.data_type();
            return Some(Err(format!("`{name}` is {kind}; it must be a string")));
        }
        let bytes = bytes(array, row)?;
        let most = self.limits.record;
        Some(match bytes.len() > most {
            true => Err(format!(
                "`{name}` is longer than {most} bytes; --max-record allows more"
            )),
            false => Ok(bytes),
        })
    }

    fn string(&self, field: Field, row: usize) -> Option<Result<&str, String>> {
        let bytes = self.bytes(field, row)?;
        Some(bytes.and_then(|bytes| {
            simdutf8::compat::from_utf8(bytes).map_err(|error| {
                let (name, byte) = (self.table.name(field), error.valid_up_to() + 1);
                format!("`{name}` is not UTF-8 at byte {byte}")
            })
        }))
    }

    /// A string, or an integer in decimal.
    fn name(&self, field: Field, row: usize) -> Option<Result<String, String>> {
        match integer(self.given(field, row)?, row) {
            Some(integer) => Some(Ok(integer.to_string())),
            None => Some(self.string(field, row)?.map(str::to_owned)),
        }
    }

    /// Seconds since 1970, else what stands there.
    fn date(&self, array: &dyn Array, row: usize) -> Result<i64, String> {
        let seconds = match is_string(array.data_type()) {
            true => bytes(array, row)
                .and_then(|date| std::str::from_utf8(date).ok())
                .and_then(fields::seconds),
            false => seconds(array, row),
        };
        seconds.ok_or_else(|| odd(array, row))
    }
}

/// A value that is not what it should be, as it is told to people.
fn odd(array: &dyn Array, row: usize) -> String {
    match (bytes(array, row), integer(array, row)) {
        (Some(bytes), _) => format!("{:?}", String::from_utf8_lossy(bytes)),
        (_, Some(integer)) => integer.to_string(),
        _ => format!("of type {}", array.data_type()),
    }
}

/// The bytes of a string, of any of the types that strings have; `None` for null.
pub fn bytes(array: &dyn Array, row: usize) -> Option<&[u8]> {
    if row >= array.len() || array.is_null(row) {
        return None;
    }
    match array.data_type() {
        DataType::Utf8 => Some(array.as_string_opt::<i32>()?.value(row).as_bytes()),
        DataType::LargeUtf8 => Some(array.as_string_opt::<i64>()?.value(row).as_bytes()),
        DataType::Utf8View => Some(array.as_string_view_opt()?.value(row).as_bytes()),
        DataType::Binary => Some(array.as_binary_opt::<i32>()?.value(row)),
        DataType::LargeBinary => Some(array.as_binary_opt::<i64>()?.value(row)),
        DataType::BinaryView => Some(array.as_binary_view_opt()?.value(row)),
        DataType::Dictionary(..) => {
            let dictionary = array.as_any_dictionary_opt()?;
            let key = integer(dictionary.keys(), row)?;
            bytes(dictionary.values(), usize::try_from(key).ok()?)
        }
        _ => None,
    }
}

/// An integer of any width.
fn integer(array: &dyn Array, row: usize) -> Option<i128> {
    match array.data_type() {
        DataType::Int8 => primitive::<Int8Type>(array, row).map(i128::from),
        DataType::Int16 => primitive::<Int16Type>(array, row).map(i128::from),
        DataType::Int32 => primitive::<Int32Type>(array, row).map(i128::from),
        DataType::Int64 => primitive::<Int64Type>(array, row).map(i128::from),
        DataType::UInt8 => primitive::<UInt8Type>(array, row).map(i128::from),
        DataType::UInt16 => primitive::<UInt16Type>(array, row).map(i128::from),
        DataType::UInt32 => primitive::<UInt32Type>(array, row).map(i128::from),
        DataType::UInt64 => primitive::<UInt64Type>(array, row).map(i128::from),
        _ => None,
    }
}

/// Seconds since 1970 of a date or an instant. With a time zone it is told in UTC; without one it
/// is taken for UTC, as in strings.
fn seconds(array: &dyn Array, row: usize) -> Option<i64> {
    match array.data_type() {
        DataType::Date32 => primitive::<Date32Type>(array, row).map(|day| i64::from(day) * 86_400),
        DataType::Date64 => Some(primitive::<Date64Type>(array, row)?.div_euclid(1000)),
        DataType::Timestamp(unit, _) => Some(match unit {
            TimeUnit::Second => primitive::<TimestampSecondType>(array, row)?,
            TimeUnit::Millisecond => {
                primitive::<TimestampMillisecondType>(array, row)?.div_euclid(1000)
            }
            TimeUnit::Microsecond => {
                primitive::<TimestampMicrosecondType>(array, row)?.div_euclid(1_000_000)
            }
            TimeUnit::Nanosecond => {
                primitive::<TimestampNanosecondType>(array, row)?.div_euclid(1_000_000_000)
            }
        }),
        _ => None,
    }
}

fn primitive<T: ArrowPrimitiveType>(array: &dyn Array, row: usize) -> Option<T::Native> {
    array.as_primitive_opt::<T>()?.values().get(row).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::FREE;
    use crate::format::parquet::TableWriter;
    use arrow_array::builder::{ListBuilder, StringBuilder};
    use arrow_array::{
        ArrayRef, BinaryArray, Date32Array, Date64Array, DictionaryArray, Float64Array, Int32Array,
        Int64Array, LargeStringArray, NullArray, StringArray, StringViewArray, StructArray,
        TimestampMicrosecondArray, TimestampNanosecondArray, UInt64Array,
    };
    use parquet::arrow::ArrowWriter;
    use parquet::basic::{BrotliLevel, Compression, GzipLevel, ZstdLevel};
    use parquet::file::properties::WriterProperties;
    use std::io::{Seek, Write};

    const LIMITS: Limits = Limits {
        record: 3 << 20,
        expansion: 200,
        free: FREE,
    };

    fn table(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
        let columns = columns.into_iter().map(|(name, array)| (name, array, true));
        RecordBatch::try_from_iter_with_nullable(columns).unwrap()
    }

    fn written(batch: &RecordBatch, properties: Option<WriterProperties>) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), properties).unwrap();
        writer.write(batch).unwrap();
        writer.close().unwrap();
        bytes
    }

    fn file(bytes: &[u8]) -> File {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file.rewind().unwrap();
        file
    }

    fn open(bytes: &[u8], fields: &Fields) -> Result<TableReader, String> {
        TableReader::open(file(bytes), fields, LIMITS)
    }

    fn strings(values: &[&str]) -> ArrayRef {
        Arc::new(StringArray::from_iter_values(values))
    }

    /// Each entry in a line.
    fn told(reader: TableReader) -> Vec<String> {
        let entries = reader.flat_map(|rows| rows.entries());
        let said = entries.map(|entry| match entry {
            Entry::Record(record) => match record.body {
                Body::Text(text) => format!("{}{}: {text:.20}", record.id, record.at),
                Body::Html(_) => format!("{}{}: html", record.id, record.at),
                Body::Fetched(..) => format!("{}{}: bytes", record.id, record.at),
            },
            Entry::Rejected(Rejected { id, at, error }) => {
                format!("{}{at}! {error}", id.unwrap_or_default())
            }
        });
        said.collect()
    }

    fn all(batch: &RecordBatch) -> Vec<String> {
        told(open(&written(batch, None), &Fields::default()).unwrap())
    }

    fn records(batch: &RecordBatch) -> Vec<Record> {
        let reader = open(&written(batch, None), &Fields::default()).unwrap();
        let entries = reader.flat_map(|rows| rows.entries());
        let records = entries.map(|entry| match entry {
            Entry::Record(record) => *record,
            Entry::Rejected(rejected) => panic!("{rejected:?}"),
        });
        records.collect()
    }

    fn refused(batch: &RecordBatch) -> String {
        let opened = open(&written(batch, None), &Fields::default());
        opened.err().unwrap()
    }

    #[test]
    fn rows_of_every_kind() {
        let id = StringArray::from(vec![Some("a"), None, Some("c"), Some("d"), Some("e")]);
        let text = StringArray::from(vec![Some("one"), Some("two"), None, None, None]);
        let html: [Option<&[u8]>; 5] = [None, None, None, Some(b"<p>"), Some(b"<p>\xe9")];
        let batch = table(vec![
            ("id", Arc::new(id)),
            ("text", Arc::new(text)),
            ("html", Arc::new(BinaryArray::from_iter(html))),
        ]);
        assert_eq!(
            all(&batch),
            [
                "a:row 1: one",
                ":row 2! no `id`; every record needs one",
                "c:row 3! no `text` and no `html`; every record needs one",
                "d:row 4: html",
                "e:row 5: bytes",
            ]
        );
    }

    #[test]
    fn strings_and_integers_of_every_type() {
        let values = ["x", "", "caf\u{e9}"];
        let dictionary: DictionaryArray<Int8Type> = values.into_iter().collect();
        let bytes = values.map(str::as_bytes);
        let arrays: [ArrayRef; 5] = [
            strings(&values),
            Arc::new(LargeStringArray::from_iter_values(values)),
            Arc::new(StringViewArray::from_iter_values(values)),
            Arc::new(BinaryArray::from_iter_values(bytes)),
            Arc::new(dictionary),
        ];
        let told = ["x:row 1: x", ":row 2: ", "caf\u{e9}:row 3: caf\u{e9}"];
        for array in arrays {
            let batch = table(vec![("id", Arc::clone(&array)), ("text", array)]);
            assert_eq!(all(&batch), told);
        }
        let batch = table(vec![
            ("id", Arc::new(UInt64Array::from(vec![u64::MAX]))),
            ("text", strings(&["x"])),
        ]);
        assert_eq!(all(&batch), ["18446744073709551615:row 1: x"]);
        let broken: [&[u8]; 1] = [b"ab\xff"];
        let batch = table(vec![
            ("id", strings(&["a"])),
            ("text", Arc::new(BinaryArray::from_iter_values(broken))),
        ]);
        assert_eq!(all(&batch), ["a:row 1! `text` is not UTF-8 at byte 3"]);
    }

    #[test]
    fn dates_and_ranks() {
        let dates: [(ArrayRef, Option<i64>); 7] = [
            (Arc::new(Date32Array::from(vec![-1])), Some(-86_400)),
            (Arc::new(Date64Array::from(vec![86_400_000])), Some(86_400)),
            (Arc::new(TimestampNanosecondArray::from(vec![-1])), Some(-1)),
            (
                Arc::new(TimestampMicrosecondArray::from(vec![7_000_001]).with_timezone("+02:00")),
                Some(7),
            ),
            (strings(&["1970-01-02T00:00:00+01:00"]), Some(82_800)),
            (strings(&["soon"]), None),
            (Arc::new(Float64Array::from(vec![0.5])), None),
        ];
        for (array, seconds) in dates {
            let batch = table(vec![
                ("id", strings(&["a"])),
                ("text", strings(&["x"])),
                ("date", array),
                ("rank", Arc::new(Int32Array::from(vec![4]))),
            ]);
            let record = records(&batch).remove(0);
            assert_eq!((record.date, record.rank), (seconds, Some(4)));
            assert_eq!(record.remarks.is_empty(), seconds.is_some());
        }
        let batch = table(vec![
            ("id", strings(&["a"])),
            ("text", strings(&["x"])),
            ("date", strings(&["soon"])),
            ("rank", Arc::new(UInt64Array::from(vec![u64::MAX]))),
        ]);
        assert_eq!(
            records(&batch)[0].remarks,
            [
                "`date` is \"soon\", not ISO 8601; the page counts as undated",
                "`rank` is 18446744073709551615, not an integer; the page counts as unranked",
            ]
        );
    }

    #[test]
    fn sources_and_urls() {
        let batch = table(vec![
            ("id", Arc::new(Int64Array::from(vec![1, 2, 3]))),
            ("text", strings(&["x", "y", "z"])),
            (
                "url",
                strings(&["https://a.example/x", "https://b.example/", "?"]),
            ),
            (
                "source",
                Arc::new(StringArray::from(vec![Some("A"), None, None])),
            ),
        ]);
        let records = records(&batch);
        let sources: Vec<_> = records.iter().map(|r| r.source.as_deref()).collect();
        assert_eq!(sources, [Some("A"), Some("b.example"), None]);
        assert_eq!(records[0].url.as_deref(), Some("https://a.example/x"));
    }

    #[test]
    fn columns_that_are_null_in_every_row() {
        let nothing = || Arc::new(NullArray::new(1)) as ArrayRef;
        let mut columns = vec![("id", strings(&["a"])), ("text", strings(&["x"]))];
        columns.extend(["html", "source", "url", "date", "rank"].map(|name| (name, nothing())));
        let record = records(&table(columns)).remove(0);
        assert_eq!(
            (record.source, record.date, record.rank),
            (None, None, None)
        );
        assert!(record.remarks.is_empty());
        let columns = vec![("id", strings(&["a"])), ("text", nothing())];
        assert_eq!(
            refused(&table(columns)),
            "column `text` is of type Null; it must hold strings"
        );
    }

    #[test]
    fn other_names_and_ways() {
        let field = |name: &str| Arc::new(arrow_schema::Field::new(name, DataType::Utf8, true));
        let body = StructArray::try_new(
            vec![field("x"), field("body")].into(),
            vec![strings(&["1", "2"]), strings(&["Well.", "hidden"])],
            Some(vec![true, false].into()),
        );
        let body: ArrayRef = Arc::new(body.unwrap());
        let mut names = Fields::default();
        names.set(Field::Text, "article.body");
        let batch = table(vec![("id", strings(&["a", "b"])), ("article", body)]);
        let reader = open(&written(&batch, None), &names).unwrap();
        assert_eq!(
            told(reader),
            [
                "a:row 1: Well.",
                "b:row 2! no `article.body` and no `html`; every record needs one",
            ]
        );
        // A column of the whole name comes first.
        let mut columns: Vec<(&str, ArrayRef)> = Vec::new();
        let article = Arc::clone(batch.column(1));
        columns.push(("id", strings(&["a", "b"])));
        columns.push(("article", article));
        columns.push(("article.body", strings(&["whole", "name"])));
        let reader = open(&written(&table(columns), None), &names).unwrap();
        assert_eq!(told(reader), ["a:row 1: whole", "b:row 2: name"]);
    }

    #[test]
    fn files_that_are_refused() {
        let mut lists = ListBuilder::new(StringBuilder::new());
        lists.append_value([Some("x")]);
        let lists: ArrayRef = Arc::new(lists.finish());
        let x = || strings(&["x"]);
        let refusals = [
            (vec![], "no column `id`; every record needs one"),
            (
                vec![("text", x())],
                "no column `id`; every record needs one",
            ),
            (
                vec![("id", x())],
                "no column `text` and no column `html`; every record needs one",
            ),
            (
                vec![("id", Arc::clone(&lists)), ("text", x())],
                "column `id` is of type List(Utf8); it must hold strings or integers",
            ),
            (
                vec![
                    ("id", x()),
                    ("text", Arc::new(Int32Array::from(vec![1])) as _),
                ],
                "column `text` is of type Int32; it must hold strings",
            ),
            (
                vec![
                    ("id", x()),
                    ("html", Arc::new(Int32Array::from(vec![1])) as _),
                ],
                "column `html` is of type Int32; it must hold strings",
            ),
            (
                vec![("id", x()), ("id", x()), ("text", x())],
                "column `id` stands twice",
            ),
        ];
        for (columns, error) in refusals {
            let options = arrow_array::RecordBatchOptions::new().with_row_count(Some(1));
            let batch = match columns.is_empty() {
                true => RecordBatch::try_new_with_options(
                    Arc::new(arrow_schema::Schema::empty()),
                    vec![],
                    &options,
                )
                .unwrap(),
                false => table(columns),
            };
            assert_eq!(refused(&batch), error);
        }
    }

    #[test]
    fn what_is_not_parquet() {
        let whole = written(
            &table(vec![("id", strings(&["a"])), ("text", strings(&["x"]))]),
            None,
        );
        let half = &whole[..whole.len() / 2];
        let files: [&[u8]; 4] = [b"", b"PAR1", b"{\"id\":1,\"text\":\"x\"}\n", half];
        for bytes in files {
            let error = open(bytes, &Fields::default()).err().unwrap();
            assert!(error.starts_with("not Parquet, or broken: "), "{error}");
        }
    }

    #[test]
    fn no_rows() {
        let batch = table(vec![("id", strings(&[])), ("text", strings(&[]))]);
        assert!(all(&batch).is_empty());
    }

    fn numbered(rows: usize, text: impl FnMut(usize) -> String) -> RecordBatch {
        let texts: Vec<String> = (1..=rows).map(text).collect();
        table(vec![
            (
                "id",
                Arc::new(Int64Array::from_iter_values(1..=rows as i64)),
            ),
            ("text", Arc::new(StringArray::from_iter_values(texts))),
        ])
    }

    #[test]
    fn ten_thousand_rows_in_row_groups() {
        let batch = numbered(10_000, |row| format!("text {row}"));
        let groups = WriterProperties::builder().set_max_row_group_row_count(Some(3000));
        let bytes = written(&batch, Some(groups.build()));
        let told = told(open(&bytes, &Fields::default()).unwrap());
        let expected = (1..=10_000).map(|row| format!("{row}:row {row}: text {row}"));
        assert!(told.into_iter().eq(expected));
        let sizes = open(&bytes, &Fields::default()).unwrap();
        let sizes: Vec<usize> = sizes.map(|rows| rows.batch().num_rows()).collect();
        assert_eq!(sizes[..4], [1024, 1024, 952, 1024]);
    }

    #[test]
    fn long_rows_come_in_small_batches() {
        let batch = numbered(40, |row| "long ".repeat(200_000) + &row.to_string());
        let rows = open(&written(&batch, None), &Fields::default()).unwrap();
        let sizes: Vec<usize> = rows.map(|rows| rows.batch().num_rows()).collect();
        assert_eq!(sizes, [16, 16, 8]);
        // A page of values for many rows, of which the sizes in the footer say nothing.
        let batch = numbered(3000, |row| "same ".repeat(40_000) + &(row % 3).to_string());
        let mut reader = open(&written(&batch, None), &Fields::default()).unwrap();
        reader.size = Some(1024);
        let told: Vec<Rows> = reader.collect();
        let sizes: Vec<usize> = told.iter().map(|rows| rows.batch().num_rows()).collect();
        assert_eq!(sizes.iter().sum::<usize>(), 3000);
        assert!(sizes[1] <= 83, "{sizes:?}");
        assert_eq!(told[1].first, 1025);
    }

    #[test]
    fn a_value_that_is_too_long() {
        let batch = numbered(2, |row| "x".repeat(row * 10));
        let limits = Limits {
            record: 15,
            ..LIMITS
        };
        let bytes = written(&batch, None);
        let reader = TableReader::open(file(&bytes), &Fields::default(), limits).unwrap();
        assert_eq!(
            told(reader)[1],
            "2:row 2! `text` is longer than 15 bytes; --max-record allows more"
        );
    }

    #[test]
    fn what_was_read_before_a_fault_stands() {
        let batch = numbered(5000, |row| format!("{row} is a number"));
        let properties = WriterProperties::builder()
            .set_dictionary_enabled(false)
            .set_data_page_row_count_limit(700)
            .set_write_batch_size(100)
            .set_compression(Compression::UNCOMPRESSED);
        let mut bytes = written(&batch, Some(properties.build()));
        let at = memchr::memmem::find(&bytes, b"3100 is a number").unwrap();
        bytes[at] = 0xff;
        let told = told(open(&bytes, &Fields::default()).unwrap());
        let (last, read) = told.split_last().unwrap();
        let expected = (1..=3099).map(|row| format!("{row}:row {row}: {row} is a number"));
        assert!(read.iter().cloned().eq(expected));
        assert!(
            last.starts_with(":row 3100! cannot be read further: "),
            "{last}"
        );
    }

    #[test]
    fn errors_without_their_layers() {
        assert_eq!(
            plain("External: Parquet argument error: Parquet error: EOF"),
            "EOF"
        );
        let panicked = guarded::<()>(|| panic!("no {}", "page"));
        assert_eq!(
            panicked,
            Err("its parts contradict each other (no page)".to_owned())
        );
    }

    fn properties(codec: Compression) -> WriterProperties {
        WriterProperties::builder()
            .set_compression(codec)
            .set_max_row_group_row_count(Some(250))
            .set_data_page_row_count_limit(100)
            .set_write_batch_size(50)
            .build()
    }

    fn codecs() -> [Compression; 7] {
        [
            Compression::UNCOMPRESSED,
            Compression::SNAPPY,
            Compression::GZIP(GzipLevel::default()),
            Compression::BROTLI(BrotliLevel::default()),
            Compression::LZ4,
            Compression::LZ4_RAW,
            Compression::ZSTD(ZstdLevel::default()),
        ]
    }

    #[test]
    fn every_compression() {
        let batch = numbered(600, |row| format!("text {row}"));
        let expected = all(&batch);
        for codec in codecs() {
            let bytes = written(&batch, Some(properties(codec)));
            assert_eq!(told(open(&bytes, &Fields::default()).unwrap()), expected);
        }
    }

    /// Whatever is broken, rows are counted on, and at most the last entry says what is wrong.
    /// `TWICETOLD_BROKEN_FILES` is how many files of each compression are broken.
    #[test]
    fn broken_bytes() {
        let mut lists = ListBuilder::new(StringBuilder::new());
        for row in 0..600 {
            let words = (0..row % 4).map(|word| Some(format!("w{word}")));
            lists.append_value(words);
        }
        let plain = numbered(600, |row| format!("text {}", row % 7));
        let batch = table(vec![
            ("id", Arc::clone(plain.column(0))),
            ("text", Arc::clone(plain.column(1))),
            ("tags", Arc::new(lists.finish())),
        ]);
        let rounds = std::env::var("TWICETOLD_BROKEN_FILES");
        let rounds: usize = rounds.map_or(60, |rounds| rounds.parse().unwrap());
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut random = |below: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state % below as u64) as usize
        };
        for codec in codecs() {
            let whole = written(&batch, Some(properties(codec)));
            for round in 0..rounds {
                let mut bytes = whole.clone();
                match round % 8 {
                    0 => {
                        // The footer, without what it tells of.
                        let gone = random(bytes.len());
                        bytes.drain(4..4 + gone.min(whole.len() - 12));
                    }
                    _ => {
                        for _ in 0..=random(3) {
                            let at = random(bytes.len());
                            bytes[at] = random(256) as u8;
                        }
                    }
                }
                let Ok(reader) = open(&bytes, &Fields::default()) else {
                    continue;
                };
                let mut writer = TableWriter::new(std::io::sink(), reader.table()).unwrap();
                let mut next = 1;
                for rows in reader {
                    let all = rows.batch().num_rows();
                    writer
                        .write(&rows, &vec![true; all], &vec![None; all])
                        .unwrap();
                    assert_eq!(rows.first, next);
                    next += rows.batch().num_rows() as u64;
                    let broken = usize::from(rows.broken.is_some());
                    assert_eq!(rows.entries().len(), rows.batch().num_rows() + broken);
                }
            }
        }
    }
}
