"""Files as the libraries write them, each with columns of every type that the library has.

Every function takes a folder, writes files into it and yields their paths. All have six rows with
`id` 0 to 5 and `text`.
"""

import datetime as dt
import decimal
import os
import uuid

from texts import texts

ROWS = 6
IDS = list(range(ROWS))
UTC = dt.timezone.utc


def cycled(*values):
    """As many values as there are rows."""
    return [values[row % len(values)] for row in IDS]


def pyarrow_files(folder):
    import pyarrow as pa
    import pyarrow.parquet as pq

    D = decimal.Decimal
    big = 2**63 - 1
    columns = {
        "bool": pa.array(cycled(True, None, False)),
        "null": pa.nulls(ROWS),
        "float16": pa.array(cycled(1.5, None, -0.0), pa.float16()),
        "float32": pa.array(cycled(1.5, None, -0.0, float("inf")), pa.float32()),
        "float64": pa.array(cycled(1.5, None, -0.0, 5e-324), pa.float64()),
        "date32": pa.array(cycled(0, None, -719162, 2932896), pa.date32()),
        "date64": pa.array(cycled(0, None, 86_400_000), pa.date64()),
        "time32[s]": pa.array(cycled(0, None, 86_399), pa.time32("s")),
        "time32[ms]": pa.array(cycled(0, None, 86_399_999), pa.time32("ms")),
        "time64[us]": pa.array(cycled(0, None, 86_399_999_999), pa.time64("us")),
        "time64[ns]": pa.array(cycled(0, None, 86_399_999_999_999), pa.time64("ns")),
        "binary": pa.array(cycled(b"", None, b"\xff\x00"), pa.binary()),
        "large_binary": pa.array(cycled(b"", None, b"\xff\x00"), pa.large_binary()),
        "binary_view": pa.array(cycled(b"", None, b"\xff\x00" * 9), pa.binary_view()),
        "fixed": pa.array(cycled(b"abc", None, b"\xff\x00\xff"), pa.binary(3)),
        "string": pa.array(cycled("", None, "\u00e9\U0001f600")),
        "large_string": pa.array(cycled("", None, "\u00e9"), pa.large_string()),
        "string_view": pa.array(cycled("", None, "long enough to be no inline"), pa.string_view()),
        "decimal32": pa.array(cycled(D("1.23"), None, D("-99.99")), pa.decimal32(9, 2)),
        "decimal64": pa.array(cycled(D("1.23"), None, D("-99.99")), pa.decimal64(18, 2)),
        "decimal128": pa.array(cycled(D("1.23"), None, D("-" + "9" * 30 + ".99")), pa.decimal128(38, 2)),
        "decimal256": pa.array(cycled(D("1"), None, D("9" * 70)), pa.decimal256(76, 0)),
        "dictionary": pa.array(cycled("x", None, "y")).dictionary_encode(),
        "dictionary of integers": pa.array(cycled(7, None, -7), pa.int16()).dictionary_encode(),
        "list": pa.array(cycled([1, None], None, []), pa.list_(pa.int32())),
        "large_list": pa.array(cycled(["a"], None, []), pa.large_list(pa.string())),
        "fixed list": pa.array(cycled([1, 2], None, [3, 4]), pa.list_(pa.float32(), 2)),
        "list view": pa.array(cycled([1, 2], None, []), pa.list_view(pa.int64())),
        "map": pa.array(cycled([("k", 1)], None, []), pa.map_(pa.string(), pa.int8())),
        "map of integers": pa.array(cycled([(1, b"x"), (2, None)], None), pa.map_(pa.int32(), pa.binary())),
        "struct": pa.array(
            cycled({"a": 1, "b": {"c": [dt.datetime(2020, 1, 1)]}}, None, {"a": None, "b": None}),
            pa.struct([("a", pa.uint8()), ("b", pa.struct([("c", pa.list_(pa.timestamp("us")))]))]),
        ),
        "uuid": pa.array(cycled(uuid.UUID(int=5), None), pa.uuid()),
        "json": pa.array(cycled('{"a": 1}', None), pa.json_()),
        "bool8": pa.array(cycled(1, None, 0), pa.int8()).cast(pa.bool8()),
    }
    for bits in (8, 16, 32, 64):
        least, most = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
        columns[f"int{bits}"] = pa.array(cycled(least, None, most), getattr(pa, f"int{bits}")())
        columns[f"uint{bits}"] = pa.array(cycled(0, None, 2**bits - 1), getattr(pa, f"uint{bits}")())
    for unit in ("s", "ms", "us", "ns"):
        instants = cycled(0, None, -1, 1_600_000_000)
        columns[f"timestamp[{unit}]"] = pa.array(instants, pa.timestamp(unit))
        columns[f"timestamp[{unit}, UTC]"] = pa.array(instants, pa.timestamp(unit, "UTC"))
        columns[f"timestamp[{unit}, Europe/Berlin]"] = pa.array(instants, pa.timestamp(unit, "Europe/Berlin"))
        columns[f"duration[{unit}]"] = pa.array(cycled(0, None, big), pa.duration(unit))
    table = pa.table({"id": pa.array(IDS), "text": pa.array(texts()), **columns})
    fields = [field.with_metadata({"note": field.name}) for field in table.schema]
    fields[0] = fields[0].with_nullable(False).with_metadata({"PARQUET:field_id": "41"})
    table = table.cast(pa.schema(fields, {"made by": "hand"}))
    plain = table.select([name for name in table.column_names if name != "list view"])
    common = ["id", "text", "bool", "float32", "float64", "date32", "binary", "large_binary", "string", "large_string"]
    common += ["decimal128", "dictionary", "list", "large_list", "struct", "timestamp[ms]", "timestamp[us, UTC]"]
    common += [f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)]
    common = table.select(common)
    kinds = {
        "default": (table, {}),
        "common": (common, {}),
        "common int96": (common, {"use_deprecated_int96_timestamps": True}),
        "common no schema": (common, {"store_schema": False, "data_page_version": "2.0"}),
        "version 1.0": (plain.select([name for name in plain.column_names if "stamp[ns" not in name]), {"version": "1.0"}),
        "pages 2": (plain, {"data_page_version": "2.0", "compression": "gzip"}),
        "no schema": (plain, {"store_schema": False}),
        "int96": (plain, {"use_deprecated_int96_timestamps": True}),
        "integer decimals": (plain, {"store_decimal_as_integer": True}),
        "no dictionary": (plain, {"use_dictionary": False, "use_byte_stream_split": ["float16", "float32", "fixed"]}),
        "spark": (table.select(["id", "text", "string", "timestamp[us]"]), {"flavor": "spark"}),
        "old lists": (plain, {"use_compliant_nested_type": False}),
    }
    for name, (table, options) in kinds.items():
        path = os.path.join(folder, f"{name}.parquet")
        pq.write_table(table, path, **options)
        yield path


def pandas_files(folder):
    import pandas as pd

    base = {
        "id": IDS,
        "text": texts(),
        "category": pd.Categorical(cycled("x", None, "y"), categories=["y", "x", "z"], ordered=True),
        "Int64": pd.array(cycled(1, None, -3), dtype="Int64"),
        "boolean": pd.array(cycled(True, None, False), dtype="boolean"),
        "object": cycled(b"x", None),
        "period": pd.period_range("2020-01", periods=ROWS, freq="M"),
        "interval": pd.interval_range(0, ROWS),
        "zoned": pd.date_range("2020-03-28 12:00", periods=ROWS, tz="America/New_York"),
        "timedelta": pd.to_timedelta(IDS, unit="h"),
        "list": cycled([1, 2], None, []),
    }
    frame = pd.DataFrame(base)
    frame.attrs["licence"] = "none"
    indexes = {
        "default": None,
        "filtered": [5, 7, 9, 11, 13, 15],
        "named": pd.Index(list("uvwxyz"), name="key"),
        "step": pd.RangeIndex(10, 22, 2),
        "two levels": pd.MultiIndex.from_product([["a", "b"], [1, 2, 3]], names=["outer", None]),
        "instants": pd.date_range("2020-01-01", periods=ROWS, tz="UTC", name="at"),
    }
    for name, index in indexes.items():
        its = frame if index is None else frame.set_axis(index, axis=0)
        path = os.path.join(folder, f"{name}.parquet")
        its.to_parquet(path, engine="pyarrow")
        yield path


def polars_files(folder):
    import polars as pl

    frame = pl.DataFrame(
        {
            "id": IDS,
            "text": texts(),
            "i128": pl.Series(cycled(2**100, None, -(2**100)), dtype=pl.Int128),
            "u8": pl.Series(cycled(255, None), dtype=pl.UInt8),
            "u64": pl.Series(cycled(2**64 - 1, None), dtype=pl.UInt64),
            "categorical": pl.Series(cycled("x", None, "y"), dtype=pl.Categorical),
            "enum": pl.Series(cycled("x", None, "y"), dtype=pl.Enum(["y", "x", "z"])),
            "decimal": pl.Series(cycled("1.25", None), dtype=pl.String).cast(pl.Decimal(20, 4)),
            "date": pl.Series(cycled(dt.date(1, 1, 1), None, dt.date(9999, 12, 31))),
            "time": pl.Series(cycled(dt.time(23, 59, 59, 999999), None)),
            "duration": pl.Series(cycled(dt.timedelta(days=-1), None), dtype=pl.Duration("us")),
            "zoned": pl.Series(cycled(dt.datetime(2020, 1, 1, tzinfo=UTC), None)).dt.convert_time_zone("Asia/Kathmandu"),
            "binary": pl.Series(cycled(b"\xff", None)),
            "null": pl.Series([None] * ROWS),
            "array": pl.Series(cycled([1, 2], None), dtype=pl.Array(pl.Int16, 2)),
            "list": pl.Series(cycled([["a", None], []], None), dtype=pl.List(pl.List(pl.String))),
            "struct": pl.Series(cycled({"a": 1, "b": [{"c": 2.5}]}, None)),
        }
    )
    for name, options in {
        "default": {},
        "pyarrow": {"use_pyarrow": True},
        "statistics": {"statistics": "full", "row_group_size": 2, "compression": "lz4"},
    }.items():
        path = os.path.join(folder, f"{name}.parquet")
        its = frame.drop("i128") if "use_pyarrow" in options else frame
        its.write_parquet(path, **options)
        yield path


def duckdb_files(folder):
    import duckdb

    db = duckdb.connect()
    db.execute("create table pages(id int, text varchar)")
    db.executemany("insert into pages values (?, ?)", list(zip(IDS, texts())))
    types = """
        true as flag, 1::tinyint as i1, 2::smallint as i2, 3::bigint as i8, 255::utinyint as u1, 65535::usmallint as u2,
        4294967295::uinteger as u4, 18446744073709551615::ubigint as u8, 5::hugeint as huge, 6::uhugeint as uhuge,
        1.5::float as f, 2.5::double as d, 'nan'::double as nan, 1.25::decimal(4, 2) as d4, -1.25::decimal(9, 2) as d9,
        1.25::decimal(18, 2) as d18, -1.25::decimal(38, 2) as d38, '\\xff\\x00'::blob as bytes, '10101'::bit as bits,
        date '9999-12-31' as day, time '23:59:59.999999' as clock, timetz '10:00:00+01' as zoned_clock,
        timestamp '2020-01-01 00:00:00' as us, '0001-01-01'::timestamp_s as s, '2020-01-01 00:00:00.001'::timestamp_ms as ms,
        '2020-01-01 00:00:00.000000001'::timestamp_ns as ns, timestamptz '2020-01-01 00:00:00+00' as zoned,
        interval '14 months 3 days 4.005 seconds' as span,
        ('00000000-0000-4000-8000-00000000000' || id)::uuid as crawl, '{"lang":"en"}'::json as meta,
        {'a': id, 'b': ['x', null]}::variant as extra, {'a': id, 'b': [1, 2]} as object, [[1, null], null, []] as lists,
        map {'k': id, 'l': null} as pairs, map {1: {'x': interval '1 month'}} as spans, 'x'::enum('x', 'y') as choice, [1.5, 2.5]::float[2] as fixed
    """
    for name, query, options in (
        ("default", f"select id, text, {types} from pages", ""),
        ("nulls", f"select id, text, columns(t.* exclude (id, text)) from (select id, text, {types} from pages) t", ""),
        ("version 2", f"select id, text, {types} from pages", ", parquet_version v2, row_group_size 2"),
        ("common", f"select * exclude (extra, crawl, zoned_clock, clock, span, spans, bits) from ({'select id, text, ' + types + ' from pages'})", ""),
        ("notes", "select id, text from pages", ", kv_metadata {made: 'hand', other: 'x'}, field_ids {id: 7, text: 9}"),
        ("id uuid", "select ('00000000-0000-4000-8000-00000000000' || id)::uuid as id, text from pages", ""),
        ("id decimal", "select id::decimal(38, 0) as id, text from pages", ""),
        ("id double", "select id::hugeint as id, text from pages", ""),
    ):
        if name == "nulls":
            db.execute(f"create table typed as select id, text, {types} from pages")
            nulled = [row[0] for row in db.execute("describe typed").fetchall()[2:]]
            cells = ", ".join(f"case when id % 2 = 0 then {column} end as {column}" for column in nulled)
            query = f"select id, text, {cells} from typed"
        path = os.path.join(folder, f"{name}.parquet")
        db.execute(f"copy ({query} order by id) to '{path}' (format parquet{options})")
        yield path


def fastparquet_files(folder):
    import fastparquet
    import pandas as pd

    frame = pd.DataFrame(
        {
            "id": IDS,
            "text": pd.Series(texts(), dtype=object),
            "category": pd.Categorical(cycled("x", "y")),
            "at": pd.to_datetime(cycled("2020-01-01 00:00:00.123", "1999-12-31"), format="ISO8601"),
            "float": cycled(1.5, None),
            "flag": cycled(True, False),
            "json": pd.Series(cycled({"a": 1}, None), dtype=object),
            "bytes": pd.Series(cycled(b"\xff", None), dtype=object),
            "spans": pd.to_timedelta(IDS, unit="h"),
        }
    )
    encoding = {"text": "utf8", "json": "json", "bytes": "bytes", "category": "utf8"}
    encoding = {name: encoding.get(name, "infer") for name in frame}
    for name, options in {
        "default": {},
        "int96": {"times": "int96"},
        "index": {"write_index": True},
        "gzip": {"compression": "GZIP", "row_group_offsets": [0, 2, 4]},
    }.items():
        its = frame.set_axis([5, 7, 9, 11, 13, 15], axis=0) if name == "index" else frame
        path = os.path.join(folder, f"{name}.parquet")
        fastparquet.write(path, its, object_encoding=encoding, custom_metadata={"made by": "hand"}, **options)
        yield path


def datasets_files(folder):
    import datasets

    datasets.disable_progress_bars()
    features = datasets.Features(
        {
            "id": datasets.Value("int64"),
            "text": datasets.Value("string"),
            "label": datasets.ClassLabel(names=["x", "y"]),
            "tokens": datasets.List(datasets.Value("int32")),
            "array": datasets.Array2D((2, 2), "float32"),
            "at": datasets.Value("timestamp[us, tz=UTC]"),
        }
    )
    rows = {
        "id": IDS,
        "text": texts(),
        "label": cycled(0, 1),
        "tokens": cycled([1, 2], []),
        "array": cycled([[1.0, 2.0], [3.0, 4.0]]),
        "at": cycled(dt.datetime(2020, 1, 1, tzinfo=UTC), None),
    }
    path = os.path.join(folder, "default.parquet")
    datasets.Dataset.from_dict(rows, features=features).to_parquet(path)
    yield path


def spark_files(folder):
    import glob

    from parquet_spark import session

    spark = session()
    rows = spark.createDataFrame(list(zip(IDS, texts())), "id long, text string")
    typed = rows.selectExpr(
        "*",
        "timestamp '2026-11-30 10:00:00 UTC' as seen",
        "case id when 0 then timestamp '9999-12-31 00:00:00 UTC' when 1 then timestamp '0001-01-01 00:00:00 UTC' end as until",
        "array(timestamp '9999-12-31 00:00:00 UTC', null) as times",
        "map('k', timestamp '1500-01-01 00:00:00 UTC') as named",
        "named_struct('at', timestamp '2020-01-01 00:00:00 UTC', 'n', cast(1 as tinyint)) as object",
        "date '0001-01-01' as day",
        "cast(1.25 as decimal(9,2)) as d9",
        "cast(1.25 as decimal(18,2)) as d18",
        "cast(-1.25 as decimal(38,2)) as d38",
        "cast('x' as binary) as bytes",
        "timestamp_ntz '2020-01-01 00:00:00' as local",
        "interval '1-2' year to month as months",
        "interval '1 02:03:04.005' day to second as span",
        "parse_json('{\"a\": [1, \"x\"]}') as variant",
        "cast(null as int) as nothing",
    )
    for name, options in {
        "default": {},
        "micros": {"spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS"},
        "legacy": {"spark.sql.parquet.writeLegacyFormat": "true"},
    }.items():
        for key, value in options.items():
            spark.conf.set(key, value)
        out = os.path.join(folder, name)
        typed.coalesce(1).write.mode("overwrite").parquet(out)
        for key in options:
            spark.conf.unset(key)
        [part] = glob.glob(os.path.join(out, "*.parquet"))
        path = os.path.join(folder, f"{name}.parquet")
        os.replace(part, path)
        yield path


WRITERS = {
    "pyarrow": pyarrow_files,
    "pandas": pandas_files,
    "polars": polars_files,
    "duckdb": duckdb_files,
    "fastparquet": fastparquet_files,
    "datasets": datasets_files,
    "spark": spark_files,
}
