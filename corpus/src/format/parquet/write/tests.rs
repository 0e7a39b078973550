//! Tables as they are written.

use super::*;
use crate::format::fields::Fields as Names;
use crate::format::open::SystemFault;
use crate::format::parquet::TableReader;
use crate::format::{Entry, Limits};
use arrow_array::builder::{Int32Builder, ListBuilder, MapBuilder, StringBuilder};
use arrow_array::cast::AsArray;
use arrow_array::types::{Int8Type, Int32Type};
use arrow_array::{
    Array, ArrayRef, BinaryArray, BinaryViewArray, LargeBinaryArray, LargeStringArray, StringArray,
    StringViewArray, StructArray,
};
use arrow_array::{
    BooleanArray, Date32Array, Decimal128Array, DictionaryArray, FixedSizeBinaryArray,
    Float32Array, Float64Array, Int64Array, NullArray, Time64MicrosecondArray,
    TimestampMillisecondArray, TimestampNanosecondArray, UInt16Array,
};
use arrow_schema::Field as Named;
use arrow_schema::Schema;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::metadata::KeyValue;
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
    TableReader::open(file(bytes), names, limits, &SystemFault::default()).unwrap()
}

pub fn written(batch: &RecordBatch, properties: WriterProperties) -> Vec<u8> {
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

/// The rows of a file as lines of JSON.
pub fn again_as_lines(bytes: &[u8], names: &Names) -> String {
    let mut lines = Vec::new();
    for rows in open(bytes, names) {
        let count = rows.batch().num_rows();
        let like = Like::new(rows.table());
        like.write_lines(&mut lines, &rows, &vec![true; count], &vec![None; count])
            .unwrap();
    }
    String::from_utf8(lines).unwrap()
}

/// All rows of a file, as another program reads them.
fn read(bytes: &[u8]) -> RecordBatch {
    let bytes = bytes::Bytes::copy_from_slice(bytes);
    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes).unwrap();
    let schema = Arc::clone(reader.schema());
    let batches: Result<Vec<_>, _> = reader.build().unwrap().collect();
    arrow_select::concat::concat_batches(&schema, &batches.unwrap()).unwrap()
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
pub fn many_types() -> RecordBatch {
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
    let dictionary: DictionaryArray<Int32Type> = [Some("d"), None, Some("d")].into_iter().collect();
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

pub fn nested() -> Names {
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
    assert_eq!(read(&after), read(&before));
    assert_eq!(read(&after).columns(), batch.columns());
    let noted = |bytes: &[u8]| open(bytes, &nested()).table().notes.clone();
    assert_eq!(noted(&after), noted(&before));
    assert!(noted(&after).starts_with(&notes));

    // Texts in the struct, and nothing else, are other ones.
    let after = again(
        &before,
        &nested(),
        |row| row != 1,
        |row| (row == 2).then_some("new"),
    );
    let kept = read(&after);
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
    assert_eq!(kept.schema(), read(&before).schema());
}

#[test]
fn texts_of_every_type() {
    fn column<A: Array + 'static>(values: A) -> ArrayRef {
        Arc::new(values)
    }
    let bytes = |values: [&'static str; 3]| values.map(str::as_bytes);
    let columns: [&dyn Fn([&'static str; 3]) -> ArrayRef; 7] = [
        &|values| column(StringArray::from_iter_values(values)),
        &|values| column(LargeStringArray::from_iter_values(values)),
        &|values| column(StringViewArray::from_iter_values(values)),
        &|values| column(BinaryArray::from_iter_values(bytes(values))),
        &|values| column(LargeBinaryArray::from_iter_values(bytes(values))),
        &|values| column(BinaryViewArray::from_iter_values(bytes(values))),
        &|values| column(values.into_iter().collect::<DictionaryArray<Int8Type>>()),
    ];
    for column in columns {
        let batch = |texts| {
            let ids = strings(&["a", "b", "c"]);
            RecordBatch::try_from_iter([("id", ids), ("text", column(texts))]).unwrap()
        };
        let before = written(&batch(["one", "two", "three"]), WriterProperties::default());
        let names = Names::default();
        let after = again(&before, &names, |_| true, |row| (row == 1).then_some("2"));
        assert_eq!(read(&after), batch(["one", "2", "three"]));
    }
}

#[test]
fn html_alone_gets_a_column_of_texts() {
    let html = strings(&["<p>one", "<p>two"]);
    let batch = [("id", strings(&["a", "b"])), ("html", Arc::clone(&html))];
    let batch = RecordBatch::try_from_iter(batch).unwrap();
    let notes = vec![
        KeyValue::new("pandas".to_owned(), "{}".to_owned()),
        KeyValue::new("huggingface".to_owned(), "{}".to_owned()),
    ];
    let properties = WriterProperties::builder().set_key_value_metadata(Some(notes));
    let before = written(&batch, properties.build());
    let notes = |bytes: &[u8]| {
        let table = Arc::clone(open(bytes, &Names::default()).table());
        table.notes.clone()
    };
    let names = Names::default();
    let bytes = again(&before, &names, |row| row == 1, |_| Some("two"));
    let after = read(&bytes);
    let fields = after
        .schema()
        .fields()
        .iter()
        .map(|f| f.name().clone())
        .collect::<Vec<_>>();
    assert_eq!(fields, ["id", "html", "text"]);
    assert_eq!(after.column(1), &strings(&["<p>two"]));
    assert_eq!(after.column(2), &strings(&["two"]));
    // What lists the columns waits for the day on which there is no other one any more.
    let keys = notes(&bytes).into_iter().map(|note| note.key);
    assert_eq!(
        keys.collect::<Vec<_>>(),
        [
            "pandas",
            "twicetold:huggingface",
            "twicetold:ARROW:schema",
            "ARROW:schema"
        ]
    );
    let bytes = again(&before, &names, |_| true, |_| Some("any"));
    let reader = open(&bytes, &names);
    let mut writer = TableWriter::without_texts(Vec::new(), reader.table()).unwrap();
    for rows in reader {
        let count = rows.batch().num_rows();
        writer
            .restore(rows.batch(), &vec![None; count], &vec![false; count])
            .unwrap();
    }
    let restored = writer.finish().unwrap();
    assert_eq!(read(&restored), read(&before));
    assert_eq!(notes(&restored), notes(&before));
}

#[test]
fn a_text_from_html_where_there_is_no_text() {
    let text: ArrayRef = Arc::new(StringArray::from(vec![Some("one"), None, None]));
    let article = object(&[("text", text)], Some(vec![true, true, false]));
    let html: ArrayRef = Arc::new(StringArray::from(vec![None, Some("<p>two"), Some("<p>3")]));
    let columns = [
        ("id", strings(&["a", "b", "c"]), true),
        ("article", article, true),
        ("html", html, true),
    ];
    let batch = RecordBatch::try_from_iter_with_nullable(columns).unwrap();
    let before = written(&batch, WriterProperties::default());
    let text = |row| (row == 1).then_some("two");
    let after = read(&again(&before, &nested(), |row| row < 2, text));
    assert_eq!(
        after.column(1).as_struct().column(0),
        &strings(&["one", "two"])
    );
    // A struct that is null would have to become another one.
    let rows = open(&before, &nested()).next().unwrap();
    let Some(Entry::Rejected(rejected)) = rows.entries().pop() else {
        panic!("it is no record");
    };
    assert_eq!(
        rejected.error,
        "the struct around `article.text` is null, so that it cannot hold the text of `html`; leave `article.text` out, \
         or fill it"
    );
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
    let after = read(&after);
    let ids: Vec<i64> = (0..10_000).step_by(3).collect();
    assert_eq!(
        after.column(0).as_ref(),
        &Int64Array::from(ids) as &dyn Array
    );
    assert_eq!(after.column(1).as_string::<i32>().value(2), "even");
    assert_eq!(after.column(1).as_string::<i32>().value(3), "text 9");
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
        read(&again(&before, &names, |_| true, |_| None)),
        batch.slice(0, 0)
    );
    let before = written(&batch, WriterProperties::default());
    assert_eq!(
        read(&again(&before, &names, |_| false, |_| None)),
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
    assert_eq!(read(&after), read(&before));
    let (before, after) = (open(&before, &nested()), open(&after, &nested()));
    let root = after.table().parquet.root_schema();
    assert_eq!(root.name(), "spark_schema");
    assert_eq!(root, before.table().parquet.root_schema());
    assert!(after.table().notes.is_empty());
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
