"""The newest landed rows of a table, found from the batch records backwards."""

from dataclasses import dataclass

import polars as pl

from clickstream.check.landed.reading import landed_scan, reading_rows
from clickstream.check.row_values import Row, rows_of
from clickstream.check.terms import terms_of
from clickstream.contract.definition.pipeline import Pipeline
from clickstream.contract.definition.tables import Table
from clickstream.contract.run.batch_record import BatchRecord
from clickstream.contract.run.layout import Layout
from clickstream.contract.run.recorded_batches import LIST_DAMAGE, read_record
from clickstream.errors import CouldNotCheck, OutputDamaged


@dataclass(frozen=True, slots=True)
class NewestRows:
    """Rows of a table, oldest first; moments are ISO-8601 in UTC with microseconds."""

    table: Table
    rows: list[Row]


def newest_rows(layout: Layout, pipeline: Pipeline, table: Table, count: int) -> NewestRows:
    """The last `count` rows of a table: by batch, and within a batch by time.

    Reads the records from the newest back and the files that they name, until there are enough rows.

    Raises:
        CouldNotCheck: no row of the table has landed, or the run was written with another contract.
        OutputDamaged: a batch record cannot be read, or a file that one names is missing or was changed.
    """
    terms_of(layout, pipeline)
    parts: list[pl.DataFrame] = []
    missing = count
    for path in reversed(layout.record_paths(table.query)):
        record = read_record(path)
        if record.tables[table.name].rows:
            parts.insert(0, _last_of(layout, table, record, missing))
            missing -= parts[0].height
        if missing <= 0:
            break
    if not parts:
        raise CouldNotCheck(
            f"No row of {table.name} has landed yet.",
            next_step="A window or session lands when the watermark has passed its end. Wait, then try again."
            if table.window
            else "See `clickstream status`.",
        )
    return NewestRows(table, rows_of(pl.concat(parts)))


def _last_of(layout: Layout, table: Table, record: BatchRecord, count: int) -> pl.DataFrame:
    files = record.tables[table.name].parquet
    rows = landed_scan(layout, files).select(table.column_names).sort(table.ordered_by)
    with reading_rows(table):
        for file in files:
            # A damaged Parquet file can take the process with it.
            if difference := file.difference_of((layout.output / file.path).read_bytes()):
                raise OutputDamaged(f"{layout.output / file.path} {difference}.", next_step=LIST_DAMAGE)
        return rows.tail(count).collect()
