"""Events and rejected messages: every message of the committed offsets, in one of the two."""

import polars as pl

from clickstream.check.expected.committed import CommittedEvents, batch_ids_of
from clickstream.check.expected.rows import BATCH, Expected
from clickstream.check.history.batches import NO_BATCH, Batches


def expected_events(committed: CommittedEvents) -> Expected:
    """Every decoded event, late ones included; strings stay dictionary-encoded."""
    return Expected(committed.events.with_columns(pl.Series(BATCH, committed.batch_ids)))


def expected_rejected(rejected: pl.DataFrame, batches: Batches) -> Expected:
    """Every rejected message with its bytes and reason."""
    rows = rejected.with_columns(pl.Series(BATCH, batch_ids_of(rejected, batches)))
    return Expected(rows.filter(pl.col(BATCH) != NO_BATCH))
