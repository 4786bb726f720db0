"""What is drawn for a declared field."""

from fractions import Fraction
from math import ceil, floor

import numpy as np

from clickstream.contract.definition.event import EventField, JsonType
from clickstream.generate.declared.vocabulary import texts_of
from clickstream.generate.draws import Draws

Value = str | int | float | None

_WIDEST = 2**32
_INTEGERS, _NUMBERS = 1_000, 100
_MOST_DECIMALS, _FEWEST_STEPS = 6, 1_000
_SKEW = 2**20


class DeclaredField:
    """Draws a value for each event: one of `values`, or a number from `low` to `high`.

    Without both a text comes from a vocabulary by the field's name, an integer is from 0 to 1,000, a number
    from 0 to 100.

    Args:
        field: its declaration.
        seed: chooses the vocabulary.
        draw: the half word of the event's draws that is the field's.
        is_key: it is the key field: it has no null, and some values are far more frequent than others.
    """

    def __init__(self, field: EventField, seed: int, draw: int, *, is_key: bool) -> None:
        self._draw = draw
        values: list[Value] | tuple[Value, ...] = [
            value for value in field.values if value is not None or not is_key
        ]
        if not values and field.type is JsonType.STRING:
            values = texts_of(field.name, seed, is_key=is_key)
        self._values = values
        self._first, self._decimals, self._step, self._count = (
            (0, 0, 1, len(values)) if values else _range(field)
        )
        # Of the value in place r every so many, as Zipf found: 1 / (r + 10).
        self._weights = np.cumsum(_SKEW // (np.arange(self._count) + 10)) if is_key else None

    def drawn(self, draws: Draws) -> list[Value]:
        """A value for each event."""
        if self._weights is None:
            places = draws.below(self._draw, self._count).tolist()
        else:
            drawn = draws.below(self._draw, int(self._weights[-1]))
            places = np.searchsorted(self._weights, drawn, side="right").tolist()
        if self._values:
            return [self._values[place] for place in places]
        numbers = [self._first + place * self._step for place in places]
        return [number / 10**self._decimals for number in numbers] if self._decimals else numbers


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
