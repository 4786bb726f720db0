"""Tumbling windows by rules 3 and 4: which events count, and in which batch a window is written.

The late filter drops an event whose window ended at or before the watermark of the batch before, and a
window is written by the first batch whose watermark reaches its end. So an event that is kept always
meets its window unwritten, every window and key is written at most once, and no state has to be replayed.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from clickstream.check.batches import NO_BATCH
from clickstream.check.expected.committed import CommittedEvents
from clickstream.check.grouping import Grouping, group_by
from clickstream.check.schema import MOMENT
from clickstream.check.timeline import FIRST_WATERMARK_US, BatchIds, Moments


@dataclass(frozen=True, slots=True)
class TumblingGroups:
    """The kept events by window and key.

    `kept` tells the events that count, `before_1970` how many of the others are in windows that end by
    1970-01-01; `grouping` is over those that count. `window_start_us` and `completed_in` have
    an entry per group; `completed_in` is `NO_BATCH` where the window is still open.
    """

    kept: npt.NDArray[np.bool_]
    before_1970: int
    grouping: Grouping
    window_start_us: Moments
    window_us: int
    completed_in: BatchIds

    @property
    def open_windows(self) -> int:
        """How many windows and keys the watermark has not passed yet."""
        return int((self.completed_in == NO_BATCH).sum())

    def rows(self, committed: CommittedEvents, keys: tuple[str, ...]) -> pl.DataFrame:
        """Window and key columns of each group, as strings and moments."""
        row_of = np.flatnonzero(self.kept)[self.grouping.row_of]
        starts = pl.Series(self.window_start_us)
        return pl.DataFrame({"window_start": starts, "window_end": starts + self.window_us}).with_columns(
            pl.all().cast(MOMENT), *(committed.events[key].gather(row_of).cast(pl.String) for key in keys)
        )


def tumble(committed: CommittedEvents, keys: tuple[str, ...], window_ms: int) -> TumblingGroups:
    """Drop what is late and group the rest by window and `keys`, which are dictionary-encoded columns."""
    window_us = window_ms * 1_000
    # Floored, so that windows before 1970 are aligned like those after it.
    window_start_us = committed.event_ts_us - committed.event_ts_us % window_us
    kept = window_start_us + window_us > committed.previous_watermark_us()
    starts = window_start_us[kept]
    grouping = group_by(starts // window_us, *(committed.codes(key)[kept] for key in keys))
    group_start_us = starts[grouping.row_of]
    completed_in = committed.timeline.batch_that_completes(group_start_us + window_us)
    before_1970 = int((window_start_us + window_us <= FIRST_WATERMARK_US).sum())
    return TumblingGroups(kept, before_1970, grouping, group_start_us, window_us, completed_in)
