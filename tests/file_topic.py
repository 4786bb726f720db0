"""A topic made of Parquet files: one file is what one micro-batch reads, and no broker is needed."""

from __future__ import annotations

import json
import os
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from pathlib import Path

    from pyspark.sql import DataFrame, SparkSession

DAY = "2026-03-01"
KAFKA_TIME = datetime(2026, 3, 1, 18, 0, tzinfo=timezone.utc)  # noqa: UP017 - plain for any reader


def click(at: str | None = "12:00:00", **fields: Any) -> bytes:
    """An event at a time of day; a test names only the fields that matter to it."""
    when = {} if at is None else {"event_time": f"{DAY}T{at}Z"}
    return json.dumps({**when, **fields}).encode()


class FileTopic:
    """A topic with one partition in a folder; `add` is what arrives before the next micro-batch."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.messages: list[bytes | None] = []
        self._files = 0
        folder.mkdir(parents=True)

    def add(self, *messages: bytes | None) -> None:
        first = len(self.messages)
        records = pl.DataFrame(
            {
                "value": pl.Series(messages, dtype=pl.Binary),
                "partition": pl.Series([0] * len(messages), dtype=pl.Int32),
                "offset": pl.Series(range(first, first + len(messages)), dtype=pl.Int64),
                "timestamp": pl.Series([KAFKA_TIME] * len(messages), dtype=pl.Datetime("us", "UTC")),
            }
        )
        staged = self.folder / f".{self._files:06d}"
        records.write_parquet(staged)
        # Spark reads the oldest file first, and files made in the same millisecond in any order.
        os.utime(staged, (self._files, self._files))
        staged.rename(self.folder / f"{self._files:06d}.parquet")
        self.messages += messages
        self._files += 1

    def records(self, session: SparkSession) -> DataFrame:
        """The stream of the topic's records, one file per micro-batch, oldest first."""
        schema = "value binary, partition int, offset bigint, timestamp timestamp"
        return session.readStream.schema(schema).option("maxFilesPerTrigger", 1).parquet(str(self.folder))


def file_offsets(line: str) -> dict[int, int]:
    """The offset log's line of a file source, read as the offsets of a topic with one partition."""
    return {0: json.loads(line).get("logOffset", -1) + 1}
