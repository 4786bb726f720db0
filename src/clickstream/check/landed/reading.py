"""`clickstream.read`: the landed rows of a table as a polars LazyFrame, by the batch records."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from os import PathLike
from pathlib import Path

import polars as pl

from clickstream.check.decode.schema import schema_of
from clickstream.contract.definition.tables import Table
from clickstream.contract.run.batch_record import LandedFile
from clickstream.contract.run.layout import Layout
from clickstream.contract.run.recorded_batches import LIST_DAMAGE, records_of
from clickstream.contract.run.run_file import read_terms
from clickstream.errors import OutputDamaged, UsageError
from clickstream.settings import PIPELINE, load


def read(table: str, output: str | PathLike[str] | None = None) -> pl.LazyFrame:
    """The rows of a table that have landed by now, each exactly once.

    Only files that batch records name are read, so the answer is right while a job runs and after a crash.
    Batches that land later are in the next call's. Columns and types are those of the table, also where it
    has no rows yet: strings, 64-bit integers and floats, moments in microseconds and UTC.

    Args:
        table: the name of one of the pipeline's tables.
        output: the folder of a run, or one of runs, of which RUN_ID names one. By default OUTPUT_PATH and
            RUN_ID as everywhere, from the environment, `.env`, or the defaults.

    Raises:
        UsageError: there is no such table, no run in this folder, or one that was written with another
            contract.
        OutputDamaged: a batch record cannot be read, or a file that one names is missing.
    """
    found = _table(table)
    layout = _layout(output)
    files = landed_files(layout, found)
    if not files:
        return pl.LazyFrame(schema=schema_of(found))
    return landed_scan(layout, files).select(found.column_names)


def _table(name: str) -> Table:
    for table in PIPELINE.tables:
        if table.name == name:
            return table
    raise UsageError(
        f"There is no table {name}.",
        next_step=f"Use one of {', '.join(table.name for table in PIPELINE.tables)}.",
    )


def _layout(output: str | PathLike[str] | None) -> Layout:
    paths = load()[0].paths
    given = paths.output if output is None else Path(output)
    folder = given.expanduser().absolute()
    candidates = [folder / paths.run_id] if output is None else [folder, folder / paths.run_id]
    for candidate in candidates:
        layout = Layout(candidate, paths.checkpoint.absolute() / candidate.name)
        if read_terms(layout, PIPELINE) is not None:
            return layout
    raise UsageError(
        f"No run has landed in {' or '.join(map(str, candidates))}.",
        next_step="Start a job with `clickstream up`, or name the folder of a run: RUN_ID below OUTPUT_PATH.",
    )


def landed_files(layout: Layout, table: Table) -> list[LandedFile]:
    """The Parquet files of a table that batch records list by now, in batch order.

    Raises:
        OutputDamaged: a batch record cannot be read.
    """
    records = records_of(layout, table.query)
    return [entry for record in records for entry in record.tables[table.name].parquet]


def landed_scan(layout: Layout, entries: Sequence[LandedFile]) -> pl.LazyFrame:
    """One scan of all these files, of which there is at least one.

    Raises:
        OutputDamaged: one of the files is missing.
    """
    files = [layout.output / path for path in dict.fromkeys(entry.path for entry in entries)]
    for file in files:
        if not file.exists():
            raise OutputDamaged(f"{file} is missing, though a batch record names it.", next_step=LIST_DAMAGE)
    # Folders by date are the files' places, not a column; and a path is a path, not a pattern.
    return pl.scan_parquet(files, hive_partitioning=False, glob=False)


@contextmanager
def reading_rows(table: Table) -> Iterator[None]:
    """Name the table where the block fails to read its landed rows.

    Raises:
        OutputDamaged: polars or the system cannot read a file.
    """
    try:
        yield
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        why = str(error).splitlines()[0]
        raise OutputDamaged(f"Rows of {table.name} cannot be read: {why}.", next_step=LIST_DAMAGE) from error
