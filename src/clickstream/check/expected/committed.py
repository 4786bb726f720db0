"""The decoded events as one query saw them: in which batch each one came, by which watermarks."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from clickstream.check.history.batches import NO_BATCH, Batches
from clickstream.check.history.timeline import BatchIds, Moments, Timeline, timeline_of, without_watermark


@dataclass(frozen=True, slots=True)
class CommittedEvents:
    """The events of one query's committed offsets, and the query's watermarks.

    `events` has the schema `decoded_events`; `event_ts_us` and `batch_ids` have an entry for each.
    """

    events: pl.DataFrame
    event_ts_us: Moments
    batch_ids: BatchIds
    timeline: Timeline

    def where(self, chosen: npt.NDArray[np.bool_]) -> "CommittedEvents":
        """The chosen events, with the watermarks that all events gave."""
        events = self.events.filter(pl.Series(chosen))
        return CommittedEvents(events, self.event_ts_us[chosen], self.batch_ids[chosen], self.timeline)

    def previous_watermark_us(self) -> Moments:
        """For each event the watermark of the batch before its own, which the late filter uses (rule 3)."""
        return self.timeline.previous_us[self.batch_ids]

    def places(self, chosen: npt.NDArray[np.bool_]) -> pl.DataFrame:
        """Partition and offset of the chosen events."""
        return self.events.select("kafka_partition", "kafka_offset").filter(pl.Series(chosen))

    def values(self, column: str, rows: npt.NDArray[np.int64]) -> pl.Series:
        """The values of a column at some places; strings are plain."""
        values = self.events[column].gather(rows)
        return values.cast(pl.String) if isinstance(values.dtype, pl.Categorical) else values

    def codes(self, column: str) -> npt.NDArray[np.int64]:
        """The values of a column as integers that are equal where the values are."""
        values = self.events[column]
        if isinstance(values.dtype, pl.Categorical):
            return values.to_physical().cast(pl.Int64).fill_null(-1).to_numpy()
        return values.rank("dense").cast(pl.Int64).fill_null(-1).to_numpy()


def committed_events(
    events: pl.DataFrame, batches: Batches, watermark_delay_ms: int | None
) -> CommittedEvents:
    """Of decoded events those that the query has committed, in the same order.

    `watermark_delay_ms` is None for a query without windows, which runs without a watermark: always 0.
    """
    batch_ids = batch_ids_of(events, batches)
    inside = batch_ids != NO_BATCH
    if not inside.all():
        events, batch_ids = events.filter(pl.Series(inside)), batch_ids[inside]
    event_ts_us = events["event_ts"].cast(pl.Int64).to_numpy()
    timeline = (
        without_watermark(len(batches))
        if watermark_delay_ms is None
        else timeline_of(event_ts_us, batch_ids, len(batches), watermark_delay_ms)
    )
    return CommittedEvents(events, event_ts_us, batch_ids, timeline)


def batch_ids_of(rows: pl.DataFrame, batches: Batches) -> BatchIds:
    """The batch of each row with `kafka_partition` and `kafka_offset`, `NO_BATCH` where none read it."""
    return batches.batch_of(rows["kafka_partition"].to_numpy(), rows["kafka_offset"].to_numpy())
