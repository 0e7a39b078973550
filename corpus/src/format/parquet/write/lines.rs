//! Rows as lines of JSON, for people and for programs that know no Parquet: values as what they mean. What has no
//! such form is written as it is stored, bytes in hexadecimal.

#[cfg(all(test, feature = "proptest"))]
mod tests;

use super::failed;
use crate::format::parquet::{Meaning, Table, bytes, extended, hexadecimal, int96, number, uuid};
use arrow_array::cast::AsArray;
use arrow_array::timezone::Tz;
use arrow_array::types::{ArrowPrimitiveType, Decimal256Type, Float16Type};
use arrow_array::{
    Array, ArrayRef, Decimal256Array, Float32Array, ListArray, MapArray, NullArray, RecordBatch,
    RecordBatchOptions, StringArray, StructArray, make_array,
};
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use arrow_json::writer::LineDelimited;
use arrow_schema::{
    ArrowError, DECIMAL256_MAX_PRECISION, DataType, Field, FieldRef, Fields, Schema, TimeUnit,
};
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
        Some((meaning, kind)) => {
            Ok(leaf(column, meaning, kind).unwrap_or_else(|| Arc::clone(column)))
        }
        None => Ok(Arc::clone(column)),
    }
}

fn leaf(column: &ArrayRef, meaning: Meaning, kind: Option<&DataType>) -> Option<ArrayRef> {
    match meaning {
        Meaning::Text => {
            let texts = StringArray::try_from_binary(column.as_binary_opt::<i32>()?.clone());
            Some(match texts {
                Ok(texts) => Arc::new(texts),
                Err(_) => strings(column, |bytes| Some(str::from_utf8(bytes).ok()?.to_owned())),
            })
        }
        Meaning::Integer { signed: true } | Meaning::Other => None,
        Meaning::Integer { signed: false } => match column.data_type() {
            DataType::Int32 => under(column, DataType::UInt32),
            _ => under(column, DataType::UInt64),
        },
        Meaning::Decimal { scale } => decimals(column, scale),
        Meaning::Day => shown(column, DataType::Date32),
        Meaning::Time(unit @ (TimeUnit::Second | TimeUnit::Millisecond)) => {
            shown(column, DataType::Time32(unit))
        }
        Meaning::Time(unit) => shown(column, DataType::Time64(unit)),
        Meaning::Instant(unit) => match kind {
            Some(DataType::Date64) => shown(column, DataType::Date64),
            Some(DataType::Timestamp(_, Some(zone))) => {
                // A name that nobody knows here is that of an instant all the same.
                let known = zone.parse::<Tz>().is_ok();
                let zone = if known {
                    Arc::clone(zone)
                } else {
                    "UTC".into()
                };
                shown(column, DataType::Timestamp(unit, Some(zone)))
            }
            _ => shown(column, DataType::Timestamp(unit, None)),
        },
        Meaning::Duration(unit) => shown(column, DataType::Duration(unit)),
        Meaning::Uuid => Some(strings(column, |bytes| Some(uuid(bytes)))),
        Meaning::Int96 => Some(strings(column, instant)),
        Meaning::Interval => Some(strings(column, interval)),
        Meaning::Half => {
            let halves = (0..column.len()).map(|row| half(bytes(column, row)?));
            Some(Arc::new(halves.collect::<Float32Array>()))
        }
        Meaning::Null => Some(Arc::new(NullArray::new(column.len()))),
    }
}

/// The same numbers under another type; `None` where they are of another width.
fn under(column: &ArrayRef, kind: DataType) -> Option<ArrayRef> {
    let fits = column.data_type().primitive_width()? == kind.primitive_width()?;
    let data = column.to_data().into_builder().data_type(kind);
    fits.then(|| data.build().ok().map(make_array))?
}

/// The numbers as what they mean under another type; one that means nothing there, as a year of six digits, as it is.
fn shown(column: &ArrayRef, kind: DataType) -> Option<ArrayRef> {
    let meant = under(column, kind)?;
    let options = FormatOptions::new();
    let meant = ArrayFormatter::try_new(&meant, &options).ok()?;
    let values = (0..column.len()).map(|row| {
        let value = column.is_valid(row).then(|| meant.value(row))?;
        // A duration that is too long is no error there.
        let value = value.try_to_string().ok();
        let stored = || number(column, row).map(|number| number.to_string());
        value.filter(|value| value != "<invalid>").or_else(stored)
    });
    Some(Arc::new(values.collect::<StringArray>()))
}

/// Numbers with their places; `None` where one has more than 256 bits.
fn decimals(column: &ArrayRef, scale: i32) -> Option<ArrayRef> {
    type Long = <Decimal256Type as ArrowPrimitiveType>::Native;
    let mut numbers = Vec::with_capacity(column.len());
    for row in 0..column.len() {
        numbers.push(match number(column, row) {
            _ if column.is_null(row) => None,
            Some(number) => Some(Long::from(number)),
            None => Some(Long::from_be_bytes(extended(bytes(column, row)?)?)),
        });
    }
    let numbers = Decimal256Array::from(numbers);
    let scale = i8::try_from(scale).ok()?;
    let numbers = numbers.with_precision_and_scale(DECIMAL256_MAX_PRECISION, scale);
    Some(Arc::new(numbers.ok()?))
}

/// What bytes mean, as strings; those that mean nothing in hexadecimal, as other bytes are.
fn strings(column: &ArrayRef, form: impl Fn(&[u8]) -> Option<String>) -> ArrayRef {
    let values = (0..column.len()).map(|row| {
        let bytes = bytes(column, row)?;
        Some(form(bytes).unwrap_or_else(|| hexadecimal(bytes)))
    });
    Arc::new(values.collect::<StringArray>())
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
