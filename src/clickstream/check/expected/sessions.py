"""Session windows: every completed session of a group, with its measures."""

import numpy as np
import polars as pl

from clickstream.check.decode.schema import BATCH, MOMENT
from clickstream.check.expected.committed import CommittedEvents
from clickstream.check.expected.grouping import Grouping, group_by
from clickstream.check.expected.groups import Groups, with_measures
from clickstream.check.expected.late_filter import late_filter
from clickstream.check.expected.rows import Expected
from clickstream.check.expected.session_fold import fold_sessions
from clickstream.check.history.batches import NO_BATCH
from clickstream.contract.definition.tables import PolarsHalf, Table


def expected_sessions(committed: CommittedEvents, table: Table, half: PolarsHalf, gap_ms: int) -> Expected:
    """Every completed session; events with a null in their group have none."""
    known = committed.events.select(pl.all_horizontal(pl.col(table.group).is_not_null())).to_series()
    committed = committed.where(known.to_numpy())
    gap_us = gap_ms * 1_000
    late = late_filter(committed, committed.event_ts_us + gap_us)
    in_order = np.flatnonzero(late.kept)[np.argsort(committed.batch_ids[late.kept], kind="stable")]
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
    groups = Groups(committed, in_order, Grouping(session_of_event, event_of))
    measured = with_measures(rows, table, half(groups)).with_columns(pl.Series(BATCH, sessions.completed_in))
    return Expected(
        measured.filter(pl.col(BATCH) != NO_BATCH),
        open_windows=int((sessions.completed_in == NO_BATCH).sum()),
        late_events=late.late_events,
        before_1970=late.before_1970,
    )
