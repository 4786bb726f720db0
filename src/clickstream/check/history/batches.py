"""The micro-batches of one query: which offsets each one read, and in which batch a record was."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from clickstream.check.findings import Code, Finding
from clickstream.check.history.spark_log import SparkLog
from clickstream.contract.records import OffsetRange
from clickstream.contract.run.batch_record import BatchRecord
from clickstream.contract.run.skipped import NOTHING_SKIPPED, SkippedRecords

NO_BATCH = -1
"""The batch of a record that the query has not committed."""

Offsets = Mapping[int, OffsetRange]


@dataclass(frozen=True, slots=True)
class Batches:
    """The offsets of batches 0, 1, 2, … of one query, by partition; what the whole query has committed."""

    query: str
    offsets: tuple[Offsets, ...]

    def __len__(self) -> int:
        return len(self.offsets)

    @property
    def committed(self) -> dict[int, OffsetRange]:
        """From the first offset of each partition to the one after the last."""
        spans: dict[int, OffsetRange] = {}
        for offsets in self.offsets:
            for partition, (start, end) in offsets.items():
                first, last = spans.get(partition, (start, end))
                spans[partition] = (min(first, start), max(last, end))
        return spans

    @property
    def offsets_read(self) -> int:
        """How many offsets all batches cover: at least as many as records, as transactions leave gaps."""
        return sum(end - start for offsets in self.offsets for start, end in offsets.values())

    @property
    def with_offsets(self) -> int:
        """How many batches read at least one offset."""
        return sum(any(start < end for start, end in offsets.values()) for offsets in self.offsets)

    def batch_of(
        self, partitions: npt.NDArray[np.int32], offsets: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.int32]:
        """The batch that read each record, `NO_BATCH` where none did."""
        batch_ids = np.full(len(offsets), NO_BATCH, dtype=np.int32)
        for partition in np.unique(partitions).tolist():
            spans = sorted(
                (*by_partition[partition], batch_id)
                for batch_id, by_partition in enumerate(self.offsets)
                if partition in by_partition and by_partition[partition][0] < by_partition[partition][1]
            )
            if not spans:
                continue
            starts, ends, ids = (np.array(column) for column in zip(*spans, strict=True))
            here = np.flatnonzero(partitions == partition)
            span = np.searchsorted(starts, offsets[here], side="right") - 1
            inside = (span >= 0) & (offsets[here] < ends[span])
            batch_ids[here[inside]] = ids[span[inside]]
        return batch_ids


def put_in_order(
    query: str, records: Mapping[int, BatchRecord], log: SparkLog, skipped: SkippedRecords = NOTHING_SKIPPED
) -> tuple[Batches, list[Finding]]:
    """The batches of one query from 0 to the last, and where their records leave gaps or overlap.

    A batch without a usable record gets the offsets that its neighbours and Spark's log leave to it, so
    that one lost record does not make every later row wrong. A gap that only skipped records leave is none.
    """
    findings: list[Finding] = []
    in_order: list[Offsets] = []
    ends: dict[int, int] = {}
    last = max((*records, *log.committed), default=-1)
    for batch_id in range(last + 1):
        record = records.get(batch_id)
        if record is None:
            findings.append(_missing(query, batch_id))
            offsets = _left_over(batch_id, ends, records, log, skipped)
        else:
            offsets = record.offsets
            if batch_id:
                findings += _breaks(query, batch_id, ends, offsets, skipped)
        in_order.append(offsets)
        ends.update({partition: end for partition, (_, end) in offsets.items()})
    return Batches(query, tuple(in_order)), findings


def _left_over(
    batch_id: int,
    ends: Mapping[int, int],
    records: Mapping[int, BatchRecord],
    log: SparkLog,
    skipped: SkippedRecords,
) -> Offsets:
    before = ends if batch_id else (log.start_offsets or {})
    starts = {partition: skipped.past(partition, end) for partition, end in before.items()}
    logged = log.offsets.get(batch_id)
    if logged is not None:
        ends_here, _ = logged
    else:
        later = min((known for known in records if known > batch_id), default=None)
        following = records[later].offsets if later is not None else {}
        ends_here = {partition: start for partition, (start, _) in following.items()}
    return {
        partition: (start, max(start, ends_here.get(partition, start)))
        for partition in sorted({*starts, *ends_here})
        for start in [starts.get(partition, 0)]
    }


def _breaks(
    query: str, batch_id: int, ends: Mapping[int, int], offsets: Offsets, skipped: SkippedRecords
) -> list[Finding]:
    broken = [
        f"partition {partition} begins at {start:,}, the batch before ended at {ends.get(partition, 0):,}"
        for partition, (start, _) in sorted(offsets.items())
        if not skipped.lead(partition, ends.get(partition, 0), start)
    ]
    broken += [f"partition {partition} is not in it" for partition in sorted({*ends} - {*offsets})]
    if not broken:
        return []
    sentence = f"Batch {batch_id} of {query} does not begin where batch {batch_id - 1} ended: {broken[0]}."
    return [Finding(Code.OFFSETS_BROKEN, sentence, query=query, batch_id=batch_id, details=tuple(broken))]


def _missing(query: str, batch_id: int) -> Finding:
    return Finding(
        Code.RECORD_MISSING,
        f"Batch {batch_id} of {query} has run, but there is no usable record of it.",
        query=query,
        batch_id=batch_id,
    )
