"""Tumbling windows by rules 3 and 4: which events count, and in which batch a window is written.

The late filter drops an event whose window ended at or before the watermark of the batch before, and a
window is written by the first batch whose watermark reaches its end. So an event that is kept always
meets its window unwritten, every window and key is written at most once, and no state has to be replayed.
"""

import numpy as np
import polars as pl

from clickstream.check.decode.schema import MOMENT
from clickstream.check.expected.committed import CommittedEvents
from clickstream.check.expected.grouping import group_by
from clickstream.check.expected.kept import Kept
from clickstream.check.expected.late_filter import late_filter
from clickstream.check.history.timeline import window_starts_us
from clickstream.contract.definition.tables import Table


def kept_in_windows(committed: CommittedEvents, table: Table, window_ms: int) -> Kept:
    """The events of every window and group; a null in the group is a separate value."""
    window_us = window_ms * 1_000
    window_start_us = window_starts_us(committed.event_ts_us, window_us)
    late = late_filter(committed, window_start_us + window_us)
    rows = np.flatnonzero(late.kept)
    starts_us = window_start_us[rows]
    grouping = group_by(starts_us // window_us, *(committed.codes(name)[rows] for name in table.group))
    group_start_us = starts_us[grouping.row_of]
    completed_in = committed.timeline.batch_that_completes(group_start_us + window_us)
    starts = pl.Series(group_start_us)
    first_rows = rows[grouping.row_of]
    windows = pl.DataFrame({"window_start": starts, "window_end": starts + window_us}).with_columns(
        pl.all().cast(MOMENT), *(committed.values(name, first_rows) for name in table.group)
    )
    return Kept(committed, rows, grouping, windows, completed_in, late)
