"""Rows of a micro-batch to Parquet files, by Spark."""

from collections.abc import Sequence
from pathlib import Path

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's users know

from clickstream.contract.run.layout import local_uri


def write_parquet(
    rows: DataFrame, folder: Path, *, compression: str, into_folders: Sequence[str] = (), max_rows: int = 0
) -> None:
    """Compute the rows once and write them, a file or more for each partition that has rows.

    The folder does not exist yet. The values of `into_folders` become folders, such as `dt=2026-01-01`, and
    are not in the files. `max_rows` is the most of a file, 0 for no limit.
    """
    # Down to the committer's own folder: Hadoop starts a `chmod` for each folder that it makes.
    (folder / "_temporary" / "0").mkdir(parents=True)
    writer = (
        rows.write.mode("append").option("compression", compression).option("maxRecordsPerFile", max_rows)
    )
    writer.partitionBy(*into_folders).parquet(local_uri(folder))


def utc_date(moment: Column) -> Column:
    """The UTC date as YYYY-MM-DD, null outside the years 1 to 9999."""
    return F.when(F.year(moment).between(1, 9999), F.date_format(moment, "yyyy-MM-dd"))


def compute(rows: DataFrame) -> None:
    """Compute the rows and keep nothing: a stateful query needs its batch consumed whole."""
    rows.write.format("noop").mode("append").save()
