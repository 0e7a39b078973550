#!/bin/sh
# fastparquet 2026.9.0 (pandas 3.1.1) gives the keys of a map, and drops its values, where the keys have no dictionary.
#
# One would guess: how a column is encoded says nothing of its values, so both files below read the same.
#
# Seen: of a map whose keys are written with a dictionary, {'k': 1}; of the same map, written plain by the same
# writer (pyarrow 26.0.1), 'k'. No error, no warning. Maps that DuckDB 2.0.1 writes are read so too (as None where
# they have several entries), as DuckDB makes no dictionary for few rows.
#
#     with a dictionary: [{'k': 1}, {'l': 2}]
#     without one: ['k', 'l']
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
import pyarrow
import pyarrow.parquet

pairs = pyarrow.array([[("k", 1)], [("l", 2)]], pyarrow.map_(pyarrow.string(), pyarrow.int32()))
table = pyarrow.table({"id": [1, 2], "pairs": pairs})
for name, dictionary in ("with a dictionary", True), ("without one", False):
    pyarrow.parquet.write_table(table, "pairs.parquet", use_dictionary=dictionary)
    assert pyarrow.parquet.read_table("pairs.parquet").equals(table)
    seen = fastparquet.ParquetFile("pairs.parquet").to_pandas()["pairs"].tolist()
    seen = [{key: int(value) for key, value in its.items()} if isinstance(its, dict) else its for its in seen]
    print(f"{name}: {seen}")
END
venv/bin/python seen.py | tee seen
cat >expected <<'END'
with a dictionary: [{'k': 1}, {'l': 2}]
without one: ['k', 'l']
END
diff expected seen
