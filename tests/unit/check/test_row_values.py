"""Values of every type that an answer can have, as JSON and as CSV; times in UTC and in any year."""

from typing import Any

import polars as pl
import pytest

from clickstream.check.row_values import csv_of, rows_of
from clickstream.report.landed_rows import json_lines

UTC = pl.Datetime("us", "UTC")
YEAR_10000_US = 253_402_300_800_000_000


@pytest.mark.parametrize(
    ("values", "dtype", "value", "csv"),
    [
        ([0], UTC, "1970-01-01T00:00:00.000000Z", "1970-01-01T00:00:00.000000Z"),
        ([YEAR_10000_US], UTC, "+10000-01-01T00:00:00.000000Z", "+10000-01-01T00:00:00.000000Z"),
        ([-1], pl.Datetime("ms"), "1969-12-31T23:59:59.999000", "1969-12-31T23:59:59.999000"),
        ([1_500], pl.Datetime("ns"), "1970-01-01T00:00:00.000001", "1970-01-01T00:00:00.000001"),
        ([0], pl.Datetime("us", "Asia/Tokyo"), "1970-01-01T00:00:00.000000Z", "1970-01-01T00:00:00.000000Z"),
        ([-1], pl.Date(), "1969-12-31", "1969-12-31"),
        ([3_600_000_000_000], pl.Time(), "01:00:00.000000", "01:00:00.000000"),
        ([-3_661_500_000], pl.Duration("us"), "-1:01:01.500000", "-1:01:01.500000"),
        ([b"\xff"], pl.Binary(), b"\xff", "/w=="),
        (["a,b"], pl.String(), "a,b", '"a,b"'),
        ([""], pl.String(), "", '""'),
        ([True], pl.Boolean(), True, "true"),
        ([1.5], pl.Float64(), 1.5, "1.5"),
        (["1.50"], pl.Decimal(10, 2), "1.50", "1.50"),
        (["x"], pl.Categorical(), "x", "x"),
        ([[1, None]], pl.List(pl.Int64), [1, None], '"[1, null]"'),
        ([[YEAR_10000_US]], pl.List(UTC), ["+10000-01-01T00:00:00.000000Z"], None),
        ([[float("nan")]], pl.List(pl.Float64), ["nan"], None),
        ([{"a": b"\xff", "b": None}], pl.Struct({"a": pl.Binary, "b": UTC}), {"a": "/w==", "b": None}, None),
        ([None], pl.Null(), None, ""),
    ],
    ids=str,
)
def test_a_value_of_each_type(values: list[Any], dtype: pl.DataType, value: object, csv: str | None) -> None:
    frame = pl.DataFrame(pl.Series("v", values).cast(dtype))
    assert rows_of(frame) == [{"v": value}]
    if csv is not None:
        assert csv_of(frame, header=True) == f"v\n{csv}\n"


def test_null_is_null_in_every_type() -> None:
    dtypes = [UTC, pl.Date(), pl.Binary(), pl.List(UTC), pl.Duration("us"), pl.Boolean(), pl.Decimal(5, 1)]
    frame = pl.DataFrame({str(number): pl.Series([None]).cast(each) for number, each in enumerate(dtypes)})
    assert set(rows_of(frame)[0].values()) == {None}
    assert csv_of(frame, header=False) == "," * (len(dtypes) - 1) + "\n"


def test_json_has_base64_for_bytes_and_texts_for_numbers_that_it_lacks() -> None:
    rows = rows_of(pl.DataFrame({"a": [b"\xff"], "b": [float("inf")], "c": [1.5]}))
    assert json_lines(rows) == '{"a": "/w==", "b": "inf", "c": 1.5}\n'
