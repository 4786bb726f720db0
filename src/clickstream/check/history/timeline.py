"""Rule 2 of the watermark, batch by batch, only from the events."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from clickstream.check.history.batches import NO_BATCH

Moments = npt.NDArray[np.int64]
BatchIds = npt.NDArray[np.int32]

FIRST_WATERMARK_US = 0
"""The watermark of batch 0, 1970-01-01: a window that ends by then is late in every batch."""

Flags = npt.NDArray[np.bool_]

_US_PER_MS = 1_000
_NEVER = np.iinfo(np.int64).min


@dataclass(frozen=True, slots=True)
class Timeline:
    """The watermark of every batch of one query, microseconds since the Unix epoch.

    `watermarks_us[n]` is the one that batch n ran with and emits by (rule 4); `previous_us[n]` that of the
    batch before, by which batch n drops late events (rule 3). Both are whole milliseconds.
    """

    watermarks_us: Moments
    previous_us: Moments

    def __len__(self) -> int:
        return len(self.watermarks_us)

    def batch_that_completes(self, ends_us: Moments) -> BatchIds:
        """The first batch whose watermark reaches each window end; `NO_BATCH` where none does yet."""
        first = np.searchsorted(self.watermarks_us, ends_us, side="left").astype(np.int32)
        return np.where(first < len(self), first, np.int32(NO_BATCH))


def window_starts_us(event_ts_us: Moments, window_us: int) -> Moments:
    """Where the tumbling window of each event begins; before 1970 windows are aligned like those after it."""
    return event_ts_us - event_ts_us % window_us


def is_late(window_end_us: Moments, previous_watermark_us: Moments) -> Flags:
    """Rule 3: whether the window of an event ended at or before the watermark of the batch before its own."""
    return window_end_us <= previous_watermark_us


def timeline_of(event_ts_us: Moments, batch_ids: BatchIds, batches: int, delay_ms: int) -> Timeline:
    """Recompute the watermarks of `batches` batches from the events that the query saw, late ones included.

    Source: docs/semantics.md, rule 2; batch 0 runs with 0.
    """
    newest_us = newest_in_batch(event_ts_us, batch_ids, batches)
    seen_us = np.maximum.accumulate(newest_us[:-1]) if batches > 1 else newest_us[:0]
    # Where nothing was seen yet the watermark stays 0; taking the delay off `_NEVER` would wrap around.
    next_ms = np.where(seen_us == _NEVER, 0, np.maximum(seen_us, 0) // _US_PER_MS - delay_ms)
    watermarks_us = np.zeros(batches, dtype=np.int64)
    watermarks_us[1:] = np.maximum(np.maximum.accumulate(next_ms), 0) * _US_PER_MS
    previous_us = np.zeros(batches, dtype=np.int64)
    previous_us[1:] = watermarks_us[:-1]
    return Timeline(watermarks_us, previous_us)


def without_watermark(batches: int) -> Timeline:
    """What Spark writes down for a query that keeps no watermark: 0 for every batch."""
    return Timeline(np.zeros(batches, dtype=np.int64), np.zeros(batches, dtype=np.int64))


def newest_in_batch(event_ts_us: Moments, batch_ids: BatchIds, batches: int) -> Moments:
    """The largest event_ts of each batch; the smallest int64 where it has no events."""
    newest_us = np.full(batches, _NEVER, dtype=np.int64)
    known = batch_ids != NO_BATCH
    np.maximum.at(newest_us, batch_ids[known], event_ts_us[known])
    return newest_us
