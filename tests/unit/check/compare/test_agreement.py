"""Sums and means agree within their tolerance, all other values exactly."""

from dataclasses import replace

import polars as pl
import pytest

from clickstream.check.compare.comparing import compare
from clickstream.check.decode.schema import BATCH, FILE, schema_of, tolerance_of
from clickstream.clicks.tables import PAGE_METRICS
from clickstream.contract.definition.tables import Agreement, Column, ColumnType

SPEED = "speed"


def mismatches(agreement: Agreement, expected: float, landed: float) -> int:
    """Of one row with these two values and a tolerance of 0.001."""
    columns = (*PAGE_METRICS.columns[:3], Column(SPEED, ColumnType.FLOAT64, agreement))
    table = replace(PAGE_METRICS, columns=columns)
    key = pl.DataFrame({"window_start": [0], "window_end": [1], "page": ["/"]})
    both = [key.with_columns(pl.lit(value).alias(SPEED)) for value in (expected, landed)]
    must, did = (
        rows.cast(dict(schema_of(table))).with_columns(pl.lit(0, pl.Int32).alias(BATCH)) for rows in both
    )
    return sum(
        compare(
            table,
            must.with_columns(pl.lit(0.001).alias(tolerance_of(SPEED))),
            did.with_columns(pl.lit("f").alias(FILE)),
        ).mismatches.values()
    )


@pytest.mark.parametrize("agreement", [Agreement.SUM, Agreement.MEAN])
def test_a_sum_or_mean_agrees_within_its_tolerance(agreement: Agreement) -> None:
    assert mismatches(agreement, 1.0, 1.0009) == 0
    assert mismatches(agreement, 1.0, 1.0011) == 1


def test_any_other_value_agrees_exactly() -> None:
    assert mismatches(Agreement.EXACT, 1.0, 1.0) == 0
    assert mismatches(Agreement.EXACT, 1.0, 1.0009) == 1
