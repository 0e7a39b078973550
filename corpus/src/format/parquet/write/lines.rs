//! Rows as lines of JSON, for people and for programs that know no Parquet: values as what they mean. What has no
//! such form is written as it is stored, bytes in hexadecimal.

use super::failed;
use crate::format::parquet::{Meaning, Table, bytes, decimal, int96, number, uuid};
use arrow_array::cast::AsArray;
use arrow_array::temporal_conversions::{as_datetime, as_time};
use arrow_array::timezone::Tz;
use arrow_array::types::{
    ArrowPrimitiveType, ArrowTimestampType, Date32Type, Date64Type, DurationMicrosecondType,
    DurationMillisecondType, DurationNanosecondType, DurationSecondType, Float16Type, Int32Type,
    Int64Type, Time32MillisecondType, Time32SecondType, Time64MicrosecondType,
    Time64NanosecondType, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType, UInt32Type, UInt64Type,
};
use arrow_array::{
    Array, ArrayRef, Decimal128Array, Float32Array, ListArray, MapArray, NullArray, PrimitiveArray,
    RecordBatch, RecordBatchOptions, StringArray, StructArray,
};
use arrow_json::writer::LineDelimited;
use arrow_schema::{ArrowError, DataType, Field, FieldRef, Fields, Schema, TimeUnit};
use std::io::{self, Write};
use std::sync::Arc;

/// Writes rows of a table, with null where a column is.
pub fn write(out: &mut impl Write, rows: &RecordBatch, table: &Table) -> io::Result<()> {
    let rows = readable(rows, table).map_err(failed)?;
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

fn readable(rows: &RecordBatch, table: &Table) -> Result<RecordBatch, ArrowError> {
    let kinds = table.kinds().into_iter().map(Some);
    // A column of texts that was added comes last.
    let kinds = kinds.chain(std::iter::repeat(None));
    let meanings = table.meanings.iter().copied();
    let meanings = meanings.chain(std::iter::repeat(Meaning::Text));
    let mut values = meanings.zip(kinds);
    let schema = rows.schema();
    let (fields, columns) = all(schema.fields(), rows.columns(), &mut values)?;
    let options = RecordBatchOptions::new().with_row_count(Some(rows.num_rows()));
    RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), columns, &options)
}

/// What the values of columns mean, column by column, and the type that Arrow has for them.
type Values<'i, 'v> = &'i mut dyn Iterator<Item = (Meaning, Option<&'v DataType>)>;

fn all(
    fields: &Fields,
    columns: &[ArrayRef],
    values: Values<'_, '_>,
) -> Result<(Fields, Vec<ArrayRef>), ArrowError> {
    let mut made = Vec::with_capacity(columns.len());
    for column in columns {
        made.push(one(column, values)?);
    }
    let fields = fields.iter().zip(&made);
    let fields = fields.map(|(field, column)| retyped(field, column));
    Ok((fields.collect(), made))
}

fn retyped(field: &Field, column: &ArrayRef) -> FieldRef {
    let kind = column.data_type().clone();
    Arc::new(Field::new(field.name(), kind, field.is_nullable()))
}

fn one(column: &ArrayRef, values: Values<'_, '_>) -> Result<ArrayRef, ArrowError> {
    if let Some(object) = column.as_struct_opt() {
        let (fields, columns) = all(object.fields(), object.columns(), values)?;
        let nulls = object.nulls().cloned();
        let made = StructArray::try_new_with_length(fields, columns, nulls, object.len())?;
        return Ok(Arc::new(made));
    }
    if let (DataType::List(field), Some(list)) = (column.data_type(), column.as_list_opt::<i32>()) {
        let inner = one(list.values(), values)?;
        let (offsets, nulls) = (list.offsets().clone(), list.nulls().cloned());
        let list = ListArray::try_new(retyped(field, &inner), offsets, inner, nulls)?;
        return Ok(Arc::new(list));
    }
    if let (DataType::Map(field, sorted), Some(map)) = (column.data_type(), column.as_map_opt()) {
        let entries: ArrayRef = Arc::new(map.entries().clone());
        let entries = one(&entries, values)?;
        let field = retyped(field, &entries);
        let (offsets, nulls) = (map.offsets().clone(), map.nulls().cloned());
        let inner = entries.as_struct();
        // Objects of JSON have strings for keys.
        return Ok(match inner.column(0).data_type() {
            DataType::Utf8 => {
                let entries = inner.clone();
                Arc::new(MapArray::try_new(field, offsets, entries, nulls, *sorted)?)
            }
            _ => Arc::new(ListArray::try_new(field, offsets, entries, nulls)?),
        });
    }
    match values.next() {
        Some((meaning, kind)) => leaf(column, meaning, kind),
        None => Ok(Arc::clone(column)),
    }
}

fn leaf(
    column: &ArrayRef,
    meaning: Meaning,
    kind: Option<&DataType>,
) -> Result<ArrayRef, ArrowError> {
    let made = match meaning {
        Meaning::Text => column
            .as_binary_opt::<i32>()
            .and_then(|texts| StringArray::try_from_binary(texts.clone()).ok())
            .map(|texts| Arc::new(texts) as ArrayRef),
        Meaning::Integer { signed: false } => unsigned(column),
        Meaning::Decimal { .. } => decimals(column, kind)?,
        Meaning::Day => {
            known(column, as_datetime::<Date32Type>).and_then(|()| as_type::<Date32Type>(column))
        }
        Meaning::Time(unit) => time(column, unit),
        Meaning::Instant(unit) => moment(column, unit, kind),
        Meaning::Duration(TimeUnit::Second) => as_type::<DurationSecondType>(column),
        Meaning::Duration(TimeUnit::Millisecond) => as_type::<DurationMillisecondType>(column),
        Meaning::Duration(TimeUnit::Microsecond) => as_type::<DurationMicrosecondType>(column),
        Meaning::Duration(TimeUnit::Nanosecond) => as_type::<DurationNanosecondType>(column),
        Meaning::Uuid => strings(column, |bytes| Some(uuid(bytes))),
        Meaning::Int96 => strings(column, instant),
        Meaning::Interval => strings(column, interval),
        Meaning::Half => {
            let halves = (0..column.len()).map(|row| half(bytes(column, row)?));
            Some(Arc::new(halves.collect::<Float32Array>()) as ArrayRef)
        }
        Meaning::Null => Some(Arc::new(NullArray::new(column.len())) as ArrayRef),
        Meaning::Integer { signed: true } | Meaning::Other => None,
    };
    Ok(made.unwrap_or_else(|| Arc::clone(column)))
}

/// The same numbers under another type; `None` where they are of another width.
fn as_type<T: ArrowPrimitiveType>(column: &ArrayRef) -> Option<ArrayRef> {
    let data = column.to_data().into_builder().data_type(T::DATA_TYPE);
    let width = column.data_type().primitive_width()?;
    let fits = width == T::DATA_TYPE.primitive_width()?;
    let data = fits.then(|| data.build().ok())??;
    Some(Arc::new(PrimitiveArray::<T>::from(data)))
}

fn unsigned(column: &ArrayRef) -> Option<ArrayRef> {
    match column.data_type() {
        DataType::Int32 => as_type::<UInt32Type>(column),
        _ => as_type::<UInt64Type>(column),
    }
}

/// The numbers of a column, in 64 bits.
fn wide(column: &ArrayRef) -> Option<PrimitiveArray<Int64Type>> {
    match column.data_type() {
        DataType::Int32 => Some(column.as_primitive::<Int32Type>().unary(i64::from)),
        _ => column.as_primitive_opt::<Int64Type>().cloned(),
    }
}

/// Whether all numbers of a column have a form: years, say, have four digits.
fn known<T>(column: &ArrayRef, form: impl Fn(i64) -> Option<T>) -> Option<()> {
    let all = wide(column)?;
    let mut all = all.iter().flatten();
    all.all(|number| form(number).is_some()).then_some(())
}

fn time(column: &ArrayRef, unit: TimeUnit) -> Option<ArrayRef> {
    fn of<T: ArrowPrimitiveType>(column: &ArrayRef) -> Option<ArrayRef> {
        known(column, as_time::<T>)?;
        as_type::<T>(column)
    }
    match unit {
        TimeUnit::Second => of::<Time32SecondType>(column),
        TimeUnit::Millisecond => of::<Time32MillisecondType>(column),
        TimeUnit::Microsecond => of::<Time64MicrosecondType>(column),
        TimeUnit::Nanosecond => of::<Time64NanosecondType>(column),
    }
}

fn moment(column: &ArrayRef, unit: TimeUnit, kind: Option<&DataType>) -> Option<ArrayRef> {
    fn of<T: ArrowTimestampType>(column: &ArrayRef, zone: Option<Arc<str>>) -> Option<ArrayRef> {
        known(column, as_datetime::<T>)?;
        let all: PrimitiveArray<T> = wide(column)?.reinterpret_cast();
        Some(Arc::new(all.with_timezone_opt(zone)))
    }
    let zone = match kind {
        Some(DataType::Date64) => return as_type::<Date64Type>(column),
        Some(DataType::Timestamp(_, zone)) => zone.clone(),
        _ => None,
    };
    // A name that nobody knows here is that of an instant all the same.
    let zone = zone.map(|zone| match zone.parse::<Tz>() {
        Ok(_) => zone,
        Err(_) => "UTC".into(),
    });
    match unit {
        TimeUnit::Second => of::<TimestampSecondType>(column, zone),
        TimeUnit::Millisecond => of::<TimestampMillisecondType>(column, zone),
        TimeUnit::Microsecond => of::<TimestampMicrosecondType>(column, zone),
        TimeUnit::Nanosecond => of::<TimestampNanosecondType>(column, zone),
    }
}

/// Numbers with their places. The longest have 128 bits; longer ones stay bytes.
fn decimals(column: &ArrayRef, kind: Option<&DataType>) -> Result<Option<ArrayRef>, ArrowError> {
    use DataType::{Decimal32, Decimal64, Decimal128};
    let Some(
        Decimal32(precision, scale) | Decimal64(precision, scale) | Decimal128(precision, scale),
    ) = kind
    else {
        return Ok(None);
    };
    let mut numbers = Vec::with_capacity(column.len());
    for row in 0..column.len() {
        numbers.push(match number(column, row) {
            _ if column.is_null(row) => None,
            Some(number) => Some(number.into()),
            None => match bytes(column, row).and_then(decimal) {
                Some(number) => Some(number),
                None => return Ok(None),
            },
        });
    }
    let numbers = Decimal128Array::from(numbers).with_precision_and_scale(*precision, *scale)?;
    Ok(Some(Arc::new(numbers)))
}

/// What bytes mean, as strings; `None` where some mean nothing.
fn strings(column: &ArrayRef, form: impl Fn(&[u8]) -> Option<String>) -> Option<ArrayRef> {
    let mut texts = Vec::with_capacity(column.len());
    for row in 0..column.len() {
        texts.push(match bytes(column, row) {
            Some(bytes) => Some(form(bytes)?),
            None => None,
        });
    }
    Some(Arc::new(StringArray::from(texts)))
}

/// An instant of `INT96` as a date and a time.
fn instant(bytes: &[u8]) -> Option<String> {
    let (day, nanoseconds) = int96(bytes)?;
    let midnight = jiff::civil::date(1970, 1, 1).to_datetime(jiff::civil::Time::midnight());
    let day = jiff::Span::new().try_days(day).ok()?;
    let time = jiff::SignedDuration::from_nanos(nanoseconds);
    let instant = midnight.checked_add(day).ok()?.checked_add(time).ok()?;
    Some(instant.to_string())
}

/// An interval as ISO 8601 has it.
fn interval(bytes: &[u8]) -> Option<String> {
    let (parts, rest) = bytes.as_chunks::<4>();
    let [months, days, milliseconds] = *<&[[u8; 4]; 3]>::try_from(parts).ok()?;
    let [months, days, milliseconds] = [months, days, milliseconds].map(u32::from_le_bytes);
    let (seconds, thousandths) = (milliseconds / 1000, milliseconds % 1000);
    rest.is_empty()
        .then(|| format!("P{months}M{days}DT{seconds}.{thousandths:03}S"))
}

fn half(bytes: &[u8]) -> Option<f32> {
    type Half = <Float16Type as ArrowPrimitiveType>::Native;
    let bits = u16::from_le_bytes(bytes.try_into().ok()?);
    Some(Half::from_bits(bits).to_f32())
}
