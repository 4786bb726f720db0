"""What the lost record of a batch said, where its neighbours and Spark's log still tell it."""

import json
from collections.abc import Mapping

from clickstream.check.run import Query
from clickstream.check.spark_log import SparkLog
from clickstream.check.timeline import Timeline
from clickstream.contract.batch import BatchRecord, LandedTable
from clickstream.contract.layout import Layout
from clickstream.contract.records import OffsetRange
from clickstream.contract.tables import tables_of
from clickstream.contract.terms import RunTerms

_US_PER_MS = 1_000


class LostRecords:
    """Answers for one query.

    Args:
        query: its batches and usable records.
        log: what is left of Spark's log of it.
        timeline: its watermarks, recomputed from the topic.
        terms: the run's.
        query_id: Spark's id of the query; None where nothing tells it.
        ranges: the offsets that the topic has.
    """

    def __init__(
        self,
        query: Query,
        log: SparkLog,
        *,
        timeline: Timeline,
        terms: RunTerms,
        query_id: str | None,
        ranges: Mapping[int, OffsetRange],
    ) -> None:
        self._query = query
        self._log = log
        self._timeline = timeline
        self._terms = terms
        self._query_id = query_id
        # Where a run begins at the topic's beginning, and no record was deleted since, that is offset 0.
        from_zero = terms.starting_offsets == "earliest" and all(first == 0 for first, _ in ranges.values())
        self._start_known = log.start_offsets is not None or from_zero

    def record(self, batch_id: int) -> BatchRecord | str:
        """The record without files, or why there can be none."""
        name = self._query.batches.query
        if not (self.begins_known(batch_id) and self.ends_known(batch_id)):
            return "neither the records beside it nor Spark's log tell which offsets the batch read"
        if self._query_id is None:
            return "no other record and no checkpoint tells the query's id"
        contradiction = self.contradiction(batch_id)
        if contradiction:
            return contradiction
        return BatchRecord(
            run_id=self._terms.run_id,
            query=name,
            query_id=self._query_id,
            batch_id=batch_id,
            topic=self._terms.topic,
            offsets=dict(self._query.batches.offsets[batch_id]),
            watermark_ms=self._computed_ms(batch_id),
            previous_watermark_ms=self._computed_ms(batch_id - 1),
            tables={table.name: LandedTable(0, (), ()) for table in tables_of(name)},
        )

    def contradiction(self, batch_id: int) -> str:
        """Where the topic's events give a batch other watermarks than it ran with; empty where they agree.

        Then the events before it were cut into batches in another way than is assumed here.
        """
        for known, computed in (
            (self.watermark_ms(batch_id), self._computed_ms(batch_id)),
            (self.watermark_ms(batch_id - 1), self._computed_ms(batch_id - 1)),
        ):
            if known is not None and known != computed:
                return (
                    f"by the topic's events it ran with watermark {computed}, by the records beside it or "
                    f"Spark's log with {known}"
                )
        return ""

    def first_unknown(self) -> int | None:
        """The first batch of which nothing tells where it ended; None where all are told of."""
        batches = range(len(self._query.batches))
        return next((batch_id for batch_id in batches if not self.ends_known(batch_id)), None)

    def _computed_ms(self, batch_id: int) -> int:
        """The watermark that the topic's events give the batch, 0 before the first."""
        return int(self._timeline.watermarks_us[batch_id]) // _US_PER_MS if batch_id >= 0 else 0

    def begins_known(self, batch_id: int) -> bool:
        """Whether something tells where the batch began."""
        if batch_id in self._query.records:
            return True
        return self.ends_known(batch_id - 1) if batch_id else self._start_known

    def ends_known(self, batch_id: int) -> bool:
        """Whether something tells where the batch ended."""
        told = batch_id in self._query.records or batch_id + 1 in self._query.records
        return told or batch_id in self._log.offsets

    def watermark_ms(self, batch_id: int) -> int | None:
        """The watermark that a batch ran with, as records or Spark's log have it; None where neither does."""
        if batch_id < 0:
            return 0
        logged = self._log.offsets.get(batch_id)
        after = self._query.records.get(batch_id + 1)
        if batch_id in self._query.records:
            return self._query.records[batch_id].watermark_ms
        if logged is not None:
            return logged.watermark_ms
        return None if after is None else after.previous_watermark_ms


def query_id_of(layout: Layout, query: Query) -> str | None:
    """Spark's id of a query: its checkpoint's, else that of its records; None where there is neither."""
    try:
        metadata = layout.query_checkpoint(query.batches.query) / "metadata"
        return str(json.loads(metadata.read_text(encoding="utf-8"))["id"])
    except (OSError, ValueError, LookupError, TypeError):
        return next((record.query_id for record in query.records.values()), None)
