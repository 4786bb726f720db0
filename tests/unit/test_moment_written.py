"""Every integer of microseconds is a time in words: as Python writes it, and beyond its calendar."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickstream.moment import written_ms, written_us

EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - as hypothesis makes them


@given(st.datetimes())
def test_a_time_of_pythons_calendar_is_written_as_python_does(moment: datetime) -> None:
    us = (moment - EPOCH) // timedelta(microseconds=1)
    assert written_us(us) == moment.isoformat(" ", timespec="microseconds")
    assert written_us(us, digits=0, separator="T") == moment.isoformat(timespec="seconds")
    assert written_us(us, digits=3) == moment.isoformat(" ", timespec="milliseconds")


@pytest.mark.parametrize(
    ("us", "written"),
    [
        (253_402_365_599_000_000, "+10000-01-01 17:59:59.000000"),
        (-62_135_596_800_000_001, "0000-12-31 23:59:59.999999"),
        (-62_167_219_200_000_001, "-0001-12-31 23:59:59.999999"),
        (2**63 - 1, "+294247-01-10 04:00:54.775807"),
        (-(2**63), "-290308-12-21 19:59:05.224192"),
    ],
)
def test_a_time_beyond_it_has_a_signed_year(us: int, written: str) -> None:
    assert written_us(us) == written


def test_milliseconds_are_written_likewise() -> None:
    now = datetime(2026, 1, 31, 8, tzinfo=UTC)
    assert written_ms(int(now.timestamp() * 1_000) + 7) == "2026-01-31 08:00:00.007"
