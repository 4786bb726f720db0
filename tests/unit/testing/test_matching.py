"""Expected rows are paired with those that are there: partial columns, any order, as many as possible."""

from datetime import UTC, date, datetime
from decimal import Decimal
from unittest.mock import ANY

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickstream.testing.matching import Pair, agrees, pairs

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        (1, 1),
        (None, None),
        ("2026-03-01T12:00:00Z", NOON),
        ("2026-03-01 13:00+01:00", NOON),
        (datetime(2026, 3, 1, 12), NOON),  # noqa: DTZ001 - without an offset it is UTC
        ("2026-03-01", date(2026, 3, 1)),
        ("text", b"text"),
        (0.1 + 0.2, 0.3),
        (3, 3.0),
        (1.1, Decimal("1.1")),
        (float("nan"), float("nan")),
        (float("inf"), float("inf")),
        (pytest.approx(2, abs=1), 3),
        (ANY, "anything"),
        ({"start": "2026-03-01T12:00:00Z"}, {"start": NOON, "end": NOON}),
        ([1, 2.0], [1, 2]),
    ],
)
def test_a_cell_agrees(expected, found):
    assert agrees(expected, found)


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        (1, 2),
        (None, 0),
        (0, None),
        ("2026-03-01T12:00:01Z", NOON),
        ("noon", NOON),
        (1.0, 1.000001),
        (True, 1),
        (False, 0),
        ("1", 1),
        ({"start": 1}, {"end": 1}),
        ([1], [1, 2]),
        (float("nan"), 1.0),
    ],
)
def test_a_cell_differs(expected, found):
    assert not agrees(expected, found)


def test_a_row_names_only_the_columns_that_matter_and_comes_in_any_order():
    found = [{"page": "/b", "views": 2}, {"page": "/a", "views": 1}]
    assert all(pair.agrees for pair in pairs([{"page": "/a"}, {"page": "/b"}], found))


def test_a_vague_row_leaves_the_only_fit_to_a_row_that_needs_it():
    found = [{"page": "/a", "views": 1}, {"page": "/a", "views": 2}]
    vague_first = [{"page": "/a"}, {"page": "/a", "views": 1}]
    assert all(pair.agrees for pair in pairs(vague_first, found))


def test_a_row_with_another_value_is_paired_with_the_nearest_one():
    found = [{"page": "/b", "views": 7}, {"page": "/a", "views": 1}]
    [pair, other] = pairs([{"page": "/a", "views": 2}], found)
    assert (pair.found, pair.differing) == (found[1], {"views"})
    assert other == Pair(None, found[0])


def test_a_row_that_agrees_in_nothing_is_missing_and_the_other_unexpected():
    assert pairs([{"page": "/a"}], [{"page": "/b"}]) == [
        Pair({"page": "/a"}, None),
        Pair(None, {"page": "/b"}),
    ]


def test_a_row_too_many_is_unexpected_even_if_it_is_like_another():
    pairing = pairs([{"page": "/a"}], [{"page": "/a"}, {"page": "/a"}])
    assert [pair.agrees for pair in pairing] == [True, False]
    assert pairing[1].expected is None


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), max_size=7), st.randoms())
def test_rows_agree_with_themselves_in_any_order_with_columns_left_out(cells, random):
    found = [{"a": a, "b": b} for a, b in cells]
    expected = [{name: row[name] for name in row if random.random() < 0.6} for row in found]
    random.shuffle(expected)
    assert all(pair.agrees for pair in pairs(expected, found))
