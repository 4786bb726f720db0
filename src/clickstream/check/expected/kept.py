"""What counts of a table with windows, before anything is measured (rules 3 and 4).

An event is late when its window ended at or before the watermark of the batch before. A window is written by
the first batch whose watermark reaches its end. So an event that is kept always meets its window unwritten,
every window and key is written at most once, and no state has to be replayed.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from clickstream.check.decode.schema import BATCH, MOMENT
from clickstream.check.expected.committed import CommittedEvents
from clickstream.check.expected.grouping import Grouping, group_by
from clickstream.check.expected.session_fold import fold_sessions
from clickstream.check.findings import Coverage, NotChecked
from clickstream.check.history.batches import NO_BATCH
from clickstream.check.history.timeline import FIRST_WATERMARK_US, BatchIds, is_late, window_starts_us
from clickstream.contract.definition.tables import Kind, Table


@dataclass(frozen=True, slots=True)
class Expected:
    """The rows that one table must hold.

    `rows` has the table's columns in contract order, `BATCH`, and a `tolerance_of` column for every sum and
    mean; it is empty for a table that is not checked.
    `open_windows` and `late_events` are None for tables without windows; `late_events` has the places
    (`kafka_partition`, `kafka_offset`) of the events that the late filter dropped. `before_1970` counts those
    of them whose window ends by 1970-01-01: the watermark starts there, so that they are always late.
    """

    rows: pl.DataFrame
    open_windows: int | None = None
    late_events: pl.DataFrame | None = None
    before_1970: int | None = None
    coverage: Coverage = Coverage.INDEPENDENT
    not_checked: NotChecked | None = None

    @property
    def late_events_dropped(self) -> int | None:
        """How many events the late filter dropped."""
        return None if self.late_events is None else self.late_events.height


@dataclass(frozen=True, slots=True)
class Kept:
    """The events of a table that are not late, in groups, and those that are.

    `rows` are the places of the events that count among the `committed` ones, `grouping` the group of each.
    `keys` has a row per group with the table's key and bounds; `completed_in` the batch that lands it,
    `NO_BATCH` for none yet. `late_events` has partition and offset of the events that do not count;
    `before_1970` is how many events have a window that ended before Spark's first watermark, which is 1970.
    """

    committed: CommittedEvents
    rows: npt.NDArray[np.int64]
    grouping: Grouping
    keys: pl.DataFrame
    completed_in: BatchIds
    late_events: pl.DataFrame
    before_1970: int

    def expected(
        self,
        rows: pl.DataFrame,
        coverage: Coverage = Coverage.INDEPENDENT,
        not_checked: NotChecked | None = None,
    ) -> Expected:
        """What the table must hold of these rows, which have `BATCH`: those that are complete."""
        return Expected(
            rows.filter(pl.col(BATCH) != NO_BATCH),
            open_windows=int((self.completed_in == NO_BATCH).sum()),
            late_events=self.late_events,
            before_1970=self.before_1970,
            coverage=coverage,
            not_checked=not_checked,
        )


def kept_of(table: Table, committed: CommittedEvents, window_ms: int) -> Kept:
    """The events that count in a table with windows; `window_ms` is their length, or the gap of sessions."""
    keep = _in_sessions if table.kind is Kind.SESSION else _in_windows
    return keep(table, committed, window_ms * 1_000)


def _in_windows(table: Table, committed: CommittedEvents, window_us: int) -> Kept:
    """The events of every window and group; a null in the group is a separate value."""
    window_start_us = window_starts_us(committed.event_ts_us, window_us)
    late, before_1970 = _late(committed, window_start_us + window_us)
    rows = np.flatnonzero(~late)
    starts_us = window_start_us[rows]
    grouping = group_by(starts_us // window_us, *(committed.codes(name)[rows] for name in table.group))
    group_start_us = starts_us[grouping.row_of]
    completed_in = committed.timeline.batch_that_completes(group_start_us + window_us)
    starts = pl.Series(group_start_us)
    first_rows = rows[grouping.row_of]
    windows = pl.DataFrame({"window_start": starts, "window_end": starts + window_us}).with_columns(
        pl.all().cast(MOMENT), *(committed.values(name, first_rows) for name in table.group)
    )
    return Kept(committed, rows, grouping, windows, completed_in, committed.places(late), before_1970)


def _in_sessions(table: Table, committed: CommittedEvents, gap_us: int) -> Kept:
    """The events of every session; those with a null in their group have none."""
    known = committed.events.select(pl.all_horizontal(pl.col(table.group).is_not_null())).to_series()
    committed = committed.where(known.to_numpy())
    late, before_1970 = _late(committed, committed.event_ts_us + gap_us)
    in_order = np.flatnonzero(~late)[np.argsort(committed.batch_ids[~late], kind="stable")]
    owner = group_by(*(committed.codes(name)[in_order] for name in table.group)).of_row
    sessions, session_of_event = fold_sessions(
        owner, committed.event_ts_us[in_order], committed.batch_ids[in_order], committed.timeline, gap_us
    )
    event_of = np.empty(len(sessions), dtype=np.int64)
    event_of[session_of_event] = np.arange(len(session_of_event))
    bounds = pl.DataFrame(
        {
            "session_start": pl.Series(sessions.start_us).cast(MOMENT),
            "session_end": pl.Series(sessions.last_us + gap_us).cast(MOMENT),
        }
    )
    rows = bounds.with_columns(committed.values(name, in_order[event_of]) for name in table.group)
    grouping = Grouping(session_of_event, event_of)
    late_events = committed.places(late)
    return Kept(committed, in_order, grouping, rows, sessions.completed_in, late_events, before_1970)


def _late(
    committed: CommittedEvents, window_end_us: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.bool_], int]:
    """Which events are late, by the ends of their windows, and how many of the windows ended before 1970.

    A session event's own window is `[event_ts, event_ts + gap)`.
    """
    late = is_late(window_end_us, committed.previous_watermark_us())
    return late, int((window_end_us <= FIRST_WATERMARK_US).sum())
