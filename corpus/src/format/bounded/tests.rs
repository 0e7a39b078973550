//! Files of a few bytes that would become many, each with bounds set low.

use super::*;
use crate::format::fields::Fields;
use crate::format::parquet::{Rows, TableReader};
use crate::format::{Entry, Rejected};
use arrow_array::builder::{Int64Builder, ListBuilder};
use arrow_array::{Array, ArrayRef, DictionaryArray, Int32Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{BrotliLevel, Encoding, GzipLevel};
use parquet::file::properties::{WriterProperties, WriterPropertiesBuilder, WriterVersion};
use parquet::schema::types::ColumnPath;
use std::io::{Seek, Write};

const LIMITS: Limits = Limits {
    record: 3 << 20,
    expansion: 10,
    free: 2 << 20,
};

/// A file with pages of short texts, and a column of `junk` beside them.
fn file(junk: ArrayRef, properties: WriterPropertiesBuilder) -> Vec<u8> {
    let names = || StringArray::from_iter_values((0..junk.len()).map(|row| row.to_string()));
    let columns: [(&str, ArrayRef); 3] = [
        ("id", Arc::new(names())),
        ("text", Arc::new(names())),
        ("junk", junk.clone()),
    ];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    // So that dictionaries are read as the values that they stand for.
    let options = ArrowWriterOptions::new()
        .with_properties(properties.build())
        .with_skip_arrow_metadata(true);
    let mut bytes = Vec::new();
    let mut writer =
        ArrowWriter::try_new_with_options(&mut bytes, batch.schema(), options).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

fn stored(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file.rewind().unwrap();
    file
}

/// The rows that are read, the bytes of the largest batch, and what is wrong.
fn read(bytes: &[u8], limits: Limits) -> (usize, usize, Vec<String>) {
    let reader = TableReader::open(stored(bytes), &Fields::default(), limits).unwrap();
    let (mut rows, mut largest, mut wrong) = (0, 0, Vec::new());
    for batch in reader {
        rows += batch.batch().num_rows();
        largest = largest.max(batch.batch().get_array_memory_size());
        wrong.extend(errors(&batch));
    }
    (rows, largest, wrong)
}

fn errors(rows: &Rows) -> Vec<String> {
    let entries = rows.entries().into_iter();
    let errors = entries.filter_map(|entry| match entry {
        Entry::Record(_) => None,
        Entry::Rejected(Rejected { error, .. }) => Some(error),
    });
    errors.collect()
}

fn properties() -> WriterPropertiesBuilder {
    WriterProperties::builder()
        .set_statistics_enabled(parquet::file::properties::EnabledStatistics::None)
        .set_column_dictionary_enabled(ColumnPath::from("junk"), false)
}

/// The same file, whose page of junk says that it becomes no more than a byte, in as many bytes.
fn lying(mut bytes: Vec<u8>) -> Vec<u8> {
    let metadata = ArrowReaderMetadata::load(&stored(&bytes), ArrowReaderOptions::new()).unwrap();
    let column = metadata.metadata().row_group(0).column(2);
    let start = column.byte_range().0 as usize;
    // Type, then the bytes that it becomes: two for one byte, and zeros as far as they went.
    let size = start + 3;
    let last = (size..).find(|&at| bytes[at] & 0x80 == 0).unwrap();
    bytes[size..=last].fill(0x80);
    bytes[size] = 0x82;
    bytes[last] = 0;
    bytes
}

#[test]
fn a_page_that_becomes_more_than_it_says() {
    let junk: ArrayRef = Arc::new(StringArray::from_iter_values([" ".repeat(1 << 20)]));
    for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
        for packing in [
            Compression::GZIP(GzipLevel::default()),
            Compression::BROTLI(BrotliLevel::default()),
        ] {
            let properties = properties().set_writer_version(version);
            let properties = properties.set_compression(packing);
            let whole = file(junk.clone(), properties);
            // Packed to less than a hundredth, it is beyond ten times as many bytes, but not beyond what is free.
            assert_eq!(read(&whole, LIMITS).2, [""; 0], "{packing:?}");
            let (rows, _, wrong) = read(&lying(whole), LIMITS);
            assert_eq!((rows, wrong.len()), (0, 1), "{packing:?}: {wrong:?}");
            let told =
                "cannot be read further: a page says that it becomes 1 bytes, and becomes more";
            assert!(wrong[0].starts_with(told), "{packing:?}: {}", wrong[0]);
        }
    }
}

#[test]
fn packings_are_undone_as_far_as_they_may_be() {
    let blanks = vec![b' '; 100_000];
    let mut frame = lz4_flex::frame::FrameEncoder::new(Vec::new());
    frame.write_all(&blanks).unwrap();
    let frame = frame.finish().unwrap();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&blanks).unwrap();
    let gzip = gzip.finish().unwrap();
    for (packing, bytes) in [
        (Compression::LZ4, frame),
        (Compression::GZIP(GzipLevel::default()), gzip),
    ] {
        assert!(becomes_no_more(packing, &bytes, blanks.len()));
        assert!(!becomes_no_more(packing, &bytes, blanks.len() - 1));
    }
    assert!(becomes_no_more(Compression::LZ4, b"no frame", 3));
}

#[test]
fn a_value_that_stands_in_many_rows() {
    let value = StringArray::from_iter_values(["v".repeat(1 << 20)]);
    let rows = 300;
    let junk = DictionaryArray::new(Int32Array::from(vec![0; rows]), Arc::new(value));
    let properties = WriterProperties::builder();
    let bytes = file(Arc::new(junk), properties);
    assert!(bytes.len() < 2 << 20);
    let (read, largest, wrong) = read(&bytes, LIMITS);
    assert_eq!((read, wrong), (rows, Vec::new()));
    // Lists of strings double while they grow.
    assert!(largest as u64 <= 2 * BATCH + (1 << 20), "{largest} bytes");
}

#[test]
fn values_that_share_their_begins() {
    let begin = "b".repeat(200_000);
    let rows = 600;
    let junk = StringArray::from_iter_values((0..rows).map(|row| format!("{begin}{row}")));
    let properties = properties()
        .set_writer_version(WriterVersion::PARQUET_2_0)
        .set_column_encoding(ColumnPath::from("junk"), Encoding::DELTA_BYTE_ARRAY);
    let bytes = file(Arc::new(junk), properties);
    assert!(bytes.len() < 1 << 20, "{}", bytes.len());
    let (read, largest, wrong) = read(&bytes, LIMITS);
    assert_eq!((read, wrong), (rows, Vec::new()));
    assert!(largest as u64 <= 2 * BATCH + (1 << 20), "{largest} bytes");
}

#[test]
fn a_list_of_very_many_equal_numbers() {
    let list = |values: usize| -> ArrayRef {
        let mut lists = ListBuilder::new(Int64Builder::new());
        lists.values().append_slice(&vec![7; values]);
        lists.append(true);
        Arc::new(lists.finish())
    };
    let of = |values: usize| read(&file(list(values), WriterProperties::builder()), LIMITS);
    let (rows, _, wrong) = of(100_000);
    assert_eq!((rows, wrong), (1, Vec::new()));
    let (rows, _, wrong) = of(2_000_000);
    assert_eq!((rows, wrong.len()), (0, 1));
    assert!(
        wrong[0].contains("says that it holds 2000000 values of lists"),
        "{}",
        wrong[0]
    );
}

#[test]
fn pages_that_each_are_within_bounds() {
    // Five columns of which each becomes less than what is free.
    let limits = Limits {
        free: 1 << 20,
        ..LIMITS
    };
    let blanks = || -> ArrayRef { Arc::new(StringArray::from_iter_values([" ".repeat(700_000)])) };
    let names: Vec<String> = (0..5).map(|at| format!("c{at}")).collect();
    let mut columns: Vec<(&str, ArrayRef)> =
        names.iter().map(|name| (&name[..], blanks())).collect();
    let id: ArrayRef = Arc::new(StringArray::from_iter_values(["a"]));
    columns.extend([("id", id.clone()), ("text", id)]);
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let properties = WriterProperties::builder()
        .set_dictionary_enabled(false)
        .set_statistics_enabled(parquet::file::properties::EnabledStatistics::None)
        .set_compression(Compression::SNAPPY);
    let mut bytes = Vec::new();
    let mut writer =
        ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties.build())).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let told = TableReader::open(stored(&bytes), &Fields::default(), limits).err();
    assert_eq!(
        told.unwrap(),
        "more than 10 times as large as it is packed; --max-expansion allows more"
    );
    // A footer that says nothing of it does not help.
    let metadata = ArrowReaderMetadata::load(&stored(&bytes), ArrowReaderOptions::new()).unwrap();
    let group = metadata.metadata().row_group(0);
    let bounded = Bounded::new(stored(&bytes), limits, group, &Widths::default(), 1);
    let bounded = Arc::new(bounded);
    let refused = group.columns().iter().filter(|column| {
        let pages = SerializedPageReader::new(Arc::clone(&bounded), column, 1, None);
        pages.unwrap().get_next_page().is_err()
    });
    assert!(refused.count() > 0);
}

#[test]
fn what_a_header_says() {
    // A data page of 300 bytes, 150 of them packed, with 5 values as they are.
    let page = [
        0x15, 0, 0x15, 0xd8, 0x04, 0x15, 0xac, 0x02, 0x2c, 0x15, 10, 0x15, 0, 0x15, 6,
    ];
    let head = Head {
        kind: Kind::Data,
        unpacked: 300,
        packed: 150,
        values: 5,
        shares_begins: false,
        plain: 0,
        is_packed: true,
    };
    assert_eq!(Head::of(&page), Some(head));
    // With a checksum.
    let with_sum = [&page[..8], &[0x15, 9, 0x1c], &page[9..]].concat();
    assert_eq!(Head::of(&with_sum), Some(head));
    for end in 0..13 {
        assert_eq!(Head::of(&page[..end]), None, "{end}");
    }
    // A dictionary, as large as can be said.
    let most = [
        0x15, 4, 0x15, 0xfe, 0xff, 0xff, 0xff, 0x0f, 0x15, 2, 0x4c, 0x15, 2, 0x15, 0,
    ];
    let said = Head::of(&most).unwrap();
    assert_eq!(
        (said.kind, said.unpacked),
        (Kind::Dictionary, i32::MAX as u64)
    );
    assert_eq!((said.packed, said.values), (1, 1));
    // Version 2: levels of 3 and 4 bytes, not packed, values that share their begins.
    let second = [
        0x15, 6, 0x15, 20, 0x15, 20, 0x5c, 0x15, 2, 0x15, 0, 0x15, 2, 0x15, 14, 0x15, 6, 0x15, 8,
        0x12,
    ];
    let said = Head::of(&second).unwrap();
    assert_eq!(
        (said.plain, said.is_packed, said.shares_begins),
        (7, false, true)
    );
    // Fields in another order or form.
    assert_eq!(Head::of(&[0x25, 0, 0x15, 0, 0x15, 0]), None);
    assert_eq!(Head::of(&[0x05, 2, 0, 0x15, 0, 0x15, 0]), None);
}

#[test]
fn the_longest_value() {
    let values = |texts: &[&str]| -> Vec<u8> {
        let written = texts.iter().flat_map(|text| {
            let length = (text.len() as u32).to_le_bytes();
            [&length[..], text.as_bytes()].concat()
        });
        written.collect()
    };
    assert_eq!(longest(&values(&["a", "", "four", "be"])), 4);
    assert_eq!(longest(&[]), 0);
    assert_eq!(longest(&[9, 0, 0, 0, 1]), 9);
    assert_eq!(longest(&[1, 0, 0]), 0);
}
