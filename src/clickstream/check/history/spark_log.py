"""Spark's own log of a query, read for a cross-check while it lasts: it keeps its last 100 batches."""

from dataclasses import dataclass, field
from pathlib import Path

from clickstream.check.findings import Code, Finding
from clickstream.contract.run.query_log import UnreadableEntry, batches_in, end_of_batch, first_offsets


@dataclass(frozen=True, slots=True)
class SparkLog:
    """What is left of one query's log; all empty where there is no checkpoint.

    `offsets` has what Spark wrote down before each batch ran: its end offsets, and the watermark in ms.
    """

    offsets: dict[int, tuple[dict[int, int], int]] = field(default_factory=dict)
    committed: frozenset[int] = frozenset()
    start_offsets: dict[int, int] | None = None


def read_spark_log(checkpoint: Path, query: str) -> tuple[SparkLog, list[Finding]]:
    """Read the log of one query; an entry that cannot be read is a finding, a missing log is none."""
    offsets: dict[int, tuple[dict[int, int], int]] = {}
    start_offsets: dict[int, int] | None = None
    findings: list[Finding] = []
    for batch_id in batches_in(checkpoint / "offsets"):
        try:
            offsets[batch_id] = end_of_batch(checkpoint, batch_id)
        except UnreadableEntry as error:
            findings.append(_unreadable(query, batch_id, error))
    if (checkpoint / "sources" / "0" / "0").exists():
        try:
            start_offsets = first_offsets(checkpoint)
        except UnreadableEntry as error:
            findings.append(_unreadable(query, 0, error))
    return SparkLog(offsets, frozenset(batches_in(checkpoint / "commits")), start_offsets), findings


def _unreadable(query: str, batch_id: int, error: UnreadableEntry) -> Finding:
    sentence = f"Spark's log entry {error}."
    return Finding(Code.OFFSETS_NOT_SPARKS, sentence, query=query, batch_id=batch_id)
