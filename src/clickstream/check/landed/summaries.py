"""What landed files say in a few figures: the newest times in them, and how many messages were rejected why.

Only files that are as their records say are read: a damaged Parquet file can take the process with it.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from clickstream.contract.run.batch_record import LandedFile

_FILES_AT_ONCE = 200


def newest_moments(output: Path, entries: Sequence[LandedFile]) -> dict[str, tuple[int, int]]:
    """The newest `event_ts` and `kafka_timestamp` by path, for Parquet files of the table of events.

    Both are in microseconds of the Unix epoch. Files that are missing or damaged are not in it.
    """
    newest: dict[str, tuple[int, int]] = {}
    columns = ("event_ts", "kafka_timestamp")
    for scan in _scans(output, entries):
        found = scan.group_by("path").agg(pl.col(columns).cast(pl.Int64).max()).collect()
        for path, event_us, kafka_us in found.rows():
            newest[Path(path).relative_to(output).as_posix()] = (event_us, kafka_us)
    return newest


def rejected_by_reason(output: Path, entries: Sequence[LandedFile]) -> dict[str, int]:
    """How many messages these Parquet files of the table of rejected ones have, by reason."""
    counts: dict[str, int] = {}
    for scan in _scans(output, entries):
        for reason, count in scan.group_by("reason").len().collect().rows():
            counts[reason] = counts.get(reason, 0) + count
    return counts


def _scans(output: Path, entries: Sequence[LandedFile]) -> Iterator[pl.LazyFrame]:
    for first in range(0, len(entries), _FILES_AT_ONCE):
        some = entries[first : first + _FILES_AT_ONCE]
        files = [output / entry.path for entry in some if _is_as_landed(output, entry)]
        if files:
            yield pl.scan_parquet(files, hive_partitioning=False, glob=False, include_file_paths="path")


def _is_as_landed(output: Path, entry: LandedFile) -> bool:
    try:
        return not entry.difference_of((output / entry.path).read_bytes())
    except OSError:
        return False
