//! Files of few bytes that would become many, each with bounds set low.

use super::*;
use crate::format::fields::Fields;
use crate::format::open::SystemFault;
use crate::format::parquet::{Rows, TableReader};
use crate::format::{Entry, Rejected};
use arrow_array::builder::{Int64Builder, ListBuilder};
use arrow_array::{
    Array, ArrayRef, DictionaryArray, FixedSizeBinaryArray, Int32Array, RecordBatch, StringArray,
};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::Compression;
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
    let reader = TableReader::open(
        stored(bytes),
        &Fields::default(),
        limits,
        &SystemFault::default(),
    )
    .unwrap();
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
    assert_eq!(rows, 0);
    let told = "cannot be read further: a row of column `junk.list.item` may become 16000000 bytes, \
                of which more than 2097152 are not in the file";
    assert_eq!(wrong, [told]);
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
    let told = TableReader::open(
        stored(&bytes),
        &Fields::default(),
        limits,
        &SystemFault::default(),
    )
    .err();
    assert_eq!(
        told.unwrap(),
        "more than 10 times as large as it is packed; --max-expansion allows more"
    );
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

/// As fastparquet has it.
#[test]
fn zeros_behind_values_of_a_fixed_length() {
    let values = [Some([1_u8; 12]), None, Some([2; 12])].into_iter();
    let values = FixedSizeBinaryArray::try_from_sparse_iter_with_size(values, 12).unwrap();
    for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
        let properties = properties().set_writer_version(version);
        let properties = properties.set_column_encoding(ColumnPath::from("junk"), Encoding::PLAIN);
        let bytes = file(Arc::new(values.clone()), properties);
        let reader = TableReader::open(
            stored(&bytes),
            &Fields::default(),
            LIMITS,
            &SystemFault::default(),
        )
        .unwrap();
        let group = reader.group(1).unwrap();
        let mut pages = group.pages(2).unwrap();
        let mut page = pages.pages.get_next_page().unwrap().unwrap();
        let (Page::DataPage { buf, .. } | Page::DataPageV2 { buf, .. }) = &mut page else {
            panic!("no dictionary was asked for");
        };
        let whole = buf.clone();
        assert!(whole.ends_with(&[2; 12]));
        *buf = [&whole[..], &[0; 8]].concat().into();
        let page = pages.without_padding(page);
        assert_eq!(page.buffer(), &whole);
        assert_eq!(pages.without_padding(page).buffer(), &whole);
    }
}

/// Values of levels, packed in both ways, against one that counts them one by one.
#[test]
fn levels_by_runs() {
    // 3 times 0; eight of one bit each: 0, 1, 1, 1, 0, 1, 0, 0, of which six count.
    let bytes = [6, 0, 3, 0b0010_1110];
    let mut all = Vec::new();
    runs(&bytes, 1, 9, |begins, count| all.push((begins, count)));
    let packed = [true, false, false, false, true, false].map(|begins| (begins, 1));
    assert_eq!(all, [&[(true, 3)][..], &packed].concat());
    // Three bits each: 0, 7, 0, 4, 1, 0, 0, 2.
    let mut bytes = vec![3];
    let packed = [0_u32, 7, 0, 4, 1, 0, 0, 2];
    let packed = packed.iter().rev().fold(0, |all, level| all << 3 | level);
    bytes.extend(&packed.to_le_bytes()[..3]);
    let mut all = Vec::new();
    runs(&bytes, 3, 100, |begins, _| all.push(begins));
    assert_eq!(all, [true, false, true, false, false, true, true, false]);
    for end in 0..bytes.len() {
        runs(&bytes[..end], 3, 100, |_, _| {});
    }
}

proptest::proptest! {
    /// The longest row is found in pages of any size, as its writer counted it.
    #[test]
    fn the_longest_row(
        rows in proptest::collection::vec(0..40_usize, 1..300),
        page in 1..50_usize,
        second in proptest::bool::ANY,
    ) {
        let mut lists = ListBuilder::new(Int64Builder::new());
        for &values in &rows {
            lists.values().append_slice(&vec![7; values]);
            lists.append(true);
        }
        let version = match second {
            true => WriterVersion::PARQUET_2_0,
            false => WriterVersion::PARQUET_1_0,
        };
        let properties = WriterProperties::builder()
            .set_writer_version(version)
            .set_write_batch_size(page)
            .set_data_page_row_count_limit(page);
        let bytes = file(Arc::new(lists.finish()), properties);
        let reader = TableReader::open(stored(&bytes), &Fields::default(), LIMITS, &SystemFault::default()).unwrap();
        let group = reader.group(1).unwrap();
        let mut pages = group.pages(2).unwrap();
        let mut longest = 0;
        while let Some(page) = pages.pages.get_next_page().unwrap() {
            if !matches!(page, Page::DictionaryPage { .. }) {
                longest = longest.max(pages.longest_row(&page));
            }
        }
        // A row without values has one of its own to say so.
        proptest::prop_assert_eq!(longest as usize, rows.iter().copied().max().unwrap().max(1));
    }
}
