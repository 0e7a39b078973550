"""What the libraries see in a file: the types of the columns, notes, and the rows as Python values."""

import math


class Seen:
    """Columns with their types, what else the library knows of the file, and the values of each column.

    `blind` are columns whose meaning the file tells in a way that the library does not know. `has_range` is whether the
    rows of a frame are numbered by a rule.
    """

    def __init__(self, types, notes, columns, blind=(), has_range=False):
        self.types, self.notes, self.columns = types, notes, columns
        self.blind, self.has_range = blind, has_range


def shown(value):
    """A value as text. Not-a-numbers are equal here, and 0.0 is not -0.0."""
    if isinstance(value, float) and math.isnan(value):
        return "nan"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {shown(its)}" for key, its in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(shown, value)) + "]"
    if hasattr(value, "tolist"):
        return shown(value.tolist()) if not isinstance(value.tolist(), int) else repr(value)
    return repr(value)


def pyarrow_reader(path):
    import pyarrow.parquet as pq

    file = pq.ParquetFile(path, coerce_int96_timestamp_unit="us")
    table = file.read()
    columns = {}
    for at, name in enumerate(table.column_names):
        column = table.column(at)
        try:
            columns[name] = [shown(value) for value in column.to_pylist()]
        except (ValueError, OverflowError, TypeError):
            columns[name] = [str(value.value if hasattr(value, "value") else value) for value in column]
    stored = str(file.schema).split("\n", 1)[1]
    types = {field.name: (str(field.type), field.nullable, field.metadata) for field in table.schema}
    return Seen(types, (stored, table.schema.metadata), columns)


def frame(data):
    columns = {str(name): [shown(value) for value in data[name]] for name in data.columns}
    columns["the index"] = [shown(value) for value in data.index]
    types = {str(name): str(data.dtypes[name]) for name in data.columns}
    index = (str(data.index.dtype), str(data.index.names))
    return Seen(types, (index, data.attrs), columns, has_range=type(data.index).__name__ == "RangeIndex")


def pandas_reader(path):
    import pandas as pd

    return frame(pd.read_parquet(path, engine="pyarrow"))


def fastparquet_reader(path):
    import fastparquet

    file = fastparquet.ParquetFile(path)
    seen = frame(file.to_pandas())
    seen.notes = (seen.notes, file.key_value_metadata)
    # Strings are of one type where they have a dictionary, and of another where they have none.
    seen.types = {name: {"str": "object"}.get(kind, kind) for name, kind in seen.types.items()}
    seen.blind = {name for name in seen.types if is_blind(file.schema.schema_element(name))}
    return seen


def is_blind(column):
    """Whether fastparquet makes of a column what its values do not say.

    It knows the older annotations alone, and not all writers write both, as the format asks. What it makes of nested
    columns depends on how they are encoded: of a map, none at all where its keys have no dictionary.
    """
    return bool(column.num_children) or column.logicalType is not None and column.converted_type is None


def polars_reader(path):
    import polars as pl

    data = pl.read_parquet(path)
    columns = {column.name: [shown(value) for value in column.to_list()] for column in data}
    types = {name: str(kind) for name, kind in data.schema.items()}
    return Seen(types, pl.read_parquet_metadata(path), columns)


def duckdb_reader(path):
    import duckdb

    db = duckdb.connect()
    db.execute("set timezone = 'UTC'")
    described = db.execute(f"describe select * from '{path}'").fetchall()
    types = {row[0]: row[1] for row in described}
    columns = {}
    for name in types:
        # Of those beyond what Python holds, the text.
        try:
            rows = db.execute(f'select "{name}" from \'{path}\'').fetchall()
        except Exception:
            rows = db.execute(f'select "{name}"::varchar from \'{path}\'').fetchall()
        columns[name] = [shown(row[0]) for row in rows]
    notes = db.execute(f"select key, value from parquet_kv_metadata('{path}')").fetchall()
    return Seen(types, notes, columns)


def spark_reader(path):
    from parquet_spark import session

    data = session().read.parquet(path)
    types = dict(data.dtypes)
    # Timestamps beyond what Python holds are shown as text.
    rows = data.selectExpr(*[f"to_json(struct(`{name}`)) as `{name}`" for name in types]).collect()
    columns = {name: [row[name] for row in rows] for name in types}
    return Seen(types, data.schema.json(), columns)


def datasets_reader(path):
    import datasets

    data = datasets.Dataset.from_parquet(path, keep_in_memory=True)
    types = {name: repr(kind) for name, kind in data.features.items()}
    columns = {name: [shown(value) for value in data[name]] for name in types}
    return Seen(types, None, columns)


READERS = {
    "pyarrow": pyarrow_reader,
    "pandas": pandas_reader,
    "polars": polars_reader,
    "duckdb": duckdb_reader,
    "fastparquet": fastparquet_reader,
    "datasets": datasets_reader,
    "spark": spark_reader,
}
