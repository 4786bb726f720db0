"""Rows of one table to Parquet and CSV files in a staging folder, by Spark."""

import re
from collections.abc import Mapping
from functools import reduce
from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame, SparkSession
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
    "compression": "none",
}
"""How the CSV files are written: every string, number and time reads back as it was."""


def write_parquet(rows: DataFrame, folder: Path, settings: SinkSettings) -> list[Path]:
    """Write the rows to at most OUTPUT_FILES_PER_BATCH files, or more by MAX_RECORDS_PER_FILE.

    Computes `rows` exactly once. Returns the files in the order of their rows, those without rows too.
    """
    _prepare(folder)
    (
        rows.coalesce(settings.files_per_batch)
        .write.mode("append")
        .option("maxRecordsPerFile", settings.max_records_per_file)
        .option("compression", "zstd")
        .parquet(str(folder))
    )
    return sorted(folder.glob("part-*.parquet"))


class CsvCopies:
    """Writes Parquet files of a table again as CSV; what can be built once is built once.

    Reading back what has just been written costs a fraction of computing a batch a second time, and what
    is compared later cannot have been computed twice.
    """

    def __init__(self, table: Table) -> None:
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
        # One partition per file: a union keeps the order of its parts.
        parts = [reader.parquet(_literal(file)).select(*self._columns).coalesce(1) for file in parquet_files]
        _prepare(folder)
        reduce(DataFrame.union, parts).write.mode("append").options(**CSV_OPTIONS).csv(str(folder))
        return sorted(folder.glob("part-*.csv"))


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
        place = self._path(str(parquet_file))
        reader = self._reader.open(self._input_file.fromPath(place, self._configuration))
        try:
            return int(reader.getRecordCount())
        finally:
            reader.close()


def compute(rows: DataFrame) -> None:
    """Compute the rows and keep nothing: a stateful query needs its batch consumed whole."""
    rows.write.format("noop").mode("append").save()


def _prepare(folder: Path) -> None:
    """Make the folders of a write down to the committer's own: Hadoop starts a `chmod` for each it makes."""
    (folder / "_temporary" / "0").mkdir(parents=True)


def _literal(path: Path) -> str:
    """The path for Spark's reader, which takes some characters of a name for patterns."""
    return re.sub(r"([\\*?\[\]{}])", r"\\\1", str(path))


_SPARK_TYPE: Mapping[ColumnType, DataType] = {
    ColumnType.STRING: StringType(),
    ColumnType.INT32: IntegerType(),
    ColumnType.INT64: LongType(),
    ColumnType.FLOAT64: DoubleType(),
    ColumnType.TIMESTAMP: TimestampType(),
    ColumnType.BYTES: BinaryType(),
}
