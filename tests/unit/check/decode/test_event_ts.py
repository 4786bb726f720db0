"""event_ts from event_time: the rule for one text, and the same for columns."""

from datetime import UTC, datetime, timedelta, timezone

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickstream.check.decode.event_ts import event_ts, event_ts_us

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

moments = st.datetimes(
    min_value=datetime(2, 1, 1),  # noqa: DTZ001 - hypothesis takes bounds without a zone
    max_value=datetime(9998, 12, 31),  # noqa: DTZ001
    timezones=st.integers(-18 * 60, 18 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)
pieces = st.lists(
    st.sampled_from(
        [
            "2026",
            "02",
            "29",
            "-",
            "T",
            " ",
            ":",
            "12",
            "60",
            "00",
            ".",
            "123456",
            "Z",
            "+",
            "18:00",
            "+00:00",
            "٢",
        ]
    ),
    max_size=14,
).map("".join)
# One thing of a good text replaced.
bent = st.builds(
    lambda at, piece: (
        ("2026-03-01T12:00:00.123456+00:00")[:at]
        + piece
        + ("2026-03-01T12:00:00.123456+00:00")[at + len(piece) :]
    ),
    st.integers(0, 32),
    st.sampled_from(["0", "3", "9", "13", "24", "60", " ", "Z", "-", ".", "", "30", "31", "\n"]),
)


@given(moments)
def test_a_moment_written_with_its_offset_is_that_moment(moment):
    us = (moment - EPOCH) // timedelta(microseconds=1)
    assert event_ts_us(moment.isoformat(timespec="microseconds")) == us
    assert event_ts_us(moment.isoformat(" ", timespec="microseconds")) == us


@given(st.lists(st.one_of(pieces, bent, moments.map(datetime.isoformat), st.none()), max_size=8))
def test_a_column_is_read_as_its_texts_are(texts):
    fallback_us = -1
    read = event_ts(pl.Series(texts, dtype=pl.String), pl.Series([fallback_us] * len(texts), dtype=pl.Int64))
    alone = [None if text is None else event_ts_us(text) for text in texts]
    assert read.to_list() == [fallback_us if us is None else us for us in alone]


@pytest.mark.parametrize(
    ("text", "us"),
    [
        ("0000-01-01T00:00:00Z", -62_167_219_200_000_000),
        ("0000-02-29T00:00:00.000000+00:00", -62_162_121_600_000_000),
        ("9999-12-31T23:59:59.999999-18:00", 253_402_365_599_999_999),
    ],
)
def test_the_calendar_goes_from_year_0_to_year_9999(text, us):
    assert event_ts_us(text) == us
    assert event_ts(pl.Series([text]), pl.Series([0])).to_list() == [us]


@pytest.mark.parametrize("text", ["0100-02-29T00:00:00.000000+00:00", "1900-02-29T00:00:00.000000Z"])
def test_a_date_that_does_not_exist_gives_no_moment(text):
    assert event_ts_us(text) is None
    assert event_ts(pl.Series([text]), pl.Series([7])).to_list() == [7]
