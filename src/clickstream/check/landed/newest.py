"""The newest landed rows of a table, found from the batch records backwards."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from clickstream.check.landed.reading import landed_scan
from clickstream.contract.definition.pipeline import Pipeline
from clickstream.contract.definition.tables import ColumnType, Table
from clickstream.contract.run.batch_record import BatchRecord
from clickstream.contract.run.layout import Layout
from clickstream.contract.run.recorded_batches import UnreadableRecord, read_record
from clickstream.contract.run.run_file import UnusableTerms, read_terms
from clickstream.errors import CouldNotCheck
from clickstream.moment import written_us

Value = str | int | float | bytes | None


@dataclass(frozen=True, slots=True)
class NewestRows:
    """Rows of a table, oldest first; moments are ISO-8601 in UTC with microseconds."""

    table: Table
    rows: list[dict[str, Value]]


def newest_rows(layout: Layout, pipeline: Pipeline, table: Table, count: int) -> NewestRows:
    """The last `count` rows of a table: by batch, and within a batch by time.

    Reads the records from the newest back and the files that they name, until there are enough rows.

    Raises:
        CouldNotCheck: no row of the table has landed, a record or file cannot be read, or the run was
            written with another contract.
        OutputDamaged: a file that a record names is missing.
    """
    try:
        read_terms(layout, pipeline)
    except UnusableTerms as error:
        raise CouldNotCheck(error.sentence, next_step=error.next_step) from error
    parts: list[pl.DataFrame] = []
    missing = count
    records = layout.record_paths(table.query)
    for record in _backwards(records):
        if record.tables[table.name].rows:
            parts.insert(0, _last_of(layout, table, record, missing))
            missing -= parts[0].height
        if missing <= 0:
            break
    if not parts:
        raise _nothing(layout, table, has_batches=bool(records))
    moments = [column.name for column in table.columns if column.type is ColumnType.TIMESTAMP]
    # As integers: neither Python's datetime nor polars' calendar reaches as far as times that have landed.
    rows = pl.concat(parts).with_columns(pl.col(moments).cast(pl.Int64)).to_dicts()
    return NewestRows(
        table,
        [
            {name: _written(value) if name in moments else value for name, value in row.items()}
            for row in rows
        ],
    )


def _written(epoch_us: int | None) -> str | None:
    return None if epoch_us is None else written_us(epoch_us, separator="T") + "Z"


def _backwards(records: list[Path]) -> Iterator[BatchRecord]:
    for path in reversed(records):
        try:
            yield read_record(path)
        except UnreadableRecord as error:
            raise CouldNotCheck(
                f"A batch record cannot be used: {error}.",
                next_step="List all problems of this run: `clickstream check`.",
            ) from error


def _last_of(layout: Layout, table: Table, record: BatchRecord, count: int) -> pl.DataFrame:
    rows = landed_scan(layout, record.tables[table.name].parquet)
    for entry in record.tables[table.name].parquet:
        # A damaged Parquet file can take the process with it.
        if difference := entry.difference_of((layout.output / entry.path).read_bytes()):
            raise CouldNotCheck(
                f"A file of batch {record.batch_id} of {table.query} is damaged: {entry.path} {difference}.",
                next_step="`clickstream check` says what else is wrong with this run.",
            )
    try:
        return rows.select(table.column_names).sort(table.ordered_by).tail(count).collect()
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise CouldNotCheck(
            f"A file of batch {record.batch_id} of {table.query} cannot be read:"
            f" {str(error).splitlines()[0]}.",
            next_step="List all damage: `clickstream check`.",
        ) from error


def _nothing(layout: Layout, table: Table, *, has_batches: bool) -> CouldNotCheck:
    if not has_batches:
        return CouldNotCheck(
            f"Nothing has landed in {layout.output}.",
            next_step="Start the pipeline with `clickstream up`, or set OUTPUT_PATH and RUN_ID to a run's.",
        )
    return CouldNotCheck(
        f"No row of {table.name} has landed yet.",
        next_step="A window or session lands when the watermark has passed its end. Wait, then try again."
        if table.window
        else "See `clickstream status`.",
    )
