"""A batch's tables written aside, in both formats; nothing of it counts yet.

Spark computes the rows of a batch once, in one write. What it cannot finish, polars does from its files.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote

import polars as pl
from py4j.protocol import Py4JJavaError  # type: ignore[import-untyped]
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's users know

from clickstream.contract.batch_rows import REASON, TABLE
from clickstream.contract.definition.pipeline import Pipeline
from clickstream.contract.definition.tables import EVENTS, Kind, Table
from clickstream.contract.java_error import text_of
from clickstream.contract.run.layout import DATE_COLUMN
from clickstream.errors import FolderNotWritable
from clickstream.settings import SinkSettings
from clickstream.sinks.durable import not_writable
from clickstream.sinks.landing.spark_write import utc_date, write_parquet
from clickstream.sinks.landing.staged_files import row_count, scan, write_csv, write_table_parquet

Counts = dict[Path, int]
"""The rows of each file, in the order of the files; none is empty."""

_NO_REASON = f"{REASON}=__HIVE_DEFAULT_PARTITION__"
_ROWS = "_rows"


class Staging:
    """Writes the batches of one query aside; the settings say how many files, how large, in which form."""

    def __init__(self, pipeline: Pipeline, query: str, settings: SinkSettings) -> None:
        self._pipeline = pipeline
        self._settings = settings
        self.tables = pipeline.tables_of(query)
        self._write = self._write_events if query == EVENTS else self._write_aggregates

    def write_parquet(self, rows: DataFrame, folder: Path) -> dict[str, Counts]:
        """Compute the batch's rows (`contract/batch_rows.py`) once and write every table; its files."""
        return self._write(rows, folder)

    def write_csv(self, parquet: Mapping[str, Counts], folder: Path) -> dict[str, list[Path]]:
        """Write the same files as CSV: for each Parquet file of a table a CSV file."""
        gzipped = self._settings.csv_compression == "gzip"
        staged: dict[str, list[Path]] = {}
        for table in self.tables:
            target = folder / table.name / "csv"
            target.mkdir(parents=True)
            staged[table.name] = []
            for part, source in enumerate(parquet[table.name]):
                file = target / f"{part:05d}.csv{'.gz' if gzipped else ''}"
                write_csv(source, table, file, gzipped=gzipped)
                staged[table.name].append(file)
        return staged

    def _write_events(self, rows: DataFrame, folder: Path) -> dict[str, Counts]:
        """Spark's files of events are final; rejected messages are in folders by reason beside them."""
        events, rejected = self._pipeline.event_table, self._pipeline.rejected_table
        by = [REASON]
        few = rows.coalesce(self._settings.files_per_batch)
        if self._settings.partition_by_date:
            by.append(DATE_COLUMN)
            is_event = F.col(REASON).isNull()
            moment = F.when(is_event, F.col(events.dated_by)).otherwise(F.col(rejected.dated_by))
            few = few.withColumn(DATE_COLUMN, utc_date(moment))
        written = folder / _ROWS
        write_parquet(
            few, written, compression="zstd", into_folders=by, max_rows=self._settings.max_records_per_file
        )
        files = sorted(written.rglob("part-*.parquet"))
        finished = {file: row_count(file) for file in files if _NO_REASON in file.relative_to(written).parts}
        others = [self._rejected(file, written) for file in files if file not in finished]
        return {
            events.name: finished,
            rejected.name: self._table(pl.concat(others), rejected, folder) if others else {},
        }

    def _rejected(self, file: Path, below: Path) -> pl.LazyFrame:
        reason = unquote(file.relative_to(below).parts[0].removeprefix(f"{REASON}="))
        value = pl.col(self._pipeline.event.time_field).str.decode("base64").alias("value")
        rows = scan([file]).with_columns(value, pl.lit(reason).alias(REASON))
        return rows.select(self._pipeline.rejected_table.column_names)

    def _write_aggregates(self, rows: DataFrame, folder: Path) -> dict[str, Counts]:
        """Spark writes the rows of all tables together; polars takes them apart."""
        written = folder / _ROWS
        write_parquet(rows, written, compression="uncompressed")
        files = [file for file in sorted(written.glob("part-*.parquet")) if row_count(file)]
        return {
            table.name: self._table(_rows_of(table, files), table, folder) if files else {}
            for table in self.tables
        }

    def _table(self, rows: pl.LazyFrame, table: Table, folder: Path) -> Counts:
        return write_table_parquet(rows, table, folder / table.name, self._settings)


def _rows_of(table: Table, files: list[Path]) -> pl.LazyFrame:
    rows = scan(files).filter(pl.col(TABLE) == table.name).select(table.name).unnest(table.name)
    return rows.drop_nulls(table.group) if table.kind is Kind.SESSION else rows


@contextmanager
def in_words(output: Path) -> Iterator[None]:
    """Say in words what Spark and polars make of a full or unwritable disk; any other error passes as it is.

    Raises:
        FolderNotWritable: the disk is full, or the folder may not be written.
    """
    try:
        yield
    except (PySparkException, Py4JJavaError, pl.exceptions.PolarsError) as error:
        sign = FolderNotWritable.sign_in(text_of(error))
        if sign is None:
            raise
        raise not_writable(output, sign) from error
