"""A topic of several partitions in a folder of files, cut into micro-batches by hand; no broker is needed."""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from clickstream.contract.records import TopicRecords

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from pyspark.sql import DataFrame, SparkSession

    from clickstream.contract.records import OffsetRange

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)  # noqa: UP017 - plain for any reader


class Arriving(NamedTuple):
    """A record before it has an offset."""

    partition: int
    timestamp_ms: int
    value: bytes | None


class CutTopic:
    """Each `cut` is what one micro-batch of every query reads; a cut may be empty."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: dict[int, list[Arriving]] = {}
        self._ends_after: list[dict[int, int]] = [{}]
        folder.mkdir(parents=True)

    def cut(self, records: Iterable[Arriving]) -> None:
        rows = []
        for record in records:
            partition = self._kept.setdefault(record.partition, [])
            rows.append((record.value, record.partition, len(partition), record.timestamp_ms))
            partition.append(record)
        frame = pl.DataFrame(
            {
                "value": pl.Series([row[0] for row in rows], dtype=pl.Binary),
                "partition": pl.Series([row[1] for row in rows], dtype=pl.Int32),
                "offset": pl.Series([row[2] for row in rows], dtype=pl.Int64),
                "timestamp": pl.Series(
                    [_EPOCH + timedelta(milliseconds=row[3]) for row in rows], dtype=pl.Datetime("us", "UTC")
                ),
            }
        )
        number = len(self._ends_after)
        staged = self._folder / f".{number:06d}"
        frame.write_parquet(staged)
        # Spark reads the oldest file first, and files made in the same millisecond in any order.
        os.utime(staged, (number, number))
        staged.rename(self._folder / f"{number:06d}.parquet")
        self._ends_after.append({partition: len(kept) for partition, kept in sorted(self._kept.items())})

    def records(self, session: SparkSession) -> DataFrame:
        """The stream of the topic's records, one cut per micro-batch."""
        schema = "value binary, partition int, offset bigint, timestamp timestamp"
        return session.readStream.schema(schema).option("maxFilesPerTrigger", 1).parquet(str(self._folder))

    def offsets_in(self, line: str) -> dict[int, int]:
        """The offset log's line of a file source, as the end offsets of a topic's partitions."""
        return self._ends_after[json.loads(line).get("logOffset", -1) + 1]

    def ranges(self) -> dict[int, OffsetRange]:
        """Begin and end offset of each partition."""
        return {partition: (0, len(kept)) for partition, kept in self._kept.items()}

    def read(self, ranges: Mapping[int, OffsetRange]) -> Iterable[TopicRecords]:
        """The records of each partition's `[start, end)`, as the checker asks for them."""
        for partition, (start, end) in ranges.items():
            kept = self._kept[partition][start:end]
            yield TopicRecords(
                partitions=[partition] * len(kept),
                offsets=list(range(start, end)),
                timestamps_ms=[record.timestamp_ms for record in kept],
                values=[record.value for record in kept],
            )
