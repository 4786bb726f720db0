"""Durations are whole numbers with units; everything else is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickstream.duration import Duration


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("10 seconds", 10_000),
        ("1 second", 1_000),
        ("1 Minute 30 seconds", 90_000),
        ("500 milliseconds", 500),
        ("2 hours", 7_200_000),
        (" 1 day ", 86_400_000),
        ("5minutes", 300_000),
        ("0 seconds", 0),
    ],
)
def test_reads_numbers_with_units(text: str, milliseconds: int) -> None:
    assert Duration.parse(text).milliseconds == milliseconds


@pytest.mark.parametrize(
    "text", ["", "banana", "10", "seconds", "1 month", "-5 seconds", "1.5 hours", "5 m", "٣ days"]
)
def test_refuses_everything_else(text: str) -> None:
    with pytest.raises(ValueError, match="not a duration"):
        Duration.parse(text)


@given(st.integers(0, 10**12))
def test_its_own_text_reads_back_as_the_same_span(milliseconds: int) -> None:
    assert Duration.parse(str(Duration(milliseconds))) == Duration(milliseconds)
