"""page_metrics: events, approximate users and sessions, purchases and revenue by window and page."""

import numpy as np
import polars as pl

from clickstream.check.batches import NO_BATCH
from clickstream.check.expected.committed import CommittedEvents
from clickstream.check.expected.rows import BATCH, SUM_TOLERANCE, Expected, tolerance_of
from clickstream.check.expected.tumbling import tumble
from clickstream.check.hyperloglog import approx_count_distinct
from clickstream.contract.event import PURCHASE


def expected_page_metrics(committed: CommittedEvents, window_ms: int) -> Expected:
    """Every completed window and page; a null page is a group of its own."""
    groups = tumble(committed, ("page",), window_ms)
    kept, grouping = groups.kept, groups.grouping
    revenue = committed.events["revenue"].fill_null(0.0).to_numpy()[kept]
    is_purchase = committed.events.select((pl.col("event_type") == PURCHASE).fill_null(value=False))
    rows = groups.rows(committed, ("page",)).with_columns(
        pageviews=pl.Series(grouping.count()),
        unique_users=pl.Series(approx_count_distinct(grouping, committed.events["user_id"], kept)),
        unique_sessions=pl.Series(approx_count_distinct(grouping, committed.events["session_id"], kept)),
        purchases=pl.Series(grouping.count(is_purchase.to_series().to_numpy()[kept])),
        revenue=pl.Series(grouping.sum(revenue)),
        **{
            BATCH: pl.Series(groups.completed_in),
            tolerance_of("revenue"): pl.Series(grouping.sum(np.abs(revenue)) * SUM_TOLERANCE),
        },
    )
    return Expected(
        rows.filter(pl.col(BATCH) != NO_BATCH),
        groups.open_windows,
        committed.places(~groups.kept),
        groups.before_1970,
    )
