"""Rows of one table to Parquet and CSV files in a staging folder, by Spark."""

import re
from collections.abc import Mapping
from functools import reduce
from pathlib import Path

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's users know

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


def write_csv(session: SparkSession, table: Table, parquet_files: list[Path], folder: Path) -> list[Path]:
    """Write Parquet files again as CSV: file k has the rows of file k. Returns them in that order.

    Reading back what has just been written costs a fraction of computing a batch a second time, and what
    is compared later cannot have been computed twice.
    """
    columns = [
        F.base64(column.name).alias(column.name) if column.type is ColumnType.BYTES else F.col(column.name)
        for column in table.columns
    ]
    reader = session.read.schema(_schema(table))
    # One partition per file: a union keeps the order of its parts.
    parts = [reader.parquet(_literal(file)).select(*columns).coalesce(1) for file in parquet_files]
    _prepare(folder)
    reduce(DataFrame.union, parts).write.mode("append").options(**CSV_OPTIONS).csv(str(folder))
    return sorted(folder.glob("part-*.csv"))


def row_count(session: SparkSession, parquet_file: Path) -> int:
    """Rows of a Parquet file, from its footer alone."""
    jvm = session.sparkContext._jvm
    assert jvm is not None  # noqa: S101 - a live session has its JVM
    hadoop = jvm.org.apache.parquet.hadoop
    path = jvm.org.apache.hadoop.fs.Path(str(parquet_file))
    configuration = session.sparkContext._jsc.hadoopConfiguration()
    input_file = hadoop.util.HadoopInputFile.fromPath(path, configuration)
    reader = hadoop.ParquetFileReader.open(input_file)
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


def _schema(table: Table) -> str:
    return ", ".join(f"{column.name} {_SPARK_TYPE[column.type]}" for column in table.columns)


_SPARK_TYPE: Mapping[ColumnType, str] = {
    ColumnType.STRING: "string",
    ColumnType.INT32: "int",
    ColumnType.INT64: "bigint",
    ColumnType.FLOAT64: "double",
    ColumnType.TIMESTAMP: "timestamp",
    ColumnType.BYTES: "binary",
}
