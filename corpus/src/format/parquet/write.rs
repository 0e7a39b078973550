//! Kept rows of Parquet: as they were, with other texts.
//!
//! Memory: the row group that is not written yet, encoded and compressed, and one page a column.

use crate::format::fields::Field;
use crate::format::parquet::{Column, Rows, Table, bytes};
use arrow_array::cast::AsArray;
use arrow_array::{
    Array, ArrayRef, BinaryArray, BinaryViewArray, BooleanArray, LargeBinaryArray,
    LargeStringArray, RecordBatch, RecordBatchOptions, StringArray, StringViewArray, StructArray,
};
use arrow_json::writer::LineDelimited;
use arrow_schema::{ArrowError, DataType, Fields, Schema, SchemaRef};
use arrow_select::filter::filter_record_batch;
use arrow_select::nullif::nullif;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{WriterProperties, WriterPropertiesBuilder};
use parquet::schema::types::ColumnPath;
use std::borrow::Cow;
use std::io::{self, Write};
use std::sync::Arc;

/// Bytes of a row group, as it is written.
const GROUP: usize = 64 << 20;

/// Notes that list the columns for Spark and Avro, which see no others: wrong when one is added.
const LISTS: [&str; 3] = [
    "org.apache.spark.sql.parquet.row.metadata",
    "parquet.avro.schema",
    "avro.schema",
];

/// Rows like those of a table that was read, with other texts.
pub struct Like {
    table: Arc<Table>,
    schema: SchemaRef,
}

/// Writes them.
pub struct TableWriter<W: Write + Send> {
    writer: ArrowWriter<W>,
    like: Like,
    /// Whether the column of texts, which was added to the last place, is left out.
    without_texts: bool,
}

impl Like {
    /// Of the same columns. Where there is none of texts, one comes last.
    pub fn new(table: &Arc<Table>) -> Self {
        Like {
            schema: Arc::new(schema(table, table.column(Field::Text))),
            table: Arc::clone(table),
        }
    }

    /// Whether rows have these columns, and their texts at the same place.
    pub fn takes(&self, rows: &Rows) -> bool {
        let (ours, theirs) = (&self.table, rows.table());
        Arc::ptr_eq(ours, theirs)
            || ours.schema.fields() == theirs.schema.fields()
                && ours.column(Field::Text) == theirs.column(Field::Text)
                && ours.name(Field::Text) == theirs.name(Field::Text)
    }

    /// Whether the table that was read has a column of texts.
    pub fn has_texts(&self) -> bool {
        self.table.column(Field::Text).is_some()
    }

    /// Those rows that are kept, a flag for each, with the texts that are given instead of theirs. Both are as
    /// long as the rows.
    pub fn rows(
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
            None => columns.push(strings(&DataType::Utf8, texts.to_vec())?),
        }
        let fields = retyped(self.schema.fields(), &columns);
        let options = RecordBatchOptions::new().with_row_count(Some(kept.num_rows()));
        RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), columns, &options)
    }
}

impl<W: Write + Send> TableWriter<W> {
    /// A table of the same columns and notes. Where it has no column of texts, one comes last.
    pub fn new(out: W, table: &Arc<Table>) -> io::Result<Self> {
        Self::create(out, table, false)
    }

    /// A table of the same columns, but for the last one, which holds texts that were added.
    pub fn without_texts(out: W, table: &Arc<Table>) -> io::Result<Self> {
        Self::create(out, table, true)
    }

    fn create(out: W, table: &Arc<Table>, without_texts: bool) -> io::Result<Self> {
        let text = table.column(Field::Text);
        let like = Like::new(table);
        let mut schema = Arc::clone(&like.schema);
        let count = schema.fields().len();
        if without_texts && count > 1 {
            let others: Vec<usize> = (0..count - 1).collect();
            schema = Arc::new(schema.project(&others).map_err(failed)?);
        }
        let mut properties = properties()?.set_key_value_metadata(notes(table, text));
        // No two kept texts are equal.
        if let Some(path) = names(&schema, text)
            && !without_texts
        {
            properties = properties.set_column_dictionary_enabled(path, false);
        }
        let options = ArrowWriterOptions::new()
            .with_properties(properties.build())
            .with_schema_root(table.root.clone())
            .with_skip_arrow_metadata(!table.arrow);
        let writer = ArrowWriter::try_new_with_options(out, schema, options);
        Ok(TableWriter {
            writer: writer.map_err(io_error)?,
            like,
            without_texts,
        })
    }

    /// Writes those rows that are kept, as `Like::rows`.
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
                let others: Vec<usize> = (0..rows.num_columns().saturating_sub(1).max(1)).collect();
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
        // Handing the output back loses the kind of an error.
        self.writer.flush().map_err(io_error)?;
        self.writer.sync()?;
        self.writer.into_inner().map_err(io_error)
    }
}

/// How tables are written.
pub fn properties() -> io::Result<WriterPropertiesBuilder> {
    let level = ZstdLevel::try_new(3).map_err(failed)?;
    Ok(WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        .set_max_row_group_bytes(Some(GROUP)))
}

/// Writes rows as lines of JSON, with null where a column is. Bytes that are text are written as such, others in
/// hexadecimal.
pub fn write_lines(out: &mut impl Write, rows: &RecordBatch) -> io::Result<()> {
    let columns = rows.columns().iter().map(readable);
    let columns: Vec<ArrayRef> = columns.collect::<Result<_, _>>().map_err(failed)?;
    let fields = retyped(rows.schema().fields(), &columns);
    let rows = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(failed)?;
    let mut lines = Vec::new();
    let mut writer = arrow_json::WriterBuilder::new()
        .with_explicit_nulls(true)
        .build::<_, LineDelimited>(&mut lines);
    let written = writer.write(&rows).and_then(|()| writer.finish());
    written.map_err(|error| {
        let error = format!("rows cannot be JSON ({error}); --to parquet writes them as they are");
        io::Error::new(io::ErrorKind::InvalidData, error)
    })?;
    out.write_all(&lines)
}

/// A column of strings, where it is one of bytes that are all text.
fn readable(column: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    if !column.data_type().is_binary() {
        return Ok(Arc::clone(column));
    }
    let texts = (0..column.len()).map(|row| bytes(column, row));
    let texts = texts.map(|text| text.map(std::str::from_utf8).transpose());
    match texts.collect::<Result<Vec<_>, _>>() {
        Ok(texts) => strings(&DataType::LargeUtf8, texts),
        Err(_) => Ok(Arc::clone(column)),
    }
}

/// The columns that are written. What the file notes is written as notes, not twice.
fn schema(like: &Table, text: Option<&Column>) -> Schema {
    let mut fields = like.schema.fields().to_vec();
    if text.is_none() {
        let name = like.name(Field::Text);
        fields.push(Arc::new(arrow_schema::Field::new(
            name,
            DataType::Utf8,
            true,
        )));
    }
    let mut metadata = like.schema.metadata().clone();
    metadata.retain(|key, _| !like.notes.iter().any(|note| note.key == *key));
    Schema::new_with_metadata(fields, metadata)
}

fn notes(like: &Table, text: Option<&Column>) -> Option<Vec<KeyValue>> {
    let mut notes = like.notes.clone();
    if text.is_none() {
        notes.retain(|note| !LISTS.contains(&&note.key[..]));
    }
    (!notes.is_empty()).then_some(notes)
}

/// The names on the way to the column of texts.
fn names(schema: &Schema, text: Option<&Column>) -> Option<ColumnPath> {
    let last = schema.fields().len().checked_sub(1)?;
    let path = text.map_or(vec![last], |text| text.path.clone());
    let mut fields = schema.fields();
    let mut names = Vec::new();
    for at in path {
        let field = fields.get(at)?;
        names.push(field.name().clone());
        if let DataType::Struct(inner) = field.data_type() {
            fields = inner;
        }
    }
    Some(ColumnPath::new(names))
}

/// The fields with the types that the columns have now: texts of a dictionary are written as
/// strings, since new ones may be more than its keys can count. In the file that is the same.
fn retyped(fields: &Fields, columns: &[ArrayRef]) -> Fields {
    let fields = fields.iter().zip(columns).map(|(field, column)| {
        let field = field.as_ref().clone();
        Arc::new(field.with_data_type(column.data_type().clone()))
    });
    fields.collect()
}

/// Puts texts into the column at the end of a path.
fn replace(
    columns: &mut [ArrayRef],
    path: &[usize],
    texts: &[Option<&str>],
) -> Result<(), ArrowError> {
    let lost = || ArrowError::SchemaError("no column of texts".to_owned());
    let (at, inner) = path.split_first().ok_or_else(lost)?;
    let column = columns.get_mut(*at).ok_or_else(lost)?;
    if inner.is_empty() {
        *column = texts_of(column, texts)?;
        return Ok(());
    }
    let object = column.as_struct_opt().ok_or_else(lost)?;
    let mut parts = object.columns().to_vec();
    replace(&mut parts, inner, texts)?;
    let fields = retyped(object.fields(), &parts);
    // A text can have come from the HTML of another column.
    let nulls = object.nulls().map(|nulls| {
        let valid = nulls.iter().zip(texts);
        let valid: Vec<bool> = valid.map(|(valid, text)| valid || text.is_some()).collect();
        valid.into()
    });
    *column = Arc::new(StructArray::try_new(fields, parts, nulls)?);
    Ok(())
}

/// Makes the values null at the end of a path, where it is said.
fn nullify(
    columns: &mut [ArrayRef],
    path: &[usize],
    nulls: &BooleanArray,
) -> Result<(), ArrowError> {
    let lost = || ArrowError::SchemaError("no column of texts".to_owned());
    let (at, inner) = path.split_first().ok_or_else(lost)?;
    let column = columns.get_mut(*at).ok_or_else(lost)?;
    if inner.is_empty() {
        *column = nullif(column, nulls)?;
        return Ok(());
    }
    let object = column.as_struct_opt().ok_or_else(lost)?;
    let mut parts = object.columns().to_vec();
    nullify(&mut parts, inner, nulls)?;
    let fields = object.fields().clone();
    *column = Arc::new(StructArray::try_new(
        fields,
        parts,
        object.nulls().cloned(),
    )?);
    Ok(())
}

/// A column of its texts, or of those that are given instead.
fn texts_of(column: &ArrayRef, texts: &[Option<&str>]) -> Result<ArrayRef, ArrowError> {
    let kind = match column.data_type() {
        DataType::Dictionary(_, values) => values,
        kind => kind,
    };
    let texts = texts.iter().enumerate();
    let texts = texts.map(|(row, text)| text.map(str::as_bytes).or_else(|| bytes(column, row)));
    match kind.is_string() {
        true => {
            let texts = texts.map(|text| text.map(std::str::from_utf8).transpose());
            let texts: Result<Vec<_>, _> = texts.collect();
            strings(
                kind,
                texts.map_err(|e| ArrowError::ExternalError(Box::new(e)))?,
            )
        }
        false => binaries(kind, texts.collect()),
    }
}

fn strings(kind: &DataType, texts: Vec<Option<&str>>) -> Result<ArrayRef, ArrowError> {
    addressable(kind, texts.iter().flatten().map(|text| text.len()))?;
    Ok(match kind {
        DataType::LargeUtf8 => Arc::new(LargeStringArray::from_iter(texts)),
        DataType::Utf8View => Arc::new(StringViewArray::from_iter(texts)),
        _ => Arc::new(StringArray::from_iter(texts)),
    })
}

fn binaries(kind: &DataType, texts: Vec<Option<&[u8]>>) -> Result<ArrayRef, ArrowError> {
    addressable(kind, texts.iter().flatten().map(|text| text.len()))?;
    Ok(match kind {
        DataType::LargeBinary => Arc::new(LargeBinaryArray::from_iter(texts)),
        DataType::BinaryView => Arc::new(BinaryViewArray::from_iter(texts)),
        _ => Arc::new(BinaryArray::from_iter(texts)),
    })
}

/// Most columns count their bytes in 31 bits, and making a longer one panics.
fn addressable(kind: &DataType, sizes: impl Iterator<Item = usize>) -> Result<(), ArrowError> {
    let large = matches!(kind, DataType::LargeUtf8 | DataType::LargeBinary);
    match !large && sizes.sum::<usize>() > i32::MAX as usize {
        true => Err(ArrowError::OffsetOverflowError(i32::MAX as usize)),
        false => Ok(()),
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Limits;
    use crate::format::fields::Fields as Names;
    use crate::format::parquet::TableReader;
    use arrow_array::builder::{Int32Builder, ListBuilder, MapBuilder, StringBuilder};
    use arrow_array::types::{Int8Type, Int32Type};
    use arrow_array::{
        BooleanArray, Date32Array, Decimal128Array, DictionaryArray, FixedSizeBinaryArray,
        Float32Array, Float64Array, Int64Array, NullArray, Time64MicrosecondArray,
        TimestampMillisecondArray, TimestampNanosecondArray, UInt16Array,
    };
    use arrow_schema::Field as Named;
    use std::fs::File;

    fn file(bytes: &[u8]) -> File {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file
    }

    fn open(bytes: &[u8], names: &Names) -> TableReader {
        let limits = Limits {
            record: 3 << 20,
            expansion: 200,
            free: crate::format::FREE,
        };
        TableReader::open(file(bytes), names, limits).unwrap()
    }

    fn written(batch: &RecordBatch, properties: WriterProperties) -> Vec<u8> {
        let mut bytes = Vec::new();
        let schema = batch.schema();
        let mut writer = ArrowWriter::try_new(&mut bytes, schema, Some(properties)).unwrap();
        writer.write(batch).unwrap();
        writer.close().unwrap();
        bytes
    }

    /// A file written again: rows are kept, with texts, by their number from 0.
    fn again(
        bytes: &[u8],
        names: &Names,
        keep: impl Fn(usize) -> bool,
        text: impl Fn(usize) -> Option<&'static str>,
    ) -> Vec<u8> {
        let reader = open(bytes, names);
        let mut writer = TableWriter::new(Vec::new(), reader.table()).unwrap();
        let mut first = 0;
        for rows in reader {
            let numbers = first..first + rows.batch().num_rows();
            first = numbers.end;
            let kept: Vec<bool> = numbers.clone().map(&keep).collect();
            let texts: Vec<_> = numbers.map(|n| text(n).map(Cow::Borrowed)).collect();
            writer.write(&rows, &kept, &texts).unwrap();
        }
        writer.finish().unwrap()
    }

    /// All rows of a file.
    fn read(bytes: &[u8], names: &Names) -> RecordBatch {
        let reader = open(bytes, names);
        let schema = Arc::clone(&reader.table().schema);
        let batches: Vec<RecordBatch> = reader.map(|rows| rows.batch().clone()).collect();
        arrow_select::concat::concat_batches(&schema, &batches).unwrap()
    }

    fn strings(values: &[&str]) -> ArrayRef {
        Arc::new(StringArray::from_iter_values(values))
    }

    fn object(fields: &[(&str, ArrayRef)], valid: Option<Vec<bool>>) -> ArrayRef {
        let columns = fields.iter().map(|(_, array)| Arc::clone(array)).collect();
        let fields = fields.iter().map(|(name, array)| {
            let name = Named::new(*name, array.data_type().clone(), true);
            Arc::new(name.with_metadata([("unit", "m")]))
        });
        let valid = valid.map(Into::into);
        Arc::new(StructArray::try_new(fields.collect(), columns, valid).unwrap())
    }

    /// Three rows of columns of many types, nulls among them.
    fn many_types() -> RecordBatch {
        let mut lists = ListBuilder::new(StringBuilder::new());
        lists.append_value([Some("x"), None]);
        lists.append_null();
        lists.append_value([] as [Option<&str>; 0]);
        let mut maps = MapBuilder::new(None, StringBuilder::new(), Int32Builder::new());
        for row in 0..3 {
            for key in 0..row {
                maps.keys().append_value(format!("k{key}"));
                maps.values().append_option((key != 1).then_some(key));
            }
            maps.append(row != 0).unwrap();
        }
        let dictionary: DictionaryArray<Int32Type> =
            [Some("d"), None, Some("d")].into_iter().collect();
        let texts = [Some("one"), None, Some("three")];
        let bytes = texts.map(|text| text.map(str::as_bytes));
        let decimal = Decimal128Array::from(vec![Some(1), None, Some(-12345)]);
        let decimal = decimal.with_precision_and_scale(20, 3).unwrap();
        let instants = TimestampMillisecondArray::from(vec![Some(1), None, Some(-1)]);
        let fixed = [Some([1_u8; 16]), None, Some([2; 16])].into_iter();
        let fixed = FixedSizeBinaryArray::try_from_sparse_iter_with_size(fixed, 16).unwrap();
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("id", strings(&["a", "b", "c"])),
            ("large", Arc::new(LargeStringArray::from_iter(texts))),
            ("view", Arc::new(StringViewArray::from_iter(texts))),
            ("binary", Arc::new(BinaryArray::from_iter(bytes))),
            ("large binary", Arc::new(LargeBinaryArray::from_iter(bytes))),
            ("binary view", Arc::new(BinaryViewArray::from_iter(bytes))),
            ("fixed", Arc::new(fixed)),
            ("dictionary", Arc::new(dictionary)),
            ("list", Arc::new(lists.finish())),
            ("map", Arc::new(maps.finish())),
            ("decimal", Arc::new(decimal)),
            ("instant", Arc::new(instants.with_timezone("Europe/Berlin"))),
            (
                "local",
                Arc::new(TimestampNanosecondArray::from(vec![7, 8, 9])),
            ),
            (
                "day",
                Arc::new(Date32Array::from(vec![Some(1), None, Some(3)])),
            ),
            (
                "time",
                Arc::new(Time64MicrosecondArray::from(vec![1, 2, 3])),
            ),
            (
                "flag",
                Arc::new(BooleanArray::from(vec![Some(true), None, None])),
            ),
            ("small", Arc::new(UInt16Array::from(vec![1, 2, 65_535]))),
            (
                "single",
                Arc::new(Float32Array::from(vec![0.5, f32::NAN, -0.0])),
            ),
            (
                "double",
                Arc::new(Float64Array::from(vec![Some(0.1), None, None])),
            ),
            ("nothing", Arc::new(NullArray::new(3))),
            (
                "article",
                object(
                    &[
                        ("lang", strings(&["en", "de", "fr"])),
                        ("text", Arc::new(LargeStringArray::from_iter(texts))),
                    ],
                    Some(vec![true, false, true]),
                ),
            ),
        ];
        let nullable = |name: &str| !["id", "small"].contains(&name);
        let fields = columns
            .iter()
            .map(|(name, array)| Named::new(*name, array.data_type().clone(), nullable(name)));
        let fields: Vec<Named> = fields.collect();
        let metadata = [("made by", "hand")];
        let schema = Schema::new_with_metadata(fields, metadata);
        let columns = columns.into_iter().map(|(_, array)| array).collect();
        RecordBatch::try_new(Arc::new(schema), columns).unwrap()
    }

    fn nested() -> Names {
        let mut names = Names::default();
        names.set(Field::Text, "article.text");
        names
    }

    #[test]
    fn all_columns_come_back() {
        let batch = many_types();
        let notes = vec![
            KeyValue::new("pandas".to_owned(), "{}".to_owned()),
            KeyValue::new("empty".to_owned(), None),
        ];
        let properties = WriterProperties::builder().set_key_value_metadata(Some(notes.clone()));
        let before = written(&batch, properties.build());
        let after = again(&before, &nested(), |_| true, |_| None);
        assert_eq!(read(&after, &nested()), read(&before, &nested()));
        assert_eq!(read(&after, &nested()).columns(), batch.columns());
        assert_eq!(open(&after, &nested()).table().notes, notes);

        // Texts in the struct, and nothing else, are other ones.
        let after = again(
            &before,
            &nested(),
            |row| row != 1,
            |row| (row == 2).then_some("new"),
        );
        let kept = read(&after, &nested());
        let expected = filter_record_batch(&batch, &vec![true, false, true].into()).unwrap();
        for (name, at) in batch.schema().fields().iter().zip(0..) {
            match &name.name()[..] {
                "article" => {
                    let texts = kept.column(at).as_struct().column(1);
                    assert_eq!(
                        texts.as_string::<i64>(),
                        &LargeStringArray::from(vec!["one", "new"])
                    );
                    let languages = kept.column(at).as_struct().column(0);
                    assert_eq!(languages, &strings(&["en", "fr"]));
                }
                _ => assert_eq!(kept.column(at), expected.column(at), "{name}"),
            }
        }
        assert_eq!(kept.schema(), read(&before, &nested()).schema());
    }

    #[test]
    fn texts_of_every_type() {
        let old = ["one", "two", "three"];
        let dictionary: DictionaryArray<Int8Type> = old.into_iter().collect();
        let bytes = old.map(str::as_bytes);
        let columns: [ArrayRef; 7] = [
            strings(&old),
            Arc::new(LargeStringArray::from_iter_values(old)),
            Arc::new(StringViewArray::from_iter_values(old)),
            Arc::new(BinaryArray::from_iter_values(bytes)),
            Arc::new(LargeBinaryArray::from_iter_values(bytes)),
            Arc::new(BinaryViewArray::from_iter_values(bytes)),
            Arc::new(dictionary),
        ];
        for column in columns {
            let kind = column.data_type().clone();
            let ids = strings(&["a", "b", "c"]);
            let batch = RecordBatch::try_from_iter([("id", ids), ("text", column)]).unwrap();
            let before = written(&batch, WriterProperties::default());
            let names = Names::default();
            let after = again(&before, &names, |_| true, |row| (row == 1).then_some("2"));
            let after = read(&after, &names);
            assert_eq!(after.schema(), batch.schema());
            let texts = after.column(1);
            assert_eq!(texts.data_type(), &kind);
            let texts: Vec<_> = (0..3).map(|row| bytes_of(texts, row)).collect();
            assert_eq!(texts, ["one", "2", "three"]);
        }
    }

    fn bytes_of(array: &ArrayRef, row: usize) -> &str {
        std::str::from_utf8(bytes(array, row).unwrap()).unwrap()
    }

    #[test]
    fn html_alone_gets_a_column_of_texts() {
        let html = strings(&["<p>one", "<p>two"]);
        let batch = [("id", strings(&["a", "b"])), ("html", Arc::clone(&html))];
        let batch = RecordBatch::try_from_iter(batch).unwrap();
        let notes = vec![
            KeyValue::new("pandas".to_owned(), "{}".to_owned()),
            KeyValue::new(LISTS[0].to_owned(), "{}".to_owned()),
        ];
        let properties = WriterProperties::builder().set_key_value_metadata(Some(notes));
        let before = written(&batch, properties.build());
        let names = Names::default();
        let bytes = again(&before, &names, |row| row == 1, |_| Some("two"));
        let after = read(&bytes, &names);
        let fields = after
            .schema()
            .fields()
            .iter()
            .map(|f| f.name().clone())
            .collect::<Vec<_>>();
        assert_eq!(fields, ["id", "html", "text"]);
        assert_eq!(after.column(1), &strings(&["<p>two"]));
        assert_eq!(after.column(2), &strings(&["two"]));
        let table = Arc::clone(open(&bytes, &names).table());
        let keys: Vec<_> = table.notes.iter().map(|note| &note.key[..]).collect();
        assert_eq!(keys, ["pandas"]);
    }

    #[test]
    fn a_text_from_html_where_the_struct_is_null() {
        let article = object(&[("text", strings(&["one", ""]))], Some(vec![true, false]));
        let html: ArrayRef = Arc::new(StringArray::from(vec![None, Some("<p>two")]));
        let ids = strings(&["a", "b"]);
        let columns = [
            ("id", ids, true),
            ("article", article, true),
            ("html", html, true),
        ];
        let batch = RecordBatch::try_from_iter_with_nullable(columns).unwrap();
        let before = written(&batch, WriterProperties::default());
        let text = |row| (row == 1).then_some("two");
        let after = read(&again(&before, &nested(), |_| true, text), &nested());
        assert_eq!(
            after.column(1).as_struct().column(0),
            &strings(&["one", "two"])
        );
        assert_eq!(after.column(1).null_count(), 0);
    }

    #[test]
    fn rows_in_order_and_the_same_bytes() {
        let ids = Arc::new(Int64Array::from_iter_values(0..10_000)) as ArrayRef;
        let texts: Vec<String> = (0..10_000).map(|row| format!("text {row}")).collect();
        let texts = Arc::new(StringArray::from_iter_values(texts)) as ArrayRef;
        let batch = RecordBatch::try_from_iter([("id", ids), ("text", texts)]).unwrap();
        let groups = WriterProperties::builder().set_max_row_group_row_count(Some(3000));
        let before = written(&batch, groups.build());
        let names = Names::default();
        let write = || {
            again(
                &before,
                &names,
                |row| row % 3 == 0,
                |row| (row % 2 == 0).then_some("even"),
            )
        };
        let after = write();
        assert_eq!(after, write());
        let after = read(&after, &names);
        let ids: Vec<i64> = (0..10_000).step_by(3).collect();
        assert_eq!(
            after.column(0).as_ref(),
            &Int64Array::from(ids) as &dyn Array
        );
        assert_eq!(bytes_of(after.column(1), 2), "even");
        assert_eq!(bytes_of(after.column(1), 3), "text 9");
        // Twice the same file.
        let twice = again(&before, &names, |_| true, |_| None);
        assert_eq!(again(&twice, &names, |_| true, |_| None), twice);
    }

    #[test]
    fn no_rows() {
        let batch = [("id", strings(&["a"])), ("text", strings(&["x"]))];
        let batch = RecordBatch::try_from_iter(batch).unwrap();
        let names = Names::default();
        let before = written(&batch.slice(0, 0), WriterProperties::default());
        assert_eq!(
            read(&again(&before, &names, |_| true, |_| None), &names),
            batch.slice(0, 0)
        );
        let before = written(&batch, WriterProperties::default());
        assert_eq!(
            read(&again(&before, &names, |_| false, |_| None), &names),
            batch.slice(0, 0)
        );
    }

    #[test]
    fn without_an_arrow_schema() {
        let batch = many_types();
        let mut before = Vec::new();
        let options = ArrowWriterOptions::new()
            .with_skip_arrow_metadata(true)
            .with_schema_root("spark_schema".to_owned());
        let writer = ArrowWriter::try_new_with_options(&mut before, batch.schema(), options);
        let mut writer = writer.unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        let after = again(&before, &nested(), |_| true, |_| None);
        assert_eq!(read(&after, &nested()), read(&before, &nested()));
        let (before, after) = (open(&before, &nested()), open(&after, &nested()));
        assert_eq!(after.table().root, "spark_schema");
        assert!(!before.table().arrow && !after.table().arrow);
    }

    #[test]
    fn rows_of_another_table() {
        let table = |columns: Vec<(&str, ArrayRef)>| {
            let batch = RecordBatch::try_from_iter(columns).unwrap();
            open(
                &written(&batch, WriterProperties::default()),
                &Names::default(),
            )
        };
        let x = || strings(&["x"]);
        let ours = table(vec![("id", x()), ("text", x())]);
        let mut writer = TableWriter::new(Vec::new(), ours.table()).unwrap();
        let mut same = table(vec![("id", x()), ("text", x())]);
        let rows = same.next().unwrap();
        assert!(writer.like.takes(&rows));
        assert!(writer.write(&rows, &[true], &[None]).is_ok());
        assert!(writer.write(&rows, &[], &[None]).is_err());
        let others = [
            vec![("id", x()), ("text", x()), ("more", x())],
            vec![("text", x()), ("id", x())],
            vec![("id", x()), ("html", x())],
        ];
        for other in others {
            let rows = table(other).next().unwrap();
            assert!(!writer.like.takes(&rows));
            assert!(writer.write(&rows, &[true], &[None]).is_err());
        }
    }

    #[test]
    fn a_full_disk_is_told_as_such() {
        struct Full;
        impl Write for Full {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::StorageFull.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let batch = [("id", strings(&["a"])), ("text", strings(&["x"]))];
        let batch = RecordBatch::try_from_iter(batch).unwrap();
        let reader = open(
            &written(&batch, WriterProperties::default()),
            &Names::default(),
        );
        let writer = TableWriter::new(Full, reader.table()).and_then(TableWriter::finish);
        assert_eq!(writer.err().unwrap().kind(), io::ErrorKind::StorageFull);
    }
}
