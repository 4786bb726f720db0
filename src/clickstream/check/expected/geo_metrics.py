"""geo_metrics: events by window, country and browser."""

import polars as pl

from clickstream.check.batches import NO_BATCH
from clickstream.check.expected.committed import CommittedEvents
from clickstream.check.expected.rows import BATCH, Expected
from clickstream.check.expected.tumbling import tumble

_KEYS = ("country", "browser")


def expected_geo_metrics(committed: CommittedEvents, window_ms: int) -> Expected:
    """Every completed window, country and browser; a null country or browser is a group of its own."""
    groups = tumble(committed, _KEYS, window_ms)
    rows = groups.rows(committed, _KEYS).with_columns(
        events=pl.Series(groups.grouping.count()), **{BATCH: pl.Series(groups.completed_in)}
    )
    return Expected(
        rows.filter(pl.col(BATCH) != NO_BATCH),
        groups.open_windows,
        committed.places(~groups.kept),
        groups.before_1970,
    )
