"""Rows of one table from Parquet files to its own Parquet and CSV files, by polars.

Spark needs a job of half a second for what polars does in 30 ms. Rows are streamed from file to file: memory
does not grow with their number.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from clickstream.contract.definition.tables import ColumnType, Table
from clickstream.contract.run.layout import DATE_COLUMN, NO_DATE
from clickstream.settings import SinkSettings

_MOMENT = "%Y-%m-%dT%H:%M:%S%.6fZ"
_US_PER_DAY = 86_400_000_000
_FURTHEST_US = 95_000_000 * _US_PER_DAY
"""Some 260,000 years: polars cannot write times that lie further from 1970."""


def scan(files: Sequence[Path]) -> pl.LazyFrame:
    """The rows of these Parquet files, in their order; a path is never taken for a pattern."""
    return pl.scan_parquet(list(files), hive_partitioning=False, glob=False)


def row_count(file: Path) -> int:
    """Rows of a Parquet file, from its footer."""
    return int(scan([file]).select(pl.len()).collect().item())


def write_table_parquet(
    rows: pl.LazyFrame, table: Table, folder: Path, settings: SinkSettings
) -> dict[Path, int]:
    """Write the rows, in files of at most MAX_RECORDS_PER_FILE and by date if asked; each file's rows."""
    counts: dict[Path, int] = {}
    parts = _by_date(rows, table) if settings.partition_by_date else [("", rows)]
    for date_folder, part in parts:
        target = folder / date_folder
        target.mkdir(parents=True, exist_ok=True)
        left = int(part.select(pl.len()).collect().item())
        for first in range(0, left, settings.max_records_per_file):
            file = target / f"{len(counts):05d}.parquet"
            length = min(settings.max_records_per_file, left - first)
            part.slice(first, length).sink_parquet(file, compression="zstd")
            counts[file] = length
    return counts


def write_csv(parquet: Path, table: Table, target: Path, *, gzipped: bool) -> None:
    """Write the rows of a Parquet file as CSV: RFC 4180, `""` for an empty text and nothing for null.

    Times have microseconds and are in UTC, bytes are base64. A time that polars cannot write is left out.
    """
    columns = [_writable(pl.col(column.name), column.type) for column in table.columns]
    scan([parquet]).select(columns).sink_csv(
        target,
        datetime_format=_MOMENT,
        compression="gzip" if gzipped else "uncompressed",
        check_extension=False,
    )


def _writable(column: pl.Expr, kind: ColumnType) -> pl.Expr:
    if kind is ColumnType.BYTES:
        return column.bin.encode("base64")
    if kind is ColumnType.TIMESTAMP:
        return pl.when(column.cast(pl.Int64).is_between(-_FURTHEST_US, _FURTHEST_US)).then(column)
    return column


def _by_date(rows: pl.LazyFrame, table: Table) -> Iterator[tuple[str, pl.LazyFrame]]:
    """The rows of each UTC date with its folder, in order; rows without a four-digit year come last."""
    moment = pl.col(table.dated_by)
    # Null first: not every moment has a calendar date in polars.
    in_range = pl.when(moment.cast(pl.Int64).is_between(-_FURTHEST_US, _FURTHEST_US)).then(moment)
    date = pl.when(in_range.dt.year().is_between(1, 9999)).then(in_range.dt.date())
    dates = rows.select(date.alias(DATE_COLUMN)).unique().collect()[DATE_COLUMN]
    for each in sorted(dates.drop_nulls().to_list()):
        yield f"{DATE_COLUMN}={each.isoformat()}", rows.filter(date == each)
    if dates.null_count():
        yield NO_DATE, rows.filter(date.is_null())
