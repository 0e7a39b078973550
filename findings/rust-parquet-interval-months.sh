#!/bin/sh
# The Rust crate parquet 60.1.0 reads an INTERVAL of Parquet without its months.
#
# One would guess: 14 months, 3 days and 4.005 seconds are read as that, or refused. The format has months, days and
# milliseconds in an INTERVAL, and Arrow has a type for it (month, day, nanoseconds).
#
# Seen: the column becomes `Interval(DayTime)`, with 3 days and 4005 milliseconds; 14 months are gone. No error, no
# warning. DuckDB, which wrote the file, reads it whole.
#
#     duckdb: 1 year 2 months 3 days 00:00:04.005
#     parquet: Interval(DayTime) [IntervalDayTime { days: 3, milliseconds: 4005 }]
#
# Needs python3 with venv, cargo, and their package indexes. Fails where the output is another one.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet duckdb==2.0.1
cat >write.py <<'END'
import duckdb

span = "interval '14 months 3 days 4.005 seconds'"
duckdb.sql(f"copy (select {span} as span) to 'span.parquet' (format parquet, compression uncompressed)")
[(seen,)] = duckdb.sql("select span::varchar from 'span.parquet'").fetchall()
print(f"duckdb: {seen}")
END
venv/bin/python write.py | tee seen
mkdir -p read/src
cat >read/Cargo.toml <<'END'
[package]
name = "read"
version = "0.0.0"
edition = "2024"

[dependencies]
arrow-array = { version = "=60.1.0", default-features = false }
parquet = { version = "=60.1.0", default-features = false, features = ["arrow"] }
END
cat >read/src/main.rs <<'END'
use arrow_array::{Array, cast::AsArray, types::IntervalDayTimeType};
use parquet::arrow::arrow_reader::ParquetRecordBatchReader;

fn main() {
    let file = std::fs::File::open("span.parquet").unwrap();
    let batch = ParquetRecordBatchReader::try_new(file, 10).unwrap().next().unwrap().unwrap();
    let span = batch.column(0);
    let values = span.as_primitive_opt::<IntervalDayTimeType>().map(|spans| spans.values().to_vec());
    println!("parquet: {} {:?}", span.data_type(), values.unwrap_or_default());
}
END
cargo run --quiet --manifest-path read/Cargo.toml | tee -a seen
cat >expected <<'END'
duckdb: 1 year 2 months 3 days 00:00:04.005
parquet: Interval(DayTime) [IntervalDayTime { days: 3, milliseconds: 4005 }]
END
diff expected seen
