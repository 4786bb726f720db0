"""Tumbling windows past the watermark: windows of 60 s, a delay of 30 s, one micro-batch at a time.

In the comments `wm` is the watermark that the batch runs with: it drops events whose window ended at or
before the wm of the batch *before*, and writes windows that end at or before its own.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from clickstream.clicks.tables import GEO_METRICS, PAGE_METRICS
from file_topic import click
from story import Story


@pytest.fixture
def pages(session: SparkSession, tmp_path: Path) -> Iterator[Story]:
    story = Story(session, tmp_path, PAGE_METRICS)
    yield story
    story.end()


@pytest.fixture
def places(session: SparkSession, tmp_path: Path) -> Iterator[Story]:
    story = Story(session, tmp_path, GEO_METRICS)
    yield story
    story.end()


def page_row(start: str, end: str, page: str | None, pageviews: int, **given: Any) -> dict[str, Any]:
    counts = {"unique_users": 0, "unique_sessions": 0, "purchases": 0, "revenue": 0.0, **given}
    times = {"window_start": f"{start}.000", "window_end": f"{end}.000"}
    return {**times, "page": page, "pageviews": pageviews, **counts}


def test_a_window_is_written_once_when_the_watermark_has_passed_its_end(pages: Story) -> None:
    # wm 0
    assert pages.batch(click("12:00:10", page="/"), click("12:00:59.999999", page="/")) == []
    # wm 12:00:29.999
    assert pages.batch(click("12:01:29.999999", page="/")) == []
    # wm 12:00:59.999: one millisecond short of the first window's end
    assert pages.batch(click("12:01:30", page="/")) == []
    # wm 12:01:00.000
    assert pages.batch(click("12:01:31", page="/")) == [page_row("12:00:00", "12:01:00", "/", 2)]
    # wm 12:01:01: nothing is written twice
    assert pages.batch(click("12:02:31", page="/")) == []
    # wm 12:02:01: the second window, with the events of four batches
    assert pages.batch(click("12:02:32", page="/")) == [page_row("12:01:00", "12:02:00", "/", 3)]


def test_a_late_event_counts_until_its_window_has_ended_one_batch_behind(pages: Story) -> None:
    # wm 0
    assert pages.batch(click("12:01:29.999", page="/")) == []
    # wm 12:00:59.999, before it 0: the late event of the minute before is in time
    assert pages.batch(click("12:00:00", page="/")) == []
    # wm 12:00:59.999, before it 12:00:59.999: in time by one millisecond
    assert pages.batch(click("12:00:00", page="/"), click("12:01:30", page="/")) == []
    # wm 12:01:00.000, before it 12:00:59.999: in time for the last time, and written at once
    assert pages.batch(click("12:00:00", page="/")) == [page_row("12:00:00", "12:01:00", "/", 3)]
    # wm 12:01:00.000, before it 12:01:00.000: too late by exactly the watermark
    assert pages.batch(click("12:00:59.999999", page="/")) == []
    assert pages.batch(click("12:02:30", page="/")) == []
    # wm 12:02:00: only the second window, and nothing of the event that came too late
    assert pages.batch(click("12:02:30", page="/")) == [page_row("12:01:00", "12:02:00", "/", 2)]


def test_a_window_that_opens_behind_the_watermark_is_written_at_once(pages: Story) -> None:
    assert pages.batch(click("12:05:00", page="/")) == []
    # wm 12:04:30, before it 0: two windows of long ago pass the filter and are over already
    late = [click("11:59:59.999", page="/"), click("12:00:00", page="/help")]
    assert pages.batch(*late) == [
        page_row("11:59:00", "12:00:00", "/", 1),
        page_row("12:00:00", "12:01:00", "/help", 1),
    ]
    # wm 12:04:30, before it 12:04:30: the same events again are late now
    assert pages.batch(*late) == []


def test_the_watermark_is_cut_to_whole_milliseconds(pages: Story) -> None:
    assert pages.batch(click("12:00:30", page="/"), click("12:01:29.999999", page="/")) == []
    # wm 12:00:59.999, not 12:00:59.999999
    assert pages.batch(click("12:01:30.000999", page="/")) == []
    # wm 12:01:00.000
    assert pages.batch() == [page_row("12:00:00", "12:01:00", "/", 1)]


def test_the_watermark_never_goes_back(pages: Story) -> None:
    assert pages.batch(click("12:02:00", page="/")) == []
    # wm 12:01:30, before it 0
    assert pages.batch(click("12:01:00", page="/")) == []
    # wm 12:01:30 still, though the newest event of the last batch would make it 12:00:30
    assert pages.batch(click("12:00:59", page="/")) == []
    assert pages.batch(click("12:03:30", page="/")) == []
    # wm 12:03:00
    assert pages.batch() == [
        page_row("12:01:00", "12:02:00", "/", 1),
        page_row("12:02:00", "12:03:00", "/", 1),
    ]


def test_rejected_messages_count_nowhere_and_do_not_move_the_watermark(pages: Story) -> None:
    assert pages.batch(click("12:00:00", page="/")) == []
    far_ahead = click("23:00:00", page=5)
    # wm 11:59:30, and still in the batches after it
    assert pages.batch(far_ahead, far_ahead[:-1], b"", None) == []
    assert pages.batch(click("12:01:30", page="/")) == []
    # wm 12:01:00
    assert pages.batch(None) == [page_row("12:00:00", "12:01:00", "/", 1)]


def test_an_event_without_a_usable_time_happens_at_its_kafka_timestamp(pages: Story) -> None:
    # Every record of the topic was appended at 18:00:00.
    assert pages.batch(click(None, page="/"), b'{"event_time":"12:00","page":"/"}') == []
    assert pages.batch(click("18:01:30", page="/")) == []
    assert pages.batch(None) == [page_row("18:00:00", "18:01:00", "/", 2)]


def test_the_measures_of_a_page(pages: Story) -> None:
    minute = [
        click(page="/", user_id="a", session_id="s1", event_type="purchase", revenue=10.25),
        click(page="/", user_id="a", session_id="s2", event_type="purchase"),
        click(page="/", user_id="b", session_id=None, event_type="click", revenue=-0.5),
        click(page="/", user_id=None, session_id="s2", event_type="Purchase", revenue=1),
        click(page="/", user_id=""),
        click(page=None, user_id="c"),
        click(user_id="c"),
        click(page="", user_id="c"),
    ]
    assert pages.batch(*minute) == []
    assert pages.batch(click("12:01:30")) == []
    # A null page is a group, an empty one another; null users and sessions are not counted.
    assert pages.batch(None) == [
        page_row("12:00:00", "12:01:00", "", 1, unique_users=1),
        page_row(
            "12:00:00", "12:01:00", "/", 5, unique_users=3, unique_sessions=2, purchases=2, revenue=10.75
        ),
        page_row("12:00:00", "12:01:00", None, 2, unique_users=1),
    ]


def test_windows_start_at_whole_multiples_of_their_length_since_the_epoch(
    session: SparkSession, tmp_path: Path
) -> None:
    # 12:00:00 of the day is 1,772,366,400 s after the epoch, 2 s more than a multiple of 11 s.
    story = Story(session, tmp_path, PAGE_METRICS, PAGE_WINDOW="11s", WATERMARK_DELAY="0s")
    assert story.batch(click("12:00:00", page="/"), click("12:00:08.999999", page="/")) == []
    assert story.batch(click("12:00:09", page="/")) == []
    # wm 12:00:09: a delay of nothing
    assert story.batch() == [page_row("11:59:58", "12:00:09", "/", 2)]
    story.end()


def geo_row(start: str, end: str, country: str | None, browser: str | None, events: int) -> dict[str, Any]:
    times = {"window_start": f"{start}.000", "window_end": f"{end}.000"}
    return {**times, "country": country, "browser": browser, "events": events}


def test_places_are_counted_per_window_country_and_browser_nulls_among_them(places: Story) -> None:
    assert (
        places.batch(
            click(country="DE", browser="Edge"),
            click(country="DE", browser="Edge"),
            click(country="DE"),
            click(browser="Edge"),
            click(),
            click("12:01:00", country="DE", browser="Edge"),
        )
        == []
    )
    assert places.batch(click("12:01:29.999")) == []
    # wm 12:00:59.999
    assert places.batch(click("12:01:30")) == []
    # wm 12:01:00; an event of the first window is in time once more, one of another place too
    assert places.batch(click("12:00:59", country="DE"), click("12:00:59", country="FR")) == [
        geo_row("12:00:00", "12:01:00", "DE", "Edge", 2),
        geo_row("12:00:00", "12:01:00", "DE", None, 2),
        geo_row("12:00:00", "12:01:00", "FR", None, 1),
        geo_row("12:00:00", "12:01:00", None, "Edge", 1),
        geo_row("12:00:00", "12:01:00", None, None, 1),
    ]
    # wm 12:01:00, before it the same: too late
    assert places.batch(click("12:00:59.999999", country="DE")) == []


def test_an_empty_batch_emits_nothing(pages: Story) -> None:
    assert pages.batch() == []
