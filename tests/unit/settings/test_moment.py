"""A time is a date, or a date and a time, with or without an offset; without one it is UTC."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickstream.moment import parse_moment

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-01",
        " 2026-01-01 ",
        "2026-01-01T00:00",
        "2026-01-01 00:00",
        "2026-01-01T00:00:00",
        "2026-01-01t00:00:00.000z",
        "2026-01-01T00:00:00Z",
        "2026-01-01T00:00:00+00:00",
        "2026-01-01T01:30:00+01:30",
        "2026-01-01T01:30:00 +0130",
        "2025-12-31 23:00-01",
    ],
)
def test_these_are_all_one_moment(text: str) -> None:
    assert parse_moment(text) == NEW_YEAR


def test_microseconds_are_kept() -> None:
    assert parse_moment("2026-01-01T00:00:00.000001").microsecond == 1


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "of the form"),
        ("banana", "of the form"),
        ("2026", "of the form"),
        ("20260101", "of the form"),
        ("2026-W01-1", "of the form"),
        ("12:00+00:00", "of the form"),
        ("01/02/2026", "of the form"),
        ("2026-01-01Z", "of the form"),
        ("٢٠٢٦-01-01", "of the form"),
        ("2026-02-30", "does not exist"),
        ("2026-01-01T24:30", "does not exist"),
        ("2026-01-01T00:00+24:00", "does not exist"),
        ("0001-01-01T00:00+01:00", "does not exist"),
    ],
)
def test_everything_else_is_refused_with_its_reason(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse_moment(text)


@given(
    st.datetimes(datetime(1900, 1, 1), datetime(9998, 12, 31)),  # noqa: DTZ001 (the zone is drawn apart)
    st.integers(-1_439, 1_439),
)
def test_what_iso_format_writes_reads_back(local: datetime, offset_minutes: int) -> None:
    moment = local.replace(tzinfo=timezone(timedelta(minutes=offset_minutes)))
    assert parse_moment(moment.isoformat()) == moment
