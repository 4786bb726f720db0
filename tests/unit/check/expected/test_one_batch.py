"""Tables without a polars half are held to one batch over the events that count."""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given

from clickstream.check.decode.schema import BATCH
from clickstream.check.expected.kept import Expected, kept_of
from clickstream.check.expected.one_batch import MOST_WAVES, OneBatch, Work, rows_of_one_batch
from clickstream.check.expected.tables import expected_rows
from clickstream.check.findings import Coverage
from clickstream.clicks import CLICKS
from clickstream.clicks.tables import PAGE_METRICS, SESSIONS
from clickstream.contract.batch_rows import WAVE
from clickstream.contract.definition.tables import Table
from clickstream.errors import JavaNotFound
from unit.check.expected.test_expected_rows import at, batch_lists, committed

GAP_MS = 5_000


def compute(works: Sequence[Work]) -> None:
    """What the Spark halves of two tables do in one batch, in the plainest way: event by event."""
    for work in works:
        work.rows.mkdir()
        events = pl.read_parquet(work.events)
        assert events[WAVE].n_unique() <= work.waves
        rows = (
            sessions_of(events, work.window_ms)
            if work.table.group == ("user_id",)
            else pages_of(events, work)
        )
        rows.select(work.table.column_names).write_parquet(work.rows / "part-0.parquet")


def sessions_of(events: pl.DataFrame, gap_ms: int) -> pl.DataFrame:
    gap = pl.duration(milliseconds=gap_ms)
    ordered = events.sort(WAVE, "user_id", "event_ts")
    begins = (
        (pl.col("event_ts") - pl.col("event_ts").shift(1) > gap).over(WAVE, "user_id").fill_null(value=True)
    )
    return (
        ordered.with_columns(session=begins.cum_sum())
        .group_by("session", "user_id")
        .agg(
            session_start=pl.col("event_ts").min(),
            session_end=pl.col("event_ts").max() + gap,
            events_in_session=pl.len().cast(pl.Int64),
            distinct_pages=pl.lit(0, pl.Int64),
            session_revenue=pl.lit(0.0),
        )
    )


def pages_of(events: pl.DataFrame, work: Work) -> pl.DataFrame:
    start = pl.col("event_ts").dt.truncate(f"{work.window_ms}ms")
    zeros = {name: pl.lit(0, pl.Int64) for name in ("unique_users", "unique_sessions", "purchases")}
    return (
        events.group_by("page", window_start=start)
        .agg(pageviews=pl.len().cast(pl.Int64), revenue=pl.col("revenue").fill_null(0.0).sum(), **zeros)
        .with_columns(window_end=pl.col("window_start") + pl.duration(milliseconds=work.window_ms))
    )


def by_one_batch(table: Table, batches, window_ms: int, one_batch: OneBatch | None) -> Expected:
    kept = {table: kept_of(table, committed(batches), window_ms)}
    return rows_of_one_batch(kept, {table.name: window_ms}, CLICKS.fields_read, one_batch)[table.name]


def rows_of(expected: Expected, columns: Sequence[str]) -> list[tuple[object, ...]]:
    return expected.rows.select(*columns, BATCH).sort(pl.all()).rows()


@given(batch_lists)
def test_sessions_by_one_batch_are_those_that_the_batches_give(batches) -> None:
    columns = ("user_id", "session_start", "session_end", "events_in_session")
    alone = by_one_batch(SESSIONS, batches, GAP_MS, compute)
    replayed = expected_rows(SESSIONS, committed(batches), GAP_MS)
    if alone.coverage is Coverage.NOT_CHECKED:
        return
    assert rows_of(alone, columns) == rows_of(replayed, columns)
    assert (alone.open_windows, alone.late_events_dropped) == (
        replayed.open_windows,
        replayed.late_events_dropped,
    )


@given(batch_lists)
def test_windows_by_one_batch_are_those_that_the_batches_give(batches) -> None:
    columns = ("window_start", "window_end", "page", "pageviews")
    alone = by_one_batch(PAGE_METRICS, batches, 10_000, compute)
    assert rows_of(alone, columns) == rows_of(
        expected_rows(PAGE_METRICS, committed(batches), 10_000), columns
    )
    assert alone.coverage is Coverage.ONE_BATCH


def test_sessions_that_the_job_kept_apart_are_not_joined() -> None:
    # The session at 0 s has landed when the event at 3 s comes, which one batch would add to it.
    batches = [[at(0), at(9, user_id="b")], [], [at(3)], [at(100)], []]
    alone = by_one_batch(SESSIONS, batches, GAP_MS, compute)
    assert alone.rows.filter(pl.col("user_id") != "b")["events_in_session"].to_list() == [1, 1]


def test_more_such_sessions_than_it_computes_apart_are_not_checked() -> None:
    batches = []
    for step in range(MOST_WAVES + 1):
        batches += [[at(step * 0.1), at(8 + step * 0.1, user_id="b")], []]
    assert by_one_batch(SESSIONS, batches, GAP_MS, compute).not_checked is not None


def test_without_spark_the_table_is_not_checked_and_says_why_and_what_to_do() -> None:
    def no_java(_works: Sequence[Work]) -> None:
        raise JavaNotFound("No Java was found.", next_step="Install Java 21.")

    expected = by_one_batch(SESSIONS, [[at(0), at(100)], []], GAP_MS, no_java)
    assert expected.coverage is Coverage.NOT_CHECKED
    assert expected.not_checked is not None
    assert (expected.not_checked.why, expected.not_checked.next_step) == (
        "No Java was found",
        "Install Java 21.",
    )
    assert expected.open_windows == 1
    nothing = by_one_batch(SESSIONS, [[at(0)], []], GAP_MS, None)
    assert nothing.coverage is Coverage.NOT_CHECKED


def test_a_half_that_is_yet_to_be_written_leaves_its_table_unchecked() -> None:
    def stub(_groups: object) -> dict[str, object]:
        raise NotImplementedError

    expected = expected_rows(replace(SESSIONS, polars=stub), committed([[at(0)], []]), GAP_MS)
    assert expected.not_checked is not None
    assert "stub" in expected.not_checked.why


def test_no_folder_is_left() -> None:
    folders = []

    def noting(works: Sequence[Work]) -> None:
        folders.append(works[0].events.parent)
        compute(works)

    by_one_batch(SESSIONS, [[at(0)], []], GAP_MS, noting)
    assert [folder.exists() for folder in folders] == [False]


@pytest.mark.parametrize("count", [0, 1])
def test_no_events_give_no_rows(count: int) -> None:
    assert by_one_batch(SESSIONS, [[]] * count, GAP_MS, compute).rows.is_empty()
