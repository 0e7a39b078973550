//! Tables as they are read.

mod packed;

use super::batches::{guarded, plain};
use super::{Rows, TableReader};
use crate::format::Limits;
use crate::format::fields::{Field, Fields};
use crate::format::open::SystemFault;
use crate::format::parquet::TableWriter;
use crate::format::record::{Body, Entry, Record, Rejected};
use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::types::Int8Type;
use arrow_array::{
    ArrayRef, BinaryArray, Date32Array, Date64Array, DictionaryArray, Float64Array, Int32Array,
    Int64Array, LargeStringArray, NullArray, RecordBatch, StringArray, StringViewArray,
    StructArray, TimestampMicrosecondArray, TimestampNanosecondArray, UInt64Array,
};
use arrow_schema::DataType;
use parquet::arrow::ArrowWriter;
use parquet::basic::{BrotliLevel, Compression, GzipLevel, ZstdLevel};
use parquet::file::properties::WriterProperties;
use std::fs::File;
use std::io::{Seek, Write};
use std::sync::Arc;

const LIMITS: Limits = Limits {
    record: 3 << 20,
    expansion: 200,
    free: crate::format::FREE,
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
    TableReader::open(file(bytes), fields, LIMITS, &SystemFault::default())
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
            "column `id` is of type List(Utf8); it must hold strings, integers, UUIDs or decimals without places",
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
    let encrypted = [&whole[..whole.len() - 4], b"PARE"].concat();
    let error = open(&encrypted, &Fields::default()).err().unwrap();
    assert_eq!(
        error,
        "encrypted Parquet; write it again without encryption"
    );
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
    assert!(sizes.iter().all(|rows| *rows <= 128), "{sizes:?}");
    assert_eq!(told[1].first, sizes[0] as u64 + 1);
}

#[test]
fn a_value_that_is_too_long() {
    let batch = numbered(2, |row| "x".repeat(row * 10));
    let limits = Limits {
        record: 15,
        ..LIMITS
    };
    let bytes = written(&batch, None);
    let reader = TableReader::open(
        file(&bytes),
        &Fields::default(),
        limits,
        &SystemFault::default(),
    )
    .unwrap();
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
    // Its length comes before it, with the highest byte last.
    bytes[at - 1] = 0x7f;
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
