"""Spark's own log of a query, read for a cross-check while it lasts: it keeps its last 100 batches.

`offsets/N` is a line `v1`, a JSON object with `batchWatermarkMs`, and a JSON object per source with the
end offsets; `commits/N` says that batch N has finished; `sources/0/0` holds where batch 0 began.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path

from clickstream.check.findings import Code, Finding

_UNREADABLE = (OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)
"""What reading any bytes at all as an entry can raise; 1e999 is JSON, and no integer."""


@dataclass(frozen=True, slots=True)
class LoggedBatch:
    """What Spark wrote down before batch N ran: end offset of every partition, and the watermark."""

    end_offsets: dict[int, int]
    watermark_ms: int


@dataclass(frozen=True, slots=True)
class SparkLog:
    """What is left of one query's log; all empty where there is no checkpoint."""

    offsets: dict[int, LoggedBatch] = field(default_factory=dict)
    committed: frozenset[int] = frozenset()
    start_offsets: dict[int, int] | None = None


def read_spark_log(checkpoint: Path, query: str) -> tuple[SparkLog, list[Finding]]:
    """Read the log of one query; an entry that cannot be read is a finding, a missing log is none."""
    offsets: dict[int, LoggedBatch] = {}
    start_offsets: dict[int, int] | None = None
    findings: list[Finding] = []
    for batch_id, path in _entries(checkpoint / "offsets").items():
        try:
            offsets[batch_id] = _logged_batch(path.read_text(encoding="utf-8"))
        except _UNREADABLE as error:
            findings.append(_unreadable(path, query, batch_id, error))
    start = checkpoint / "sources" / "0" / "0"
    if start.exists():
        try:
            start_offsets = _start_offsets(start.read_bytes())
        except _UNREADABLE as error:
            findings.append(_unreadable(start, query, 0, error))
    return SparkLog(offsets, frozenset(_entries(checkpoint / "commits")), start_offsets), findings


def _entries(folder: Path) -> dict[int, Path]:
    if not folder.is_dir():
        return {}
    return {int(path.name): path for path in folder.iterdir() if path.name.isascii() and path.name.isdigit()}


def _logged_batch(text: str) -> LoggedBatch:
    _version, metadata, source = text.strip().split("\n")
    return LoggedBatch(_offsets_in(source), int(json.loads(metadata)["batchWatermarkMs"]))


def _start_offsets(content: bytes) -> dict[int, int]:
    # Spark wrote this file with a length prefix once and keeps one zero byte in front for old readers.
    _version, source = content.lstrip(b"\0").decode().strip().split("\n")
    return _offsets_in(source)


def _offsets_in(source: str) -> dict[int, int]:
    (by_partition,) = json.loads(source).values()
    return {int(partition): int(offset) for partition, offset in by_partition.items()}


def _unreadable(path: Path, query: str, batch_id: int, error: Exception) -> Finding:
    return Finding(
        Code.OFFSETS_NOT_SPARKS,
        f"Spark's log entry {path} cannot be read: {type(error).__name__}: {error}.",
        query=query,
        batch_id=batch_id,
    )
