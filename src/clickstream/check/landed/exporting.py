"""Landed rows of a table to one file: Parquet, CSV or NDJSON, streamed."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from clickstream.check.decode.schema import schema_of
from clickstream.check.landed.reading import landed_scan, reading_rows
from clickstream.contract.definition.tables import ColumnType, Table
from clickstream.contract.run.batch_record import LandedFile
from clickstream.contract.run.layout import Layout
from clickstream.errors import FolderNotWritable

FORM_OF_SUFFIX: Mapping[str, str] = {
    ".parquet": "Parquet",
    ".csv": "CSV",
    ".ndjson": "NDJSON",
    ".jsonl": "NDJSON",
}
"""The form that a file's suffix asks for."""

_MOMENT = "%Y-%m-%dT%H:%M:%S%.6fZ"


def export_rows(layout: Layout, table: Table, entries: Sequence[LandedFile], target: Path, form: str) -> None:
    """Write the rows of these Parquet files, in batch order, to a file in a form of `FORM_OF_SUFFIX`.

    CSV is that of the landed files: header row, RFC 4180 quotes, times with microseconds in UTC, bytes in
    base64, `""` for an empty text and nothing for null. NDJSON has times and bytes as in CSV. An existing
    target is overwritten. Memory does not grow with the number of rows.

    Raises:
        FolderNotWritable: the target cannot be written, or the disk is full.
        OutputDamaged: a landed file is missing, or cannot be read.
    """
    rows = landed_scan(layout, entries) if entries else pl.LazyFrame(schema=schema_of(table))
    rows = rows.select(table.column_names)
    with reading_rows(table):
        try:
            if form == "Parquet":
                rows.sink_parquet(target, compression="zstd")
            elif form == "CSV":
                _bytes_as_text(rows, table).sink_csv(target, datetime_format=_MOMENT)
            else:
                moments = [column.name for column in table.columns if column.type is ColumnType.TIMESTAMP]
                texts = _bytes_as_text(rows, table).with_columns(pl.col(moments).dt.to_string(_MOMENT))
                texts.sink_ndjson(target)
        except (pl.exceptions.PolarsError, OSError) as error:
            sign = FolderNotWritable.sign_in(str(error))
            if sign is None:
                raise
            raise FolderNotWritable(
                f"{target.parent} cannot be written: {sign}.",
                next_step="Free space or choose another folder.",
            ) from error


def _bytes_as_text(rows: pl.LazyFrame, table: Table) -> pl.LazyFrame:
    encoded = [column.name for column in table.columns if column.type is ColumnType.BYTES]
    return rows.with_columns(pl.col(encoded).bin.encode("base64")) if encoded else rows
