"""A batch's tables written aside, in both formats; nothing of it counts yet."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from py4j.protocol import Py4JJavaError  # type: ignore[import-untyped]
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession

from clickstream.contract.java_error import text_of
from clickstream.contract.tables import Table
from clickstream.errors import FolderNotWritable
from clickstream.settings import SinkSettings
from clickstream.sinks.durable import not_writable
from clickstream.sinks.placing import StagedTable
from clickstream.sinks.writing import CsvCopies, ParquetFiles, ParquetFooters


class Staging:
    """Writes the batches of one query aside, table by table: all Parquet first, then CSV of the same files.

    Args:
        tables: the query's tables.
        settings: how many files, and in which form.
        session: the batches' own; what is looked up in its JVM is looked up once.
    """

    def __init__(self, tables: tuple[Table, ...], settings: SinkSettings, session: SparkSession) -> None:
        self._tables = tables
        self._session = session
        self._footers = ParquetFooters(session)
        self._parquet = {table.name: ParquetFiles(table, settings) for table in tables}
        self._csv = {table.name: CsvCopies(table, settings) for table in tables}

    def write_parquet(self, rows: Mapping[str, DataFrame], folder: Path) -> dict[str, dict[Path, int]]:
        """Write every table, computing each once; the rows of its files, in order, without empty ones."""
        by_table: dict[str, dict[Path, int]] = {}
        for table in self._tables:
            files = self._parquet[table.name].write(rows[table.name], folder / table.name / "parquet")
            counts = {file: self._footers.row_count(file) for file in files}
            by_table[table.name] = {file: count for file, count in counts.items() if count}
        return by_table

    def write_csv(self, parquet: Mapping[str, Mapping[Path, int]], folder: Path) -> dict[str, StagedTable]:
        """Write the same files as CSV; what is staged of each table then."""
        return {
            table: StagedTable(
                parquet=tuple(counts),
                csv=tuple(self._csv[table].write(self._session, list(counts), folder / table / "csv"))
                if counts
                else (),
                rows=tuple(counts.values()),
            )
            for table, counts in parquet.items()
        }


@contextmanager
def in_words(output: Path) -> Iterator[None]:
    """Say in words what Spark makes of a full or unwritable disk; any other error passes as it is.

    Raises:
        FolderNotWritable: the disk is full, or the folder may not be written.
    """
    try:
        yield
    except (PySparkException, Py4JJavaError) as error:
        sign = FolderNotWritable.sign_in(text_of(error))
        if sign is None:
            raise
        raise not_writable(output, sign) from error
