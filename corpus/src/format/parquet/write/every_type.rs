//! Files of every type of Parquet, written and read by the lowest layer of the crate, which knows of no other type:
//! what is written again is the same, value by value and level by level.

use super::TableWriter;
use crate::format::Limits;
use crate::format::fields::Fields;
use crate::format::open::SystemFault;
use crate::format::parquet::{Rows, TableReader};
use ::bytes::Bytes;
use parquet::basic::{Repetition, Type as Physical};
use parquet::column::reader::ColumnReader;
use parquet::column::writer::ColumnWriter;
use parquet::data_type::{ByteArray, FixedLenByteArray, Int96};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::FileReader;
use parquet::file::serialized_reader::SerializedFileReader;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::{SchemaDescriptor, Type};
use proptest::prelude::*;
use std::borrow::Cow;
use std::io::Write;
use std::sync::Arc;

/// One column of every type that the format has, alone and nested.
const COLUMNS: &[&str] = &[
    "boolean c",
    "int32 c",
    "int32 c (INTEGER(8,true))",
    "int32 c (INTEGER(16,true))",
    "int32 c (INTEGER(32,true))",
    "int32 c (INTEGER(8,false))",
    "int32 c (INTEGER(16,false))",
    "int32 c (INTEGER(32,false))",
    "int32 c (UINT_8)",
    "int32 c (INT_16)",
    "int32 c (DATE)",
    "int32 c (DECIMAL(9,2))",
    "int32 c (TIME(MILLIS,true))",
    "int32 c (TIME(MILLIS,false))",
    "int32 c (TIME_MILLIS)",
    "int32 c (UNKNOWN)",
    "int64 c",
    "int64 c (INTEGER(64,true))",
    "int64 c (INTEGER(64,false))",
    "int64 c (UINT_64)",
    "int64 c (DECIMAL(18,4))",
    "int64 c (TIME(MICROS,true))",
    "int64 c (TIME(NANOS,false))",
    "int64 c (TIMESTAMP(MILLIS,true))",
    "int64 c (TIMESTAMP(MICROS,false))",
    "int64 c (TIMESTAMP(NANOS,true))",
    "int64 c (TIMESTAMP_MILLIS)",
    "int96 c",
    "float c",
    "double c",
    "binary c",
    "binary c (STRING)",
    "binary c (UTF8)",
    "binary c (ENUM)",
    "binary c (JSON)",
    "binary c (BSON)",
    "binary c (DECIMAL(20,3))",
    "binary c (DECIMAL(60,0))",
    "binary c (GEOMETRY)",
    "binary c (GEOGRAPHY)",
    "fixed_len_byte_array(1) c",
    "fixed_len_byte_array(16) c (UUID)",
    "fixed_len_byte_array(2) c (FLOAT16)",
    "fixed_len_byte_array(12) c (INTERVAL)",
    "fixed_len_byte_array(5) c (DECIMAL(10,2))",
    "fixed_len_byte_array(16) c (DECIMAL(20,0))",
    "fixed_len_byte_array(32) c (DECIMAL(70,5))",
    "fixed_len_byte_array(40) c (DECIMAL(90,5))",
    "group c { optional int96 a; required binary b (STRING); }",
    "group c (LIST) { repeated group list { optional int96 element; } }",
    "group c (LIST) { repeated group bag { required int32 array_element (DATE); } }",
    "group c (LIST) { repeated int64 array; }",
    "group c (LIST) { repeated group array { required int32 x; } }",
    "group c (LIST) { repeated group list { optional group element (LIST) { repeated group list { optional float element; } } } }",
    "group c (MAP) { repeated group key_value { required binary key (STRING); optional int96 value; } }",
    "group c (MAP) { repeated group map { optional int32 key; required double value; } }",
    "group c (MAP) { repeated group key_value { required binary key (STRING); } }",
    "group c (MAP_KEY_VALUE) { repeated group map { required int32 key; optional group value { optional boolean b; } } }",
    "group c (VARIANT) { required binary metadata; optional binary value; optional group typed_value { required group a { optional binary value; optional int96 typed_value; } } }",
    "group c { repeated int96 many; repeated group objects { optional int32 a = 7; repeated binary b; } }",
];

/// The values of a column, as bytes, with their levels.
#[derive(Debug, Clone, Default, PartialEq)]
struct Values {
    bytes: Vec<Vec<u8>>,
    def: Vec<i16>,
    rep: Vec<i16>,
}

/// Numbers that look like chance.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % most
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.below(256) as u8).collect()
    }
}

/// One record of a type, whose leaves come from `columns` one after the other.
fn record(
    of: &Type,
    (def, rep, deepest): (i16, i16, i16),
    is_there: bool,
    chance: &mut Chance,
    columns: &mut std::slice::IterMut<'_, Values>,
) {
    let repetition = match of.is_schema() {
        true => Repetition::REQUIRED,
        false => of.get_basic_info().repetition(),
    };
    match repetition {
        Repetition::REQUIRED => content(of, (def, rep, deepest), is_there, chance, columns),
        Repetition::OPTIONAL => {
            let is_there = is_there && chance.below(3) > 0;
            let def = def + i16::from(is_there);
            content(of, (def, rep, deepest), is_there, chance, columns);
        }
        Repetition::REPEATED => {
            let count = if is_there { chance.below(4) } else { 0 };
            let all = std::mem::take(columns).into_slice();
            let (its, others) = all.split_at_mut(leaves(of));
            for nth in 0..count.max(1) {
                let rep = if nth == 0 { rep } else { deepest + 1 };
                let def = def + i16::from(count > 0);
                let mut its = its.iter_mut();
                content(of, (def, rep, deepest + 1), count > 0, chance, &mut its);
            }
            *columns = others.iter_mut();
        }
    }
}

fn content(
    of: &Type,
    (def, rep, deepest): (i16, i16, i16),
    is_there: bool,
    chance: &mut Chance,
    columns: &mut std::slice::IterMut<'_, Values>,
) {
    if of.is_group() {
        for field in of.get_fields() {
            record(field, (def, rep, deepest), is_there, chance, columns);
        }
        return;
    }
    let column = columns.next().unwrap();
    column.def.push(def);
    column.rep.push(rep);
    if !is_there {
        return;
    }
    let count = match (of.get_physical_type(), of) {
        (Physical::BOOLEAN, _) => 0,
        (Physical::INT32 | Physical::FLOAT, _) => 4,
        (Physical::INT64 | Physical::DOUBLE, _) => 8,
        (Physical::INT96, _) => 12,
        (_, Type::PrimitiveType { type_length, .. }) if *type_length > 0 => *type_length as usize,
        _ => chance.below(30) as usize,
    };
    column.bytes.push(match of.get_physical_type() {
        Physical::BOOLEAN => vec![chance.below(2) as u8],
        // Some values come again and again.
        _ if chance.below(3) == 0 => vec![(chance.below(3) * 127) as u8; count],
        _ => chance.bytes(count),
    });
}

fn leaves(of: &Type) -> usize {
    match of {
        Type::PrimitiveType { .. } => 1,
        Type::GroupType { fields, .. } => fields.iter().map(|field| leaves(field)).sum(),
    }
}

fn write(schema: &SchemaDescriptor, columns: &[Values], notes: &[KeyValue]) -> Vec<u8> {
    let properties = WriterProperties::builder().set_key_value_metadata(Some(notes.to_vec()));
    let mut bytes = Vec::new();
    let root = schema.root_schema_ptr();
    let mut file =
        SerializedFileWriter::new(&mut bytes, root, Arc::new(properties.build())).unwrap();
    let mut group = file.next_row_group().unwrap();
    for column in columns {
        let mut writer = group.next_column().unwrap().unwrap();
        macro_rules! put {
            ($writer:expr, $make:expr) => {{
                let values: Vec<_> = column.bytes.iter().map($make).collect();
                let (def, rep) = (Some(&column.def[..]), Some(&column.rep[..]));
                $writer.write_batch(&values, def, rep).unwrap();
            }};
        }
        match writer.untyped() {
            ColumnWriter::BoolColumnWriter(to) => put!(to, |v| v[0] == 1),
            ColumnWriter::Int32ColumnWriter(to) => put!(to, |v| i32::from_le_bytes(exact(v))),
            ColumnWriter::Int64ColumnWriter(to) => put!(to, |v| i64::from_le_bytes(exact(v))),
            ColumnWriter::Int96ColumnWriter(to) => put!(to, |v| {
                let mut value = Int96::new();
                let part = |at: usize| u32::from_le_bytes(exact(&v[at..at + 4]));
                value.set_data(part(0), part(4), part(8));
                value
            }),
            ColumnWriter::FloatColumnWriter(to) => put!(to, |v| f32::from_le_bytes(exact(v))),
            ColumnWriter::DoubleColumnWriter(to) => put!(to, |v| f64::from_le_bytes(exact(v))),
            ColumnWriter::ByteArrayColumnWriter(to) => put!(to, |v| ByteArray::from(v.clone())),
            ColumnWriter::FixedLenByteArrayColumnWriter(to) => {
                put!(to, |v| FixedLenByteArray::from(v.clone()))
            }
        }
        writer.close().unwrap();
    }
    group.close().unwrap();
    file.close().unwrap();
    bytes
}

fn exact<const N: usize>(bytes: &[u8]) -> [u8; N] {
    bytes.try_into().unwrap()
}

/// All columns of a file, its schema and its notes.
fn read(bytes: &[u8]) -> (Vec<Values>, Arc<SchemaDescriptor>, Vec<KeyValue>) {
    let file = SerializedFileReader::new(Bytes::copy_from_slice(bytes)).unwrap();
    let schema = file.metadata().file_metadata().schema_descr_ptr();
    let mut columns = vec![Values::default(); schema.num_columns()];
    for group in 0..file.num_row_groups() {
        let group = file.get_row_group(group).unwrap();
        for (at, column) in columns.iter_mut().enumerate() {
            macro_rules! take {
                ($reader:expr, $make:expr) => {{
                    let mut values = Vec::new();
                    let (def, rep) = (&mut column.def, &mut column.rep);
                    let most = usize::MAX >> 1;
                    $reader
                        .read_records(most, Some(def), Some(rep), &mut values)
                        .unwrap();
                    column.bytes.extend(values.into_iter().map($make));
                }};
            }
            match group.get_column_reader(at).unwrap() {
                ColumnReader::BoolColumnReader(mut from) => {
                    take!(from, |v: bool| vec![u8::from(v)])
                }
                ColumnReader::Int32ColumnReader(mut from) => {
                    take!(from, |v: i32| v.to_le_bytes().to_vec())
                }
                ColumnReader::Int64ColumnReader(mut from) => {
                    take!(from, |v: i64| v.to_le_bytes().to_vec())
                }
                ColumnReader::Int96ColumnReader(mut from) => take!(from, |v: Int96| {
                    let parts = v.data().iter().flat_map(|part| part.to_le_bytes());
                    parts.collect()
                }),
                ColumnReader::FloatColumnReader(mut from) => {
                    take!(from, |v: f32| v.to_le_bytes().to_vec())
                }
                ColumnReader::DoubleColumnReader(mut from) => {
                    take!(from, |v: f64| v.to_le_bytes().to_vec())
                }
                ColumnReader::ByteArrayColumnReader(mut from) => {
                    take!(from, |v: ByteArray| v.data().to_vec())
                }
                ColumnReader::FixedLenByteArrayColumnReader(mut from) => {
                    take!(from, |v: FixedLenByteArray| v.data().to_vec())
                }
            }
        }
    }
    let notes = file.metadata().file_metadata().key_value_metadata();
    (columns, schema, notes.cloned().unwrap_or_default())
}

fn open(bytes: &[u8]) -> TableReader {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    let limits = Limits {
        record: 3 << 20,
        expansion: 200,
        free: crate::format::FREE,
    };
    TableReader::open(file, &Fields::default(), limits, &SystemFault::default()).unwrap()
}

/// A file of one type beside ids and texts, in each of the three repetitions where it can have them.
fn file(column: &str, repetition: &str, body: &str, rows: u64, seed: u64) -> Option<Vec<u8>> {
    let message = format!(
        "message schema {{ required int64 id; {repetition} {column} optional binary {body} (STRING); }}"
    );
    let root = parse_message_type(&message).unwrap_or_else(|error| panic!("{message}: {error}"));
    let schema = SchemaDescriptor::new(Arc::new(root));
    let mut columns = vec![Values::default(); schema.num_columns()];
    let mut chance = Chance(seed | 1);
    for _ in 0..rows {
        let mut its = columns.iter_mut();
        record(schema.root_schema(), (0, 0, 0), true, &mut chance, &mut its);
    }
    // Texts are texts.
    for text in &mut columns.last_mut().unwrap().bytes {
        text.iter_mut().for_each(|byte| *byte = b'a' + *byte % 26);
    }
    let notes = [KeyValue::new("made by".to_owned(), "hand".to_owned())];
    Some(write(&schema, &columns, &notes))
}

fn cases(column: &str) -> Vec<(String, &'static str)> {
    let end = if column.ends_with('}') { "" } else { ";" };
    let annotated = column.contains("(LIST)") || column.contains("(MAP");
    let kinds = ["required", "optional", "repeated"].into_iter();
    kinds
        .filter(|kind| *kind != "repeated" || !annotated)
        .map(|kind| (format!("{column}{end}"), kind))
        .collect()
}

fn rewritten(bytes: &[u8]) -> Vec<u8> {
    let reader = open(bytes);
    let mut writer = TableWriter::new(Vec::new(), reader.table()).unwrap();
    for rows in reader {
        let count = whole(&rows);
        let texts: Vec<Option<Cow<'_, str>>> = vec![None; count];
        writer.write(&rows, &vec![true; count], &texts).unwrap();
    }
    writer.finish().unwrap()
}

fn whole(rows: &Rows) -> usize {
    let count = rows.batch().num_rows();
    assert_eq!(
        rows.entries().len(),
        count,
        "it could not be read to its end"
    );
    count
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn every_type_comes_back(rows in 0..200_u64, seed in any::<u64>()) {
        for column in COLUMNS {
            for (column, kind) in cases(column) {
                let before = file(&column, kind, "text", rows, seed).unwrap();
                let after = rewritten(&before);
                prop_assert_eq!(read(&after), read(&before), "{} {}", kind, column);
            }
        }
    }

    /// A column of texts is added and taken out again.
    #[test]
    fn every_type_comes_back_beside_html(rows in 1..50_u64, seed in any::<u64>()) {
        for column in COLUMNS {
            for (column, kind) in cases(column) {
                let before = file(&column, kind, "html", rows, seed).unwrap();
                let with = rewritten(&before);
                let reader = open(&with);
                let mut writer = TableWriter::without_texts(Vec::new(), reader.table()).unwrap();
                for rows in reader {
                    let count = whole(&rows);
                    writer.restore(rows.batch(), &vec![None; count], &vec![false; count]).unwrap();
                }
                let after = writer.finish().unwrap();
                prop_assert_eq!(read(&after), read(&before), "{} {}", kind, column);
            }
        }
    }
}
