"""The rows of a table over all its events at once, for the check of tables without a polars half."""

from functools import reduce
from pathlib import Path

from py4j.protocol import Py4JJavaError  # type: ignore[import-untyped]
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's users know

from clickstream.contract.batch_rows import WAVE
from clickstream.contract.definition.tables import Table
from clickstream.contract.java_error import root_of
from clickstream.contract.run.layout import local_uri
from clickstream.duration import Duration
from clickstream.errors import DefinitionInvalid
from clickstream.stream.halves import table_rows


def write_rows(
    session: SparkSession, table: Table, window: Duration, *, events: Path, waves: int, rows: Path
) -> None:
    """Compute a table's rows with its Spark half, each wave of events on its own; nothing is late.

    `events` is a Parquet file with the fields that halves read, `event_ts` and `WAVE`. `rows` is the folder
    that gets the rows as Parquet; it does not exist yet. The session is on this machine.

    Raises:
        DefinitionInvalid: the half cannot be computed.
    """
    try:
        everything = session.read.parquet(local_uri(events))
        parts = [
            table_rows(table, everything.where(F.col(WAVE) == wave).drop(WAVE), window, Duration(0))
            for wave in range(waves)
        ]
        reduce(DataFrame.union, parts).write.parquet(local_uri(rows))
    except (PySparkException, Py4JJavaError) as error:
        raise DefinitionInvalid(
            f"The Spark half of table {table.name} cannot be computed as one batch: {root_of(error)}.",
            next_step="Correct it, or give the table a polars half.",
        ) from error
