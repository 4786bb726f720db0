"""The files of a batch whose record was lost: what they hold may be all that the batch has landed."""

import hashlib
from typing import TYPE_CHECKING

import polars as pl

from clickstream.check.comparing import compare
from clickstream.check.expected.rows import BATCH
from clickstream.check.landed_file import NamedFile, read_landed
from clickstream.check.landed_together import FILE
from clickstream.check.schema import plain
from clickstream.contract.batch import LandedFile, LandedTable
from clickstream.contract.layout import FORMATS, LANDED_NAME, Layout
from clickstream.contract.tables import Table

if TYPE_CHECKING:
    from pathlib import Path


def landed_without_record(
    layout: Layout, table: Table, batch_id: int, expected: pl.DataFrame
) -> LandedTable | None:
    """What a batch has landed of a table, from the files that lie under its name.

    None where they are not all there, cannot be read, hold other rows than expected, or are a repair's: then
    they prove nothing.

    Args:
        layout: the run's paths.
        table: the table.
        batch_id: the batch.
        expected: the rows that it must have landed, with `BATCH` and tolerances.
    """
    by_format = {name: _read_all(layout, table, batch_id, name) for name in FORMATS}
    parquet, csv = by_format["parquet"], by_format["csv"]
    if parquet is None or csv is None or len(parquet) != len(csv):
        return None
    if not all(rows.equals(texts) for (_, rows), (_, texts) in zip(parquet, csv, strict=True)):
        return None
    none = plain(expected.clear()).select(table.column_names)
    landed = pl.concat([none, *(rows for _, rows in parquet)]).with_columns(
        pl.lit("").cast(pl.Categorical).alias(FILE), pl.lit(batch_id, pl.Int32).alias(BATCH)
    )
    if any(compare(table, plain(expected), landed).mismatches.values()):
        return None
    return LandedTable(landed.height, tuple(file for file, _ in parquet), tuple(file for file, _ in csv))


def _read_all(
    layout: Layout, table: Table, batch_id: int, file_format: str
) -> list[tuple[LandedFile, pl.DataFrame]] | None:
    """Each file with its rows, in the order of parts; None where one cannot be read."""
    paths: dict[int, Path] = {}
    for path in layout.table_files(table.name, file_format):
        name = LANDED_NAME.fullmatch(path.name)
        if name and int(name["batch"]) == batch_id:
            if name["repaired"] or int(name["part"]) in paths:
                return None
            paths[int(name["part"])] = path
    found: list[tuple[LandedFile, pl.DataFrame]] = []
    for _, path in sorted(paths.items()):
        try:
            content = path.read_bytes()
        except OSError:
            return None
        place = path.relative_to(layout.output).as_posix()
        entry = LandedFile(place, 0, len(content), hashlib.sha256(content).hexdigest())
        rows = read_landed(layout.output, NamedFile(table, file_format, batch_id, entry)).rows
        if rows is None or not rows.height:
            return None
        found.append((LandedFile(place, rows.height, entry.size_bytes, entry.sha256), rows))
    return found
