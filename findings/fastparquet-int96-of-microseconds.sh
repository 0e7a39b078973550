#!/bin/sh
# fastparquet 2026.9.0 with pandas 3.1.1 writes the wrong instant where it is asked for INT96.
#
# One would guess: `times="int96"` says how an instant is stored ("12-byte blocks, with the first 8 bytes as ns within
# the day, the next 4 bytes the julian day", says the documentation of `write`), and not which one it is.
#
# Seen: pandas 3 makes columns of microseconds, and fastparquet takes them for nanoseconds: 2020 becomes January 1970
# for every reader. No error, no warning. Columns of nanoseconds are right; `times="int64"` is right for both.
#
#     datetime64[us] int64: 2020-01-01 00:00:00.123000
#     datetime64[us] int96: 1970-01-19 06:17:16.800123
#     datetime64[ns] int64: 2020-01-01 00:00:00.123000
#     datetime64[ns] int96: 2020-01-01 00:00:00.123000
#
# Needs python3 with venv, and a package index. Fails where the output is another one.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet fastparquet==2026.9.0 pandas==3.1.1 pyarrow==26.0.1
cat >seen.py <<'END'
import fastparquet
import pandas
import pyarrow.parquet

for kind in "datetime64[us]", "datetime64[ns]":
    frame = pandas.DataFrame({"at": pandas.to_datetime(["2020-01-01 00:00:00.123"]).astype(kind)})
    for times in "int64", "int96":
        fastparquet.write("at.parquet", frame, times=times)
        [seen] = pyarrow.parquet.read_table("at.parquet")["at"].to_pylist()
        print(f"{kind} {times}: {seen.strftime('%Y-%m-%d %H:%M:%S.%f')}")
END
venv/bin/python seen.py | tee seen
cat >expected <<'END'
datetime64[us] int64: 2020-01-01 00:00:00.123000
datetime64[us] int96: 1970-01-19 06:17:16.800123
datetime64[ns] int64: 2020-01-01 00:00:00.123000
datetime64[ns] int96: 2020-01-01 00:00:00.123000
END
diff expected seen
