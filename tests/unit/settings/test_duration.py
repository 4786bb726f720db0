"""Durations are whole numbers with units, short or in words; everything else is refused with its reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickstream.duration import Duration


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("10 seconds", 10_000),
        ("1 second", 1_000),
        ("30s", 30_000),
        ("30 sec", 30_000),
        ("1 Minute 30 seconds", 90_000),
        ("1m30s", 90_000),
        ("500 milliseconds", 500),
        ("500ms", 500),
        ("5m", 300_000),
        ("5 M", 300_000),
        ("5 mins", 300_000),
        ("5minutes", 300_000),
        ("2 hours", 7_200_000),
        ("2h", 7_200_000),
        ("2 hrs", 7_200_000),
        (" 1 day ", 86_400_000),
        ("1d", 86_400_000),
        ("2 weeks", 1_209_600_000),
        ("1w", 604_800_000),
        ("0 seconds", 0),
        ("0", 0),
        ("36500 days", 36_500 * 86_400_000),
    ],
)
def test_reads_numbers_with_units(text: str, milliseconds: int) -> None:
    assert Duration.parse(text).milliseconds == milliseconds


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it is blank"),
        ("  ", "it is blank"),
        ("banana", "'banana' is not a duration"),
        ("seconds", "is not a duration"),
        ("٣ days", "is not a duration"),
        ("5 minutes!", "'!' is not a duration"),
        ("10", "a number has no unit"),
        ("5m 30", "a number has no unit"),
        ("5 parsecs", "parsecs is not a unit"),
        ("5 mss", "mss is not a unit"),
        ("5 ss", "ss is not a unit"),
        ("1 month", "months and years have no fixed length"),
        ("2 years", "months and years have no fixed length"),
        ("1y", "months and years have no fixed length"),
        ("-5 seconds", "it is negative"),
        ("1.5 hours", "it is not a whole number"),
        ("1,5h", "it is not a whole number"),
        (".5s", "it is not a whole number"),
        ("36501 days", "it is longer than 100 years"),
        ("1" * 15 + " weeks", "it is longer than 100 years"),
    ],
)
def test_refuses_everything_else_with_its_reason(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Duration.parse(text)


@given(st.integers(0, 10**12))
def test_its_own_text_reads_back_as_the_same_span(milliseconds: int) -> None:
    assert Duration.parse(str(Duration(milliseconds))) == Duration(milliseconds)
