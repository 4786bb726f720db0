"""Rows that somebody else has computed to Parquet and CSV files, in the form that the job gives them.

Beside merging.py the only module of the room that writes rows without Spark: a repair needs no JVM.
"""

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from clickstream.contract.layout import DATE_COLUMN, NO_DATE
from clickstream.contract.tables import ColumnType, Table
from clickstream.errors import OutputDamaged
from clickstream.sinks.merging import parquet_reads_back

Rows = pl.DataFrame
"""The rows of a table: its columns in contract order, moments in microseconds and UTC, strings plain."""

_MOMENT = "%Y-%m-%dT%H:%M:%S%.6fZ"
_BATCH = ".batch"
_DATE = ".date"


@dataclass(frozen=True, slots=True)
class Form:
    """How the files of a table lie: in folders by date or not, CSV packed with gzip or not."""

    dated: bool
    packed: bool


@dataclass(frozen=True, slots=True)
class StagedFile:
    """The same rows in both formats, of one date where there are dates; how many are of each batch."""

    parquet: Path
    csv: Path
    date: str
    rows: dict[int, int]


def stage_rows(
    table: Table,
    rows: Sequence[tuple[int, Rows]],
    folder: Path,
    form: Form,
    *,
    rows_per_file: int,
    first_part: int,
) -> list[StagedFile]:
    """Write the rows of some batches aside, batch after batch; no file for no rows.

    Args:
        table: the table.
        rows: each batch with its rows, in order.
        folder: where to write; files are named by their part, from `first_part` on.
        form: as the table's other files lie.
        rows_per_file: the most rows in a file.
        first_part: the number of the first file.

    Raises:
        OutputDamaged: what was written does not read back as it is.
    """
    batches = [frame.with_columns(pl.lit(batch, pl.Int64).alias(_BATCH)) for batch, frame in rows]
    together = pl.concat(batches).with_columns((_date(table) if form.dated else pl.lit("")).alias(_DATE))
    staged: list[StagedFile] = []
    for date in together[_DATE].unique().sort().to_list():
        of_date = together.filter(pl.col(_DATE) == date).drop(_DATE)
        for part in of_date.iter_slices(rows_per_file):
            number = f"{first_part + len(staged):05d}"
            parquet = folder / table.name / "parquet" / date / f"{number}.parquet"
            csv = folder / table.name / "csv" / f"{number}.csv{'.gz' if form.packed else ''}"
            counts = part.group_by(_BATCH, maintain_order=True).len().rows()
            _write(table, part.select(table.column_names), parquet, csv)
            staged.append(StagedFile(parquet, csv, date, dict(counts)))
    return staged


def _date(table: Table) -> pl.Expr:
    moment = pl.col(table.dated_by)
    # Null before it is written out: not every moment of 64 bits has a text.
    sayable = pl.when(moment.dt.year().is_between(1, 9999)).then(moment)
    return (pl.lit(f"{DATE_COLUMN}=") + sayable.dt.strftime("%Y-%m-%d")).fill_null(NO_DATE)


def _write(table: Table, rows: Rows, parquet: Path, csv: Path) -> None:
    for folder in (parquet.parent, csv.parent):
        folder.mkdir(parents=True, exist_ok=True)
    if not parquet_reads_back(rows, parquet):
        raise OutputDamaged(
            f"Rows of {table.name} do not read back as they were written to {parquet}.",
            next_step="Look at the disk; nothing was repaired here.",
        )
    encoded = [column.name for column in table.columns if column.type is ColumnType.BYTES]
    text = rows.with_columns(pl.col(encoded).bin.encode("base64")).write_csv(datetime_format=_MOMENT).encode()
    # No time in the packed file: the same rows give the same bytes.
    csv.write_bytes(gzip.compress(text, mtime=0) if csv.name.endswith(".gz") else text)
