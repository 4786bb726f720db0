"""Sessions past the watermark: a gap of 60 s, a delay of 30 s, one micro-batch at a time.

In the comments `wm` is the watermark that the batch runs with. An event's own window is
`[event_ts, event_ts + 60 s)`; it is dropped when that ends at or before the wm of the batch *before*.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from clickstream.clicks.tables import SESSIONS
from file_topic import click
from story import Story


@pytest.fixture
def visits(session: SparkSession, tmp_path: Path) -> Iterator[Story]:
    story = Story(session, tmp_path, SESSIONS)
    yield story
    story.end()


def visit(user: str, start: str, end: str, events: int, **given: Any) -> dict[str, Any]:
    measures = {"events_in_session": events, "distinct_pages": 0, "session_revenue": 0.0, **given}
    return {"user_id": user, "session_start": start, "session_end": end, **measures}


def test_a_session_is_written_once_when_the_watermark_has_passed_its_end(visits: Story) -> None:
    assert visits.batch(click("12:00:00", user_id="a"), click("12:00:30", user_id="a")) == []
    assert visits.batch(click("12:01:59.999", user_id="b")) == []
    # wm 12:01:29.999: a's session ends at 12:01:30
    assert visits.batch(click("12:02:00", user_id="b")) == []
    # wm 12:01:30
    assert visits.batch(click("12:02:00", user_id="b")) == [visit("a", "12:00:00.000", "12:01:30.000", 2)]
    assert visits.batch(click("12:03:30", user_id="c")) == []
    # wm 12:03:00: b's three events are one session, written once
    assert visits.batch(click("12:03:30", user_id="c")) == [visit("b", "12:01:59.999", "12:03:00.000", 3)]


def test_sessions_that_touch_are_one_and_a_millisecond_more_parts_them(visits: Story) -> None:
    assert (
        visits.batch(
            click("12:00:00", user_id="touching"),
            click("12:01:00", user_id="touching"),
            click("12:00:00", user_id="apart"),
            click("12:01:00.001", user_id="apart"),
        )
        == []
    )
    assert visits.batch(click("12:10:00", user_id="later")) == []
    assert visits.batch(None) == [
        visit("apart", "12:00:00.000", "12:01:00.000", 1),
        visit("apart", "12:01:00.001", "12:02:00.001", 1),
        visit("touching", "12:00:00.000", "12:02:00.000", 2),
    ]


def test_a_late_event_joins_two_open_sessions_into_one(visits: Story) -> None:
    assert visits.batch(click("12:00:00", user_id="a", page="/1", revenue=1)) == []
    # wm 11:59:30
    assert visits.batch(click("12:01:40", user_id="a", page="/2", revenue=2.5)) == []
    # wm 12:01:10, before it 11:59:30: the first session has ended at 12:01:00, but the event that bridges
    # comes in the same batch, and merging goes before emission
    assert visits.batch(click("12:00:50", user_id="a", page="/1")) == []
    assert visits.batch(click("12:10:00", user_id="b")) == []
    assert visits.batch(None) == [
        visit("a", "12:00:00.000", "12:02:40.000", 3, distinct_pages=2, session_revenue=3.5)
    ]


def test_an_event_is_dropped_only_when_it_is_a_whole_gap_behind(visits: Story) -> None:
    assert visits.batch(click("12:02:30", user_id="b")) == []
    # wm 12:02:00, before it 0: in time, over already, written at once
    assert visits.batch(click("12:00:00", user_id="a")) == [visit("a", "12:00:00.000", "12:01:00.000", 1)]
    # wm 12:02:00, before it 12:02:00: ends one millisecond behind the wm, so that it opens a session
    assert visits.batch(click("12:01:00.001", user_id="a")) == []
    # ends exactly at the wm: dropped, though it touches the open session
    assert visits.batch(click("12:01:00", user_id="a")) == []
    assert visits.batch(click("12:10:00", user_id="c")) == []
    assert visits.batch(None) == [
        visit("a", "12:01:00.001", "12:02:00.001", 1),
        visit("b", "12:02:30.000", "12:03:30.000", 1),
    ]


def test_a_late_event_reaches_back_from_an_open_session(visits: Story) -> None:
    assert visits.batch(click("12:02:00", user_id="a")) == []
    # wm 12:01:30
    assert visits.batch(click("12:02:10", user_id="a")) == []
    # wm 12:01:40, before it 12:01:30: behind the watermark, but not by a whole gap
    assert visits.batch(click("12:01:00", user_id="a")) == []
    assert visits.batch(click("12:10:00", user_id="b")) == []
    assert visits.batch(None) == [visit("a", "12:01:00.000", "12:03:10.000", 3)]


def test_an_event_without_user_moves_the_watermark_and_the_sinks_drop_its_row(visits: Story) -> None:
    assert visits.batch(click("12:00:00", user_id="a"), click("12:00:00")) == []
    assert visits.batch(click("12:02:00", user_id=None)) == []
    # wm 12:01:30
    assert visits.batch(None) == [
        {**visit("", "12:00:00.000", "12:01:00.000", 1), "user_id": None},
        visit("a", "12:00:00.000", "12:01:00.000", 1),
    ]


def test_the_measures_of_a_session(visits: Story) -> None:
    assert (
        visits.batch(
            click("12:00:00", user_id="a", page="/", revenue=10.5),
            click("12:00:01", user_id="a", page="/", revenue=-0.25),
            click("12:00:02", user_id="a", page=None),
            click("12:00:03", user_id="a", page="", revenue=None),
            click("12:00:03", user_id="A", page="/x", revenue=7),
        )
        == []
    )
    assert visits.batch(click("12:10:00", user_id="b")) == []
    assert visits.batch(None) == [
        visit("A", "12:00:03.000", "12:01:03.000", 1, distinct_pages=1, session_revenue=7.0),
        visit("a", "12:00:00.000", "12:01:03.000", 4, distinct_pages=2, session_revenue=10.25),
    ]
