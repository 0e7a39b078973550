//! Rows as lines of JSON.

use super::*;
use crate::format::fields::Fields as Names;
use crate::format::parquet::write::tests::{again_as_lines, many_types, nested, written};
use arrow_array::builder::MapBuilder;
use arrow_array::{
    BinaryArray, Date32Array, DurationSecondArray, Float16Array, Int64Array,
    IntervalYearMonthArray, TimestampMicrosecondArray, UInt32Array, UInt64Array,
};
use parquet::file::properties::WriterProperties;

fn lines(batch: &RecordBatch, names: &Names) -> Vec<String> {
    let text = again_as_lines(&written(batch, WriterProperties::default()), names);
    text.lines().map(str::to_owned).collect()
}

/// What means something to Arrow is written as Arrow writes it; bytes are text where they can be.
#[test]
fn values_as_arrow_writes_them() {
    let batch = many_types();
    let texts = |column: &ArrayRef| match column.data_type() {
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView => {
            arrow_cast::cast(column, &DataType::Utf8).unwrap()
        }
        _ => Arc::clone(column),
    };
    let columns = batch.columns().iter().map(texts);
    let columns: Vec<ArrayRef> = columns.collect();
    let schema = batch.schema();
    let fields = schema.fields().iter().zip(&columns);
    let fields: Fields = fields
        .map(|(field, column)| retyped(field, column))
        .collect();
    let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap();
    let mut expected = Vec::new();
    let mut writer = arrow_json::WriterBuilder::new()
        .with_explicit_nulls(true)
        .build::<_, LineDelimited>(&mut expected);
    writer.write(&batch).unwrap();
    writer.finish().unwrap();
    let expected = String::from_utf8(expected).unwrap();
    assert_eq!(lines(&many_types(), &nested()).join("\n") + "\n", expected);
}

/// A column, and what each of its values is in JSON.
fn check(column: impl Array + 'static, expected: [&str; 3]) {
    let column: ArrayRef = Arc::new(column);
    let field = Field::new("c", column.data_type().clone(), true);
    let names: ArrayRef = Arc::new(StringArray::from(vec!["x"; 3]));
    let named = |name| Field::new(name, DataType::Utf8, true);
    let schema = Schema::new(vec![named("id"), named("text"), field]);
    let columns = vec![Arc::clone(&names), names, column];
    let batch = RecordBatch::try_new(Arc::new(schema), columns).unwrap();
    let expected = expected.map(|value| format!(r#"{{"id":"x","text":"x","c":{value}}}"#));
    assert_eq!(lines(&batch, &Names::default()), expected);
}

#[test]
fn one_odd_value_leaves_the_others_as_they_are() {
    check(
        BinaryArray::from_opt_vec(vec![Some(b"text"), None, Some(b"\xff\0")]),
        [r#""text""#, "null", r#""ff00""#],
    );
    check(
        Date32Array::from(vec![Some(0), Some(i32::MAX), None]),
        [r#""1970-01-01""#, r#""2147483647""#, "null"],
    );
    check(
        TimestampMicrosecondArray::from(vec![i64::MAX, 1, -1]),
        [
            r#""9223372036854775807""#,
            r#""1970-01-01T00:00:00.000001""#,
            r#""1969-12-31T23:59:59.999999""#,
        ],
    );
    check(
        DurationSecondArray::from(vec![i64::MAX, 1, -1]),
        [r#""9223372036854775807""#, r#""PT1S""#, r#""-PT1S""#],
    );
}

#[test]
fn numbers_and_what_arrow_has_no_json_for() {
    check(
        UInt32Array::from(vec![u32::MAX, 0, 1]),
        ["4294967295", "0", "1"],
    );
    check(
        UInt64Array::from(vec![u64::MAX, 0, 1]),
        ["18446744073709551615", "0", "1"],
    );
    let one_and_a_half = <Float16Type as ArrowPrimitiveType>::Native::from_f32(1.5);
    check(
        Float16Array::from(vec![Some(one_and_a_half), None, None]),
        ["1.5", "null", "null"],
    );
    check(
        IntervalYearMonthArray::from(vec![Some(14), None, Some(0)]),
        [r#""P14M0DT0.000S""#, "null", r#""P0M0DT0.000S""#],
    );
    let mut maps = MapBuilder::new(None, Date32Array::builder(3), Int64Array::builder(3));
    maps.keys().append_value(1);
    maps.values().append_value(2);
    maps.append(true).unwrap();
    maps.append(false).unwrap();
    maps.append(true).unwrap();
    check(maps.finish(), [r#"{"1970-01-02":2}"#, "null", "{}"]);
    let mut maps = MapBuilder::new(None, Int64Array::builder(3), Int64Array::builder(3));
    maps.keys().append_value(1);
    maps.values().append_value(2);
    maps.append(true).unwrap();
    maps.append(false).unwrap();
    maps.append(true).unwrap();
    check(maps.finish(), [r#"[{"key":1,"value":2}]"#, "null", "[]"]);
}

#[test]
fn instants_of_int96() {
    let of = |nanoseconds: i64, day: i32| {
        let bytes = [&nanoseconds.to_le_bytes()[..], &day.to_le_bytes()].concat();
        instant(&bytes)
    };
    assert_eq!(of(0, 2_440_588).unwrap(), "1970-01-01T00:00:00");
    assert_eq!(of(1, 2_440_587).unwrap(), "1969-12-31T00:00:00.000000001");
    assert_eq!(of(-1, 2_440_588).unwrap(), "1969-12-31T23:59:59.999999999");
    assert_eq!(of(0, 5_373_484).unwrap(), "9999-12-31T00:00:00");
    assert_eq!(of(0, 1_721_426).unwrap(), "0001-01-01T00:00:00");
    assert_eq!(of(0, i32::MAX), None);
    assert_eq!(of(0, i32::MIN), None);
    assert_eq!(instant(&[0; 11]), None);
}

#[test]
fn uuids() {
    let bytes: Vec<u8> = (0..16).collect();
    assert_eq!(uuid(&bytes), "00010203-0405-0607-0809-0a0b0c0d0e0f");
}
