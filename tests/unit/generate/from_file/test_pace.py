"""A file at the pace of its events: none before its time, and never backwards."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickstream.generate.from_file.own_times import TICK_US, time_us
from clickstream.generate.pacing import paced_chunks
from clickstream.testing import ManualClock
from unit.generate.from_file.reading import a_file_stream

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
TICK_S = TICK_US / 1_000_000


def at(*offsets_s: float | None) -> list[bytes]:
    """A message so many seconds after New Year, each; without a time for None."""
    return [
        b'{"user_id":"u"}'
        if offset_s is None
        else b'{"event_time":"%s"}' % (NEW_YEAR + timedelta(seconds=offset_s)).isoformat().encode()
        for offset_s in offsets_s
    ]


def sent_at(messages: list[bytes], speed: Fraction = Fraction(1), **options: int) -> list[float]:
    """When each message was sent, seconds after the first."""
    clock, found = ManualClock(), []
    for records in paced_chunks(a_file_stream(messages, speed=speed), clock, **options):
        found += [clock.monotonic_s()] * len(records)
    return found


def test_events_are_sent_as_far_apart_as_they_happened() -> None:
    assert sent_at(at(0, 1, 1.5, 10)) == pytest.approx([0, 1, 1.5, 10], abs=0.01)


@pytest.mark.parametrize("speed", ["10", "0.5", "1/3"])
def test_a_speed_makes_the_waits_shorter_or_longer(speed: str) -> None:
    expected = [offset_s / Fraction(speed) for offset_s in (0, 6, 60)]
    assert sent_at(at(0, 6, 60), Fraction(speed)) == pytest.approx(
        [float(each) for each in expected], abs=0.06
    )


def test_an_earlier_event_goes_with_the_one_before_it_and_so_does_one_without_a_time() -> None:
    assert sent_at(at(0, 5, 1, None, -100, 6)) == pytest.approx([0, 5, 5, 5, 5, 6], abs=0.01)


def test_messages_before_the_first_time_go_at_once() -> None:
    assert sent_at([b"x", *at(None, 3, 4)]) == pytest.approx([0, 0, 0, 1], abs=0.01)


def test_a_file_that_is_resumed_goes_on_at_once() -> None:
    assert sent_at(at(0, 100, 200, 201), first=2) == pytest.approx([0, 1], abs=0.01)


def test_a_count_ends_it() -> None:
    assert len(sent_at(at(0, 1, 2, 3), count=2)) == 2


def test_a_file_without_messages_ends_at_once() -> None:
    assert sent_at([]) == []


def test_times_far_apart_over_many_blocks_are_kept() -> None:
    messages = at(*(place / 1_000 for place in range(12_000)))
    found = sent_at(messages)
    assert len(found) == 12_000
    assert found[-1] == pytest.approx(11.999, abs=0.06)


@given(st.lists(st.none() | st.floats(-60, 60), max_size=60), st.sampled_from([Fraction(1), Fraction(7, 2)]))
def test_none_is_sent_before_its_time_nor_long_after_it(offsets, speed):
    times = sent_at(at(*offsets), speed)
    assert len(times) == len(offsets)
    first = next((offset for offset in offsets if offset is not None), 0)
    newest = 0.0
    for offset, time in zip(offsets, times, strict=True):
        newest = max(newest, 0 if offset is None else offset - first)
        assert newest / speed - 0.000_01 <= time <= newest / speed + TICK_S + 0.01
    assert times == sorted(times)


@pytest.mark.acts("MSGS_PER_SEC")
def test_without_a_pace_a_file_is_sent_at_the_rate() -> None:
    clock, found = ManualClock(), []
    for records in paced_chunks(a_file_stream(at(*range(100)), MSGS_PER_SEC=50), clock):
        found += [clock.monotonic_s()] * len(records)
    assert len(found) == 100
    assert found[-1] == pytest.approx(99 / 50, abs=0.1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-01T00:00:00Z", 0),
        ("2026-01-01 01:00:00.5+01:00", 500_000),
        ("2026-01-01T00:00:00.123456789", 123_456),
        ("2025-12-31T23:00:00-0100", 0),
        ("2026-01-01", None),
        ("20260101T000000Z", None),
        ("2026-02-30T00:00:00Z", None),
        ("2026-01-01T24:00:00Z", None),
        ("2026-01-01T00:00:00+18:30", None),
        (1_767_225_600, None),
        (None, None),
    ],
)
def test_a_time_is_what_the_rule_for_event_times_takes(text: object, expected: int | None) -> None:
    new_year_us = int(NEW_YEAR.timestamp()) * 1_000_000
    assert time_us(text) == (None if expected is None else new_year_us + expected)
