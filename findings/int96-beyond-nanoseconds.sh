#!/bin/sh
# polars 2.1.0 and pyarrow 26.0.1 read an INT96 instant outside 1677 to 2262 as another one. This is how Spark 4 writes
# TIMESTAMP unless told otherwise, and 9999-12-31 is a usual "no end" there.
#
# One would guess: an instant that nanoseconds in 64 bits cannot hold is read in another unit, or refused.
#
# Seen: polars puts the last instant that it can hold in the place of all that it cannot, also of those that are too
# early; pyarrow wraps around, even in a file that it wrote itself from microseconds. No error, no warning. DuckDB 2.0.1
# reads the file as it is, and so does pyarrow with `coerce_int96_timestamp_unit="us"`.
#
#     duckdb:           2020-01-01 9999-12-31 0001-01-01
#     pyarrow:          2020-01-01 1816-03-29 1754-08-30
#     pyarrow, coerced: 2020-01-01 9999-12-31 0001-01-01
#     polars:           2020-01-01 2262-04-11 2262-04-11
#
# Needs python3 with venv, and a package index. Fails where the output is another one.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet duckdb==2.0.1 polars==2.1.0 pyarrow==26.0.1
cat >seen.py <<'END'
import datetime

import duckdb
import polars
import pyarrow
import pyarrow.parquet

days = [datetime.datetime(2020, 1, 1), datetime.datetime(9999, 12, 31), datetime.datetime(1, 1, 1)]
table = pyarrow.table({"day": pyarrow.array(days, pyarrow.timestamp("us"))})
# Without the schema of Arrow, as others write files.
options = {"use_deprecated_int96_timestamps": True, "store_schema": False}
pyarrow.parquet.write_table(table, "days.parquet", **options)


def show(name, days):
    print(f"{name + ':':18}" + " ".join(str(day)[:10] for day in days))


show("duckdb", [row[0] for row in duckdb.sql("select day::varchar from 'days.parquet'").fetchall()])
plain = pyarrow.parquet.read_table("days.parquet")["day"]
show("pyarrow", plain.cast(pyarrow.string()).to_pylist())
coerced = pyarrow.parquet.read_table("days.parquet", coerce_int96_timestamp_unit="us")["day"]
show("pyarrow, coerced", coerced.cast(pyarrow.string()).to_pylist())
show("polars", polars.read_parquet("days.parquet")["day"].cast(polars.String).to_list())
END
venv/bin/python seen.py | tee seen
cat >expected <<'END'
duckdb:           2020-01-01 9999-12-31 0001-01-01
pyarrow:          2020-01-01 1816-03-29 1754-08-30
pyarrow, coerced: 2020-01-01 9999-12-31 0001-01-01
polars:           2020-01-01 2262-04-11 2262-04-11
END
diff expected seen
