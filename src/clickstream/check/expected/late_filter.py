"""Rule 3: an event is late when its window ended at or before the watermark of the batch before."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from clickstream.check.expected.committed import CommittedEvents
from clickstream.check.history.timeline import FIRST_WATERMARK_US, is_late


@dataclass(frozen=True, slots=True)
class LateFilter:
    """Which of the committed events a table counts.

    Attributes:
        kept: for each event whether it counts.
        late_events: partition and offset of the others.
        before_1970: how many events have a window that ended before Spark's first watermark, which is 1970.
    """

    kept: npt.NDArray[np.bool_]
    late_events: pl.DataFrame
    before_1970: int


def late_filter(committed: CommittedEvents, window_end_us: npt.NDArray[np.int64]) -> LateFilter:
    """Divide the events by the ends of their windows, in microseconds since the Unix epoch.

    A session event's own window is `[event_ts, event_ts + gap)`.
    """
    late = is_late(window_end_us, committed.previous_watermark_us())
    before_1970 = int((window_end_us <= FIRST_WATERMARK_US).sum())
    return LateFilter(~late, committed.places(late), before_1970)
