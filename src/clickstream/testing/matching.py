"""Expected rows and those that are there, one to one: a row names the columns that matter, in any order."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from clickstream.moment import parse_moment

Row = Mapping[str, Any]

_RELATIVE = 1e-9
"""Sums of floating point numbers depend on their order; this is far above that, and below any real change."""


@dataclass(frozen=True, slots=True)
class Pair:
    """An expected row and the row that is there for it; None on one side if it has no counterpart."""

    expected: Row | None
    found: Row | None

    @property
    def differing(self) -> frozenset[str]:
        """The columns that do not agree; none where a side is missing."""
        if self.expected is None or self.found is None:
            return frozenset()
        found = self.found
        return frozenset(name for name, value in self.expected.items() if not agrees(value, found[name]))

    @property
    def agrees(self) -> bool:
        """Whether both sides are there and every named column agrees."""
        return self.expected is not None and self.found is not None and not self.differing


def pairs(expected: Sequence[Row], found: Sequence[Row]) -> list[Pair]:
    """Pair as many rows that agree as there can be, then the rest by the most columns that agree.

    Every column that an expected row names is in the found rows. The pairs are in the order of the expected
    rows; rows that only one side has come last.
    """
    agreeing = [[place for place, row in enumerate(found) if Pair(wanted, row).agrees] for wanted in expected]
    match_of = _most_pairs(agreeing)
    left = [place for place in range(len(found)) if place not in match_of.values()]
    for index, wanted in enumerate(expected):
        if index not in match_of and left:
            nearest = min(left, key=lambda place: len(Pair(wanted, found[place]).differing))
            if len(Pair(wanted, found[nearest]).differing) < len(wanted):  # else it is another row
                match_of[index] = nearest
                left.remove(nearest)
    paired = [
        Pair(wanted, found[match_of[index]] if index in match_of else None)
        for index, wanted in enumerate(expected)
    ]
    return paired + [Pair(None, found[place]) for place in left]


def _most_pairs(candidates: Sequence[Sequence[int]]) -> dict[int, int]:
    """A largest matching, by augmenting paths (Kuhn): the first row that fits may be needed by another."""
    taken_by: dict[int, int] = {}

    def takes(index: int, seen: set[int]) -> bool:
        for place in candidates[index]:
            if place not in seen:
                seen.add(place)
                if place not in taken_by or takes(taken_by[place], seen):
                    taken_by[place] = index
                    return True
        return False

    for index in range(len(candidates)):
        takes(index, set())
    return {index: place for place, index in taken_by.items()}


def agrees(expected: Any, found: Any) -> bool:  # noqa: ANN401 - any value of a cell
    """Whether a cell is as expected; a text may stand for a time, and floats agree within 1e-9 of the larger.

    Anything else is compared by `==`, so `pytest.approx` and `unittest.mock.ANY` work.
    """
    match expected, found:
        case str(), datetime():
            return _is_moment(expected, found)
        case datetime(), datetime():
            return _in_utc(expected) == _in_utc(found)
        case str(), date():
            return expected == found.isoformat()
        case str(), bytes():
            return expected.encode() == found
        case bool(), _:
            return expected is found
        case ((int() | float() | Decimal()), (float() | Decimal())):
            same = float(expected) == float(found) or math.isclose(expected, found, rel_tol=_RELATIVE)
            return same or (math.isnan(expected) and math.isnan(found))
        case Mapping(), Mapping():
            return expected.keys() <= found.keys() and all(
                agrees(value, found[name]) for name, value in expected.items()
            )
        case ((list() | tuple()), list()):
            return len(expected) == len(found) and all(map(agrees, expected, found))
        case _:
            return bool(expected == found)


def _is_moment(text: str, found: datetime) -> bool:
    try:
        return parse_moment(text) == _in_utc(found)
    except ValueError:
        return False


def _in_utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
