"""Rows of one table to Parquet and CSV files in a staging folder, by Spark."""

import re
from collections.abc import Mapping
from functools import reduce
from pathlib import Path
from typing import Any

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's users know
from pyspark.sql.types import (
    BinaryType,
    DataType,
    DoubleType,
    IntegerType,
    LongType,
    StringType,
    StructField,
    StructType,
    TimestampType,
)

from clickstream.contract.layout import DATE_COLUMN, local_uri
from clickstream.contract.tables import ColumnType, Table
from clickstream.settings import SinkSettings

CSV_OPTIONS: Mapping[str, str] = {
    "header": "true",
    "quote": '"',
    # Quotes are doubled, as RFC 4180 has it and every reader knows; Spark's default is a backslash.
    "escape": '"',
    # An empty string is written as "", a null as nothing.
    "nullValue": "",
    "emptyValue": '""',
    "ignoreLeadingWhiteSpace": "false",
    "ignoreTrailingWhiteSpace": "false",
    # Spark's default ends at milliseconds.
    "timestampFormat": "yyyy-MM-dd'T'HH:mm:ss.SSSSSSXXX",
    "encoding": "UTF-8",
    "lineSep": "\n",
}
"""How the CSV files are written: every string, number and time reads back as it was."""

_FILES_PER_JOB = 50
"""A union's price grows with the square of its parts; a batch has more than a few only by date."""


class ParquetFiles:
    """Writes the rows of a table to Parquet files; what can be built once is built once."""

    def __init__(self, table: Table, settings: SinkSettings) -> None:
        self._settings = settings
        self._date = _date_of(table) if settings.partition_by_date else None

    def write(self, rows: DataFrame, folder: Path) -> list[Path]:
        """Write at most OUTPUT_FILES_PER_BATCH files, or more by MAX_RECORDS_PER_FILE and by date.

        Computes `rows` exactly once. Returns the files in the order of their dates and rows, those without
        rows too; with PARTITION_BY_DATE each lies in the folder of its date.
        """
        _prepare(folder)
        few = rows.coalesce(self._settings.files_per_batch)
        if self._date is not None:
            few = few.withColumn(DATE_COLUMN, self._date)
        writer = (
            few.write.mode("append")
            .option("maxRecordsPerFile", self._settings.max_records_per_file)
            .option("compression", "zstd")
        )
        (writer if self._date is None else writer.partitionBy(DATE_COLUMN)).parquet(local_uri(folder))
        pattern = "part-*.parquet" if self._date is None else f"{DATE_COLUMN}=*/part-*.parquet"
        return sorted(folder.glob(pattern))


class CsvCopies:
    """Writes Parquet files of a table again as CSV; what can be built once is built once.

    Reading back what has just been written costs a fraction of computing a batch a second time, and what
    is compared later cannot have been computed twice.
    """

    def __init__(self, table: Table, settings: SinkSettings) -> None:
        self._options = {**CSV_OPTIONS, "compression": settings.csv_compression}
        self._schema = StructType(
            [StructField(column.name, _SPARK_TYPE[column.type]) for column in table.columns]
        )
        self._columns = [
            F.base64(column.name).alias(column.name)
            if column.type is ColumnType.BYTES
            else F.col(column.name)
            for column in table.columns
        ]

    def write(self, session: SparkSession, parquet_files: list[Path], folder: Path) -> list[Path]:
        """Write one CSV file per Parquet file, file k with the rows of file k; returned in that order."""
        reader = session.read.schema(self._schema)
        written: list[Path] = []
        for first in range(0, len(parquet_files), _FILES_PER_JOB):
            files = parquet_files[first : first + _FILES_PER_JOB]
            # One partition per file: a union keeps the order of its parts.
            parts = [reader.parquet(_literal(file)).select(*self._columns).coalesce(1) for file in files]
            target = folder / f"{first:05d}"
            _prepare(target)
            reduce(DataFrame.union, parts).write.mode("append").options(**self._options).csv(
                local_uri(target)
            )
            written += sorted(target.glob("part-*.csv*"))
        return written


class ParquetFooters:
    """Reads the footers of Parquet files; looking the JVM's classes up costs more than reading one."""

    def __init__(self, session: SparkSession) -> None:
        jvm: Any = session.sparkContext._jvm
        self._path = jvm.org.apache.hadoop.fs.Path
        self._input_file = jvm.org.apache.parquet.hadoop.util.HadoopInputFile
        self._reader = jvm.org.apache.parquet.hadoop.ParquetFileReader
        self._configuration = session.sparkContext._jsc.hadoopConfiguration()

    def row_count(self, parquet_file: Path) -> int:
        """Rows of a file, from its footer alone."""
        place = self._path(local_uri(parquet_file))
        reader = self._reader.open(self._input_file.fromPath(place, self._configuration))
        try:
            return int(reader.getRecordCount())
        finally:
            reader.close()


def _date_of(table: Table) -> Column:
    """The UTC date of a row as YYYY-MM-DD, null outside the years 1 to 9999."""
    moment = F.col(table.dated_by)
    return F.when(F.year(moment).between(1, 9999), F.date_format(moment, "yyyy-MM-dd"))


def compute(rows: DataFrame) -> None:
    """Compute the rows and keep nothing: a stateful query needs its batch consumed whole."""
    rows.write.format("noop").mode("append").save()


def _prepare(folder: Path) -> None:
    """Make the folders of a write down to the committer's own: Hadoop starts a `chmod` for each it makes."""
    (folder / "_temporary" / "0").mkdir(parents=True)


def _literal(path: Path) -> str:
    """The path for Spark's reader, which takes some characters of a name for patterns."""
    return re.sub(r"([\\*?\[\]{}])", r"\\\1", local_uri(path))


_SPARK_TYPE: Mapping[ColumnType, DataType] = {
    ColumnType.STRING: StringType(),
    ColumnType.INT32: IntegerType(),
    ColumnType.INT64: LongType(),
    ColumnType.FLOAT64: DoubleType(),
    ColumnType.TIMESTAMP: TimestampType(),
    ColumnType.BYTES: BinaryType(),
}
