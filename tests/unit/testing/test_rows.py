"""What a failure shows: expected and found beside each other, differing cells in brackets."""

from datetime import UTC, datetime

import polars as pl
import pytest

from clickstream.testing import assert_rows
from clickstream.testing.rows import ROWS_SHOWN, differences, python_rows, rendered

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
FOUND = pl.DataFrame(
    {
        "views": [2, 2, 5],
        "page": ["/home", "/cart", None],
        "window_start": pl.Series([NOON] * 3, dtype=pl.Datetime("us", "UTC")),
    }
)
HOME = {"page": "/home", "views": 2}


def test_rows_that_agree_show_nothing():
    assert_rows(
        FOUND, [{"views": 5, "page": None}, HOME, {"page": "/cart", "window_start": "2026-03-01T12:00Z"}]
    )
    assert_rows(pl.DataFrame(), [])


def test_rows_are_side_by_side_with_differing_cells_in_brackets_and_the_key_first():
    expected = [HOME, {"page": "/cart", "views": 3}, {"page": "/help", "views": 1}]
    assert differences(FOUND, expected, key=("window_start", "page")) == [
        "1 agree, 1 differ, 1 missing, 1 unexpected",
        "",
        "  expected                   | found",
        "  window_start  page   views | window_start          page   views",
        "!               /cart  [3]   | 2026-03-01T12:00:00Z  /cart  [2]",
        "!               /help  1     | -                     -      -",
        "! -             -      -     | 2026-03-01T12:00:00Z  null   5",
        "=               /home  2     | 2026-03-01T12:00:00Z  /home  2",
    ]


def test_a_column_that_is_not_there_is_named_with_those_that_are():
    [line] = differences(FOUND, [{"pgae": "/home"}])
    assert line == "There is no column pgae. Columns: views, page, window_start."


def test_assert_rows_fails_with_the_rows():
    with pytest.raises(AssertionError) as failed:
        assert_rows(FOUND.head(1), [{"views": 1, "page": "/home"}])
    assert "[1]" in str(failed.value)
    assert "[2]" in str(failed.value)


def test_without_an_expected_row_every_column_is_shown():
    lines = differences(FOUND.head(1), [])
    assert lines[0] == "1 unexpected"
    assert "views  page   window_start" in lines[3]


def test_many_rows_are_cut():
    lines = differences(pl.DataFrame({"n": range(100)}), [])
    assert lines[-1] == f"  and {100 - ROWS_SHOWN} more"


def test_a_time_that_python_does_not_know_is_text():
    far = pl.Series([300_000_000_000_000_000, None], dtype=pl.Int64).cast(pl.Datetime("us", "UTC"))
    assert [row["at"] for row in python_rows(pl.DataFrame({"at": far}))] == ["+11476-08-15T05:20:00Z", None]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        ("", "''"),
        (" a", "' a'"),
        ("\x1b[31m", "'\\x1b[31m'"),
        (b"\x00", "b'\\x00'"),
        (NOON, "2026-03-01T12:00:00Z"),
        (NOON.replace(microsecond=5_000), "2026-03-01T12:00:00.005Z"),
        ("x" * 41, "x" * 39 + "…"),
    ],
)
def test_a_value_is_shown_in_one_short_line_without_control_characters(value, text):
    assert rendered(value) == text
