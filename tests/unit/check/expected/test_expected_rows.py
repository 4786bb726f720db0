"""The vectorised rules against the row-by-row reference, over random streams cut into random batches."""

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickstream.check.decode.schema import BATCH, decoded_events, tolerance_of
from clickstream.check.expected.committed import CommittedEvents, committed_events
from clickstream.check.expected.kept import Expected
from clickstream.check.expected.tables import expected_rows
from clickstream.check.history.batches import Batches
from clickstream.clicks.event import CLICK
from clickstream.clicks.tables import GEO_METRICS, PAGE_METRICS, SESSIONS
from clickstream.contract.definition.tables import Column, ColumnType
from clickstream.errors import DefinitionInvalid
from unit.check.reference import (
    Click,
    Replay,
    Terms,
    replay_geo,
    replay_pages,
    replay_sessions,
    watermarks_of,
)

S = 1_000_000
TERMS = Terms(page_window_us=10 * S, geo_window_us=7 * S, gap_us=5 * S, delay_ms=3_000)
T0 = 1_767_225_600 * S


def decoded(clicks_at: list[tuple[int, int, Click]]) -> pl.DataFrame:
    """Clicks at (partition, offset) as decoded events."""
    rows = [
        {
            "kafka_partition": partition,
            "kafka_offset": offset,
            "event_ts": click.ts_us,
            **{
                name: getattr(click, name)
                for name in ("user_id", "session_id", "event_type", "page", "country", "browser", "revenue")
            },
        }
        for partition, offset, click in clicks_at
    ]
    plain = {
        name: pl.Int64 if dtype.is_temporal() else dtype for name, dtype in decoded_events(CLICK).items()
    }
    return pl.DataFrame(rows, schema=plain).cast(dict(decoded_events(CLICK)))


def cut(batches: list[list[Click]], partitions: int = 1) -> tuple[pl.DataFrame, Batches]:
    """The clicks of each batch, dealt to partitions in turn, and the offsets that each batch read."""
    ends = dict.fromkeys(range(partitions), 0)
    offsets, places = [], []
    for clicks in batches:
        starts = dict(ends)
        for number, click in enumerate(clicks):
            partition = number % partitions
            places.append((partition, ends[partition], click))
            ends[partition] += 1
        offsets.append({partition: (starts[partition], ends[partition]) for partition in ends})
    return decoded(places), Batches("any", tuple(offsets))


def committed(batches: list[list[Click]], partitions: int = 1) -> CommittedEvents:
    events, cuts = cut(batches, partitions)
    return committed_events(events, cuts, TERMS.delay_ms)


def assert_same(expected: Expected, replay: Replay) -> None:
    assert expected.late_events_dropped == replay.late_events_dropped
    assert expected.open_windows == replay.open_windows
    moments = [name for name, dtype in expected.rows.schema.items() if dtype.is_temporal()]
    computed = expected.rows.with_columns(pl.col(moments).cast(pl.Int64)).drop(
        pl.selectors.ends_with(tolerance_of(""))
    )
    own, reference = (
        sorted((split(row) for row in rows), key=repr) for rows in (computed.rows(named=True), replay.rows)
    )
    assert [exact for exact, _ in own] == [exact for exact, _ in reference]
    for (_, sums), (_, reference_sums) in zip(own, reference, strict=True):
        assert sums == pytest.approx(reference_sums, abs=1e-9)


def split(row: dict[str, Any]) -> tuple[dict[str, Any], list[float]]:
    """What must be equal, in one order, and what must be near."""
    exact = {name: value for name, value in sorted(row.items()) if not isinstance(value, float)}
    return exact, [value for value in row.values() if isinstance(value, float)]


# Moments on a lattice that window ends, session gaps and watermarks all fall on, and just beside it.
moments = st.builds(
    lambda half_s, beside_us: T0 + half_s * S // 2 + beside_us,
    st.integers(-10, 90),
    st.sampled_from([0, 0, 0, -1_000, 1_000, -1, 1, 999]),
)
clicks = st.builds(
    Click,
    ts_us=moments,
    user_id=st.sampled_from(["user_1", "user_2", None]),
    page=st.sampled_from(["/", "/cart", None]),
    session_id=st.sampled_from(["sess_1", "sess_2", None]),
    event_type=st.sampled_from(["page_view", "purchase"]),
    country=st.sampled_from(["DE", None]),
    browser=st.sampled_from(["Edge", None]),
    revenue=st.one_of(st.none(), st.floats(-100, 100)),
)
future = st.builds(
    Click, ts_us=st.sampled_from([T0 + 86_400 * S, T0 - 10**6 * S, -5 * S, 250_000_000_000 * S])
)
batch_lists = st.lists(st.lists(st.one_of(clicks, clicks, clicks, clicks, future), max_size=8), max_size=10)


@given(batch_lists, st.integers(1, 3))
def test_page_metrics_are_those_of_the_reference(batches, partitions):
    rows = expected_rows(PAGE_METRICS, committed(batches, partitions), TERMS.page_window_us // 1_000)
    assert_same(rows, replay_pages(batches, TERMS))


@given(batch_lists, st.integers(1, 3))
def test_geo_metrics_are_those_of_the_reference(batches, partitions):
    rows = expected_rows(GEO_METRICS, committed(batches, partitions), TERMS.geo_window_us // 1_000)
    assert_same(rows, replay_geo(batches, TERMS))


@given(batch_lists, st.integers(1, 3))
def test_sessions_are_those_of_the_reference(batches, partitions):
    rows = expected_rows(SESSIONS, committed(batches, partitions), TERMS.gap_us // 1_000)
    assert_same(rows, replay_sessions(batches, TERMS))


@given(batch_lists)
def test_watermarks_are_those_of_the_reference(batches):
    timeline = committed(batches).timeline
    assert (timeline.watermarks_us // 1_000).tolist() == watermarks_of(batches, TERMS.delay_ms)


@given(st.integers(0, 2**32))
def test_sessions_of_a_long_stream_in_many_batches_are_those_of_the_reference(seed):
    random = np.random.default_rng(seed)
    batches = [
        [
            Click(
                ts_us=T0 + int(number * S + random.integers(-8 * S, 2 * S)),
                user_id=f"user_{random.integers(3)}",
                revenue=float(random.integers(10)),
            )
            for _ in range(random.integers(0, 4))
        ]
        for number in range(60)
    ]
    assert_same(
        expected_rows(SESSIONS, committed(batches), TERMS.gap_us // 1_000), replay_sessions(batches, TERMS)
    )


# The story of one window, [0 s, 10 s) with a delay of 3 s: each test tells where the watermark stands.


def windows(batches: list[list[Click]]) -> Expected:
    return expected_rows(PAGE_METRICS, committed(batches), 10_000)


def at(seconds: float, **fields: Any) -> Click:
    return Click(ts_us=T0 + round(seconds * S), **fields)


def test_a_window_is_written_by_the_first_batch_whose_watermark_reaches_its_end():
    # 13 s in batch 0 make batch 1 run with exactly 10 s.
    rows = windows([[at(1), at(13)], []]).rows
    assert rows["batch_id"].to_list() == [1]
    assert rows["pageviews"].to_list() == [1]


def test_a_window_stays_open_while_the_watermark_is_a_millisecond_short():
    expected = windows([[at(1), at(12.999)], [], []])
    assert expected.rows.is_empty()
    assert expected.open_windows == 2


def test_an_event_is_late_only_by_the_watermark_of_the_batch_before():
    # Batch 1 runs with 10 s and writes the window; its own late event still counts, batch 2's does not.
    expected = windows([[at(1), at(13)], [at(2)], [at(3)]])
    assert expected.rows["pageviews"].to_list() == [2]
    assert expected.late_events_dropped == 1


def test_late_events_move_no_watermark_and_future_events_move_it_for_everybody():
    expected = windows([[at(86_400)], [at(1)], [at(2)]])
    # Batch 1 still keeps its event, as batch 0 ran with 0, and writes it at once.
    assert expected.rows["batch_id"].to_list() == [1]
    assert expected.late_events_dropped == 1


def test_events_before_1970_are_late_from_the_first_batch_on():
    expected = windows([[Click(ts_us=-11 * S), Click(ts_us=-1)]])
    # The window that ends at 0 has passed by the watermark 0, too.
    assert expected.late_events_dropped == 2


def sessions(batches: list[list[Click]]) -> list[tuple[float, float, int]]:
    rows = expected_rows(SESSIONS, committed(batches), 5_000).rows.sort("session_start")
    return [
        ((start - T0) / S, (end - T0) / S, batch)
        for start, end, batch in rows.select(
            pl.col("session_start", "session_end").cast(pl.Int64), BATCH
        ).iter_rows()
    ]


def test_sessions_that_touch_are_one_and_a_microsecond_more_parts_them():
    assert sessions([[at(0), at(5), at(100)], []]) == [(0, 10, 1)]
    assert sessions([[at(0), at(5.000001), at(100)], []]) == [(0, 5, 1), (5.000001, 10.000001, 1)]


def test_a_session_is_written_when_the_watermark_reaches_its_end_to_the_millisecond():
    # 8 s make batch 1 run with exactly 5 s, where the session ends.
    assert sessions([[at(0), at(8)], []]) == [(0, 5, 1)]
    assert sessions([[at(0), at(7.999)], []]) == []


def test_an_event_is_late_for_its_session_a_whole_gap_behind_to_the_microsecond():
    # Batch 2 drops by the 5 s of batch 1: own windows [0 s, 5 s) are gone, those a microsecond later are not.
    assert sessions([[at(8, user_id="b")], [], [at(0)], [at(100)], []]) == [(8, 13, 4)]
    assert sessions([[at(8, user_id="b")], [], [at(0.000001)], [at(100)], []])[0] == (0.000001, 5.000001, 4)


def test_a_late_event_joins_two_open_sessions():
    assert sessions([[at(0), at(8)], [at(4)], [at(100)], []]) == [(0, 13, 3)]


def test_an_event_near_a_written_session_begins_one_of_its_own():
    # 9 s make batch 1 run with 6 s: the session [0 s, 5 s] is written there. The event at 3 s in batch 2
    # is kept, as its own window ends at 8 s, and finds nothing to merge with: it is open until batch 4.
    assert sessions([[at(0), at(9, user_id="b")], [], [at(3)], [at(100)], []])[:2] == [(0, 5, 1), (3, 8, 4)]


def test_null_users_have_no_session_and_move_the_watermark_for_all():
    assert sessions([[at(0), at(1_000, user_id=None)], [], []]) == [(0, 5, 1)]


def test_all_nulls_count_as_no_distinct_value_and_no_revenue():
    rows = expected_rows(
        PAGE_METRICS, committed([[at(1, user_id=None, page=None), at(100)], []]), 10_000
    ).rows
    assert rows.select("page", "unique_users", "unique_sessions", "revenue").rows() == [(None, 0, 0, 0.0)]


@pytest.mark.parametrize(
    ("half", "named"),
    [
        (lambda groups: {"pageviews": groups.count()}, "computes"),
        (lambda groups: {"pageviews": groups.total()}, "total"),
        (lambda groups: {"pageviews": groups.sum("user_id")}, "Float64"),
        (lambda groups: {"pageviews": groups.count(pl.col("speed") > 1)}, "speed"),
    ],
    ids=["other columns", "no such measure", "no number", "no such field"],
)
def test_a_polars_half_that_cannot_be_computed_is_named_with_its_table(half, named: str):
    table = replace(PAGE_METRICS, polars=half)
    with pytest.raises(DefinitionInvalid, match=f"The polars half of table page_metrics .*{named}"):
        expected_rows(table, committed([[at(1)]]), 10_000)


def test_means_and_extremes_ignore_nulls_and_sums_count_them_as_zero():
    measures = {"lowest": "min", "highest": "max", "mean": "mean", "total": "sum"}
    columns = tuple(Column(name, ColumnType.FLOAT64) for name in measures)
    table = replace(
        PAGE_METRICS,
        columns=(*PAGE_METRICS.columns[:3], *columns),
        polars=lambda groups: {name: getattr(groups, how)("revenue") for name, how in measures.items()},
    )
    known = [at(1, page="/", revenue=1.5), at(2, page="/", revenue=None), at(3, page="/", revenue=4.5)]
    batches = [[*known, at(4, page="/none", revenue=None), at(100)], []]
    rows = expected_rows(table, committed(batches), 10_000).rows.sort("page")
    assert rows.select("page", *measures).rows() == [
        ("/", 1.5, 4.5, 3.0, 6.0),
        ("/none", None, None, None, 0.0),
    ]
