"""What is drawn for a declared field, and how it is written."""

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor

import numpy as np
import orjson

from clickstream.contract.definition.event import EventField, JsonType
from clickstream.generate.declared.vocabulary import texts_of
from clickstream.generate.draws import Columns, Draws

Value = str | int | float | None

_WIDEST = 2**32
_SMALL = 10_000
_INTEGERS, _NUMBERS = 1_000, 100
_MOST_DECIMALS, _FEWEST_STEPS = 6, 1_000
_SKEW = 2**20


class DeclaredField:
    """Draws a number for each event, the place of its value among those of the field.

    Values come from the declaration: one of `values`, or a number from `low` to `high`. Without both a text
    comes from a vocabulary by the field's name, an integer is from 0 to 1,000, a number from 0 to 100.

    Args:
        field: its declaration.
        seed: chooses the vocabulary.
        draw: the half word of the event's draws that is the field's.
        is_key: it is the key field: it has no null, and some values are far more frequent than others.
    """

    def __init__(self, field: EventField, seed: int, draw: int, *, is_key: bool) -> None:
        self._draw = draw
        self._prefix = orjson.dumps(field.name) + b":"
        values: Sequence[Value] = field.values
        if not values and field.type is JsonType.STRING:
            values = texts_of(field.name, seed, is_key=is_key)
        if is_key:
            values = [value for value in values if value is not None] or texts_of(
                field.name, seed, is_key=True
            )
        self._values = values
        self._first = self._decimals = 0
        self._step, self._count = 1, len(values)
        if not values:
            self._first, self._decimals, self._step, self._count = _range(field)
            if self._count <= _SMALL:
                self._values = [self._number(number) for number in range(self._count)]
        self._written = np.array(
            [self._prefix + orjson.dumps(value) for value in self._values], dtype=np.object_
        )
        # Of the value in place r every so many, as Zipf found: 1 / (r + 10).
        self._weights = np.cumsum(_SKEW // (np.arange(self._count) + 10)) if is_key else None

    @property
    def values(self) -> Sequence[Value]:
        """The values by their numbers; empty if there are too many."""
        return self._values

    def drawn(self, draws: Draws) -> Columns:
        """A number for each event."""
        if self._weights is None:
            return draws.below(self._draw, self._count)
        drawn = draws.below(self._draw, int(self._weights[-1]))
        return np.searchsorted(self._weights, drawn, side="right").astype(np.int64)

    def values_of(self, numbers: Columns) -> list[Value]:
        """The values of the numbers."""
        if self._values:
            return [self._values[number] for number in numbers.tolist()]
        return [self._number(number) for number in numbers.tolist()]

    def written(self, numbers: Columns) -> list[bytes]:
        """The same as members of a JSON object: `"name":value`."""
        if self._values:
            members: list[bytes] = self._written[numbers].tolist()
            return members
        return [self._prefix + repr(self._number(number)).encode() for number in numbers.tolist()]

    def _number(self, number: int) -> int | float:
        value = self._first + number * self._step
        return value / 10**self._decimals if self._decimals else value


def _range(field: EventField) -> tuple[int, int, int, int]:
    """The first whole number, how many decimals it has, the step, and how many steps there are."""
    is_integer = field.type is JsonType.INTEGER
    usual = _INTEGERS if is_integer else _NUMBERS
    # The decimal fractions that their texts show, not the binary ones beside them.
    low, high = (None if bound is None else Fraction(repr(bound)) for bound in (field.low, field.high))
    if low is None:
        low = Fraction(0) if high is None or high > 0 else high - usual
    high = low + usual if high is None else high
    decimals = 0 if is_integer else 1
    while not is_integer and decimals < _MOST_DECIMALS and (high - low) * 10**decimals < _FEWEST_STEPS:
        decimals += 1
    first, last = ceil(low * 10**decimals), floor(high * 10**decimals)
    step = 1 + max(0, last - first) // _WIDEST
    return first, decimals, step, max(1, (last - first) // step + 1)
