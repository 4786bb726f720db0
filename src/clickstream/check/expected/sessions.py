"""sessions: events, approximate pages and revenue of every session of a user."""

import numpy as np
import polars as pl

from clickstream.check.batches import NO_BATCH
from clickstream.check.expected.committed import CommittedEvents
from clickstream.check.expected.rows import BATCH, SUM_TOLERANCE, Expected, tolerance_of
from clickstream.check.expected.session_fold import fold_sessions
from clickstream.check.grouping import Grouping
from clickstream.check.hyperloglog import approx_count_distinct
from clickstream.check.schema import MOMENT
from clickstream.check.timeline import FIRST_WATERMARK_US


def expected_sessions(committed: CommittedEvents, gap_ms: int) -> Expected:
    """Every completed session; events of a null user have none.

    An event is late when its own window `[event_ts, event_ts + gap)` ended at or before the watermark of
    the batch before (rule 3).
    """
    committed = committed.where(committed.events["user_id"].is_not_null().to_numpy())
    gap_us = gap_ms * 1_000
    kept = committed.event_ts_us + gap_us > committed.previous_watermark_us()
    in_order = np.flatnonzero(kept)[np.argsort(committed.batch_ids[kept], kind="stable")]
    _, user = np.unique(committed.codes("user_id")[in_order], return_inverse=True)
    sessions, session_of_event = fold_sessions(
        user.astype(np.int64),
        committed.event_ts_us[in_order],
        committed.batch_ids[in_order],
        committed.timeline,
        gap_us,
    )
    event_of = np.empty(len(sessions), dtype=np.int64)
    event_of[session_of_event] = np.arange(len(session_of_event))
    grouping = Grouping(session_of_event, event_of)
    revenue = committed.events["revenue"].fill_null(0.0).to_numpy()[in_order]
    user_ids = committed.events["user_id"].gather(in_order[event_of]).cast(pl.String)
    rows = pl.DataFrame(
        {
            "user_id": user_ids,
            "session_start": pl.Series(sessions.start_us).cast(MOMENT),
            "session_end": pl.Series(sessions.last_us + gap_us).cast(MOMENT),
            "events_in_session": pl.Series(grouping.count()),
            "distinct_pages": pl.Series(approx_count_distinct(grouping, committed.events["page"], in_order)),
            "session_revenue": pl.Series(grouping.sum(revenue)),
            BATCH: pl.Series(sessions.completed_in),
            tolerance_of("session_revenue"): pl.Series(grouping.sum(np.abs(revenue)) * SUM_TOLERANCE),
        }
    )
    is_open = pl.col(BATCH) == NO_BATCH
    return Expected(
        rows.filter(~is_open),
        int((sessions.completed_in == NO_BATCH).sum()),
        committed.places(~kept),
        int((committed.event_ts_us + gap_us <= FIRST_WATERMARK_US).sum()),
    )
