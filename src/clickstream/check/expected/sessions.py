"""Session windows: every completed session of a group, with its measures."""

import numpy as np
import polars as pl

from clickstream.check.decode.schema import MOMENT
from clickstream.check.expected.committed import CommittedEvents
from clickstream.check.expected.grouping import Grouping, group_by
from clickstream.check.expected.kept import Kept
from clickstream.check.expected.late_filter import late_filter
from clickstream.check.expected.session_fold import fold_sessions
from clickstream.contract.definition.tables import Table


def kept_in_sessions(committed: CommittedEvents, table: Table, gap_ms: int) -> Kept:
    """The events of every session; those with a null in their group have none."""
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
    grouping = Grouping(session_of_event, event_of)
    return Kept(committed, in_order, grouping, rows, sessions.completed_in, late)
