//! What stored values mean, and what they are as text, number or instant.

use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_array::types::{ArrowPrimitiveType, Int32Type, Int64Type};
use arrow_schema::{DataType, TimeUnit};
use parquet::basic::{ConvertedType, LogicalType, TimeUnit as Unit, Type as Physical};
use parquet::schema::types::ColumnDescriptor;
use std::fmt::Write;

/// What the values of a column mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// Text, or bytes that may be text.
    Text,
    Integer {
        signed: bool,
    },
    /// An integer to be divided by ten so many times: a number, or bytes with the highest first.
    Decimal {
        scale: i32,
    },
    Uuid,
    /// Days since 1970.
    Day,
    /// Units since 1970.
    Instant(TimeUnit),
    /// Nanoseconds of a day (8 bytes), and the day in the Julian count (4 bytes), both with the lowest byte first.
    Int96,
    /// Units since midnight.
    Time(TimeUnit),
    /// So many units, as Arrow notes it.
    Duration(TimeUnit),
    /// Months, days and milliseconds, each of 4 bytes with the lowest first.
    Interval,
    /// A float of two bytes.
    Half,
    /// No value at all.
    Null,
    Other,
}

impl Meaning {
    /// By the annotations of the file; where it has none, by the type that Arrow noted.
    pub fn of(column: &ColumnDescriptor, noted: Option<&DataType>) -> Meaning {
        let physical = column.physical_type();
        if physical == Physical::INT96 {
            return Meaning::Int96;
        }
        let unit = |unit: &Unit| match unit {
            Unit::MILLIS => TimeUnit::Millisecond,
            Unit::MICROS => TimeUnit::Microsecond,
            Unit::NANOS => TimeUnit::Nanosecond,
        };
        let number = matches!(physical, Physical::INT32 | Physical::INT64);
        let fixed = physical == Physical::FIXED_LEN_BYTE_ARRAY;
        match (column.logical_type_ref(), column.converted_type()) {
            (Some(LogicalType::Unknown), _) => Meaning::Null,
            (Some(LogicalType::Uuid), _) if fixed => Meaning::Uuid,
            (Some(LogicalType::Float16), _) if fixed => Meaning::Half,
            (Some(LogicalType::Time(time)), _) => Meaning::Time(unit(&time.unit)),
            (Some(LogicalType::Timestamp(time)), _) => Meaning::Instant(unit(&time.unit)),
            (Some(LogicalType::Integer(integer)), _) => Meaning::Integer {
                signed: integer.is_signed,
            },
            (_, ConvertedType::DECIMAL) => Meaning::Decimal {
                scale: column.type_scale(),
            },
            (_, ConvertedType::DATE) => Meaning::Day,
            (_, ConvertedType::TIME_MILLIS) => Meaning::Time(TimeUnit::Millisecond),
            (_, ConvertedType::TIME_MICROS) => Meaning::Time(TimeUnit::Microsecond),
            (_, ConvertedType::TIMESTAMP_MILLIS) => Meaning::Instant(TimeUnit::Millisecond),
            (_, ConvertedType::TIMESTAMP_MICROS) => Meaning::Instant(TimeUnit::Microsecond),
            (_, ConvertedType::INTERVAL) if fixed => Meaning::Interval,
            (
                _,
                ConvertedType::UINT_8
                | ConvertedType::UINT_16
                | ConvertedType::UINT_32
                | ConvertedType::UINT_64,
            ) => Meaning::Integer { signed: false },
            _ if number => match noted {
                Some(DataType::Date64) => Meaning::Instant(TimeUnit::Millisecond),
                Some(DataType::Timestamp(unit, _)) => Meaning::Instant(*unit),
                Some(DataType::Time32(unit) | DataType::Time64(unit)) => Meaning::Time(*unit),
                Some(DataType::Duration(unit)) => Meaning::Duration(*unit),
                _ => Meaning::Integer { signed: true },
            },
            _ if physical == Physical::BYTE_ARRAY => Meaning::Text,
            _ => Meaning::Other,
        }
    }

    /// Whether a value can be the name of something.
    pub fn is_name(self) -> bool {
        matches!(
            self,
            Meaning::Text | Meaning::Integer { .. } | Meaning::Decimal { scale: 0 } | Meaning::Uuid
        )
    }
}

/// The bytes of a value that is bytes; `None` for null.
pub fn bytes(array: &dyn Array, row: usize) -> Option<&[u8]> {
    if row >= array.len() || array.is_null(row) {
        return None;
    }
    match array.data_type() {
        DataType::Binary => Some(array.as_binary_opt::<i32>()?.value(row)),
        DataType::FixedSizeBinary(_) => Some(array.as_fixed_size_binary_opt()?.value(row)),
        _ => None,
    }
}

/// An integer: one that is stored, or a decimal without places.
pub fn integer(array: &dyn Array, row: usize, meaning: Meaning) -> Option<i128> {
    match (meaning, number(array, row)) {
        (Meaning::Integer { signed: true } | Meaning::Decimal { scale: 0 }, Some(number)) => {
            Some(number.into())
        }
        (Meaning::Integer { signed: false }, Some(number)) => Some(match array.data_type() {
            DataType::Int32 => (number as u32).into(),
            _ => (number as u64).into(),
        }),
        (Meaning::Decimal { scale: 0 }, None) => {
            Some(i128::from_be_bytes(extended(bytes(array, row)?)?))
        }
        _ => None,
    }
}

/// The number that is stored.
pub fn number(array: &dyn Array, row: usize) -> Option<i64> {
    fn of<T: ArrowPrimitiveType>(array: &dyn Array, row: usize) -> Option<T::Native> {
        array.as_primitive_opt::<T>()?.values().get(row).copied()
    }
    match array.data_type() {
        DataType::Int32 => of::<Int32Type>(array, row).map(i64::from),
        DataType::Int64 => of::<Int64Type>(array, row),
        _ => None,
    }
}

/// A number of any length, with the highest byte first, in so many bytes; `None` where it has more.
pub fn extended<const N: usize>(bytes: &[u8]) -> Option<[u8; N]> {
    let negative = |bytes: &[u8]| bytes.first().is_some_and(|first| first & 0x80 != 0);
    let sign = if negative(bytes) { 0xff } else { 0 };
    let (extra, low) = bytes.split_at(bytes.len().saturating_sub(N));
    let mut all = [sign; N];
    all[N - low.len()..].copy_from_slice(low);
    let fits = extra.iter().all(|byte| *byte == sign) && negative(&all) == negative(bytes);
    fits.then_some(all)
}

/// A UUID as people write it.
pub fn uuid(bytes: &[u8]) -> String {
    let mut text = hexadecimal(bytes);
    for at in [8, 13, 18, 23] {
        if at < text.len() {
            text.insert(at, '-');
        }
    }
    text
}

pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // A string takes everything.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Seconds since 1970 of a day or an instant. With a time zone it is told in UTC; without one it is taken for UTC,
/// as in strings.
pub fn seconds(array: &dyn Array, row: usize, meaning: Meaning) -> Option<i64> {
    match meaning {
        Meaning::Day => number(array, row)?.checked_mul(DAY),
        Meaning::Instant(unit) => Some(number(array, row)?.div_euclid(per_second(unit))),
        Meaning::Int96 => {
            let (day, nanoseconds) = int96(bytes(array, row)?)?;
            Some(day * DAY + nanoseconds.div_euclid(per_second(TimeUnit::Nanosecond)))
        }
        _ => None,
    }
}

/// Seconds of a day.
const DAY: i64 = 86_400;

fn per_second(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Second => 1,
        TimeUnit::Millisecond => 1000,
        TimeUnit::Microsecond => 1_000_000,
        TimeUnit::Nanosecond => 1_000_000_000,
    }
}

/// The day since 1970, and the nanoseconds of that day.
pub fn int96(bytes: &[u8]) -> Option<(i64, i64)> {
    /// 1970-01-01 in the Julian count.
    const EPOCH: i64 = 2_440_588;
    let (nanoseconds, day) = bytes.split_first_chunk::<8>()?;
    let day = i32::from_le_bytes(*day.first_chunk()?);
    Some((i64::from(day) - EPOCH, i64::from_le_bytes(*nanoseconds)))
}
