"""What is drawn for a declared field, and plausible texts for one that declares no values."""

import re
import zlib
from collections.abc import Callable
from fractions import Fraction
from math import ceil, floor

import numpy as np
from mimesis import Generic, Locale

from clickstream.contract.definition.event import EventField, JsonType
from clickstream.generate.draws import Draws

Value = str | int | float | None

TEXTS = 40
"""Different texts of a field."""
ACTORS = 1_000
"""Different values of the key field."""

_MAKERS: tuple[tuple[str, Callable[[Generic], str]], ...] = (
    (r"e?mail", lambda make: make.person.email()),
    (r"country(_code)?|nation", lambda make: make.address.country_code()),
    (r"city|town|place|location", lambda make: make.address.city()),
    (r"currency", lambda make: make.finance.currency_iso_code(allow_random=True)),
    (r"company|vendor|brand|supplier", lambda make: make.finance.company()),
    (r"name|person|customer|author", lambda make: make.person.full_name()),
    (r"url|uri|path|page", lambda make: f"/{make.text.word()}"),
    (r"host|hostname|server|domain", lambda make: make.internet.hostname()),
    (r"ip|ip_address|address", lambda make: make.internet.ip_v4()),
    (r"agent|browser", lambda make: make.internet.user_agent()),
    (r"device|model|phone", lambda make: make.hardware.phone_model()),
    (r"colou?r", lambda make: make.text.color().lower()),
)
_FORMS = [(re.compile(rf"(?:.*_)?(?:{form})", re.IGNORECASE), make) for form, make in _MAKERS]

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


def texts_of(name: str, seed: int, *, is_key: bool) -> tuple[str, ...]:
    """The different values of a field: the same for a seed on every machine."""
    if is_key or name.lower().endswith("id"):
        stem = re.sub(r"_?id$", "", name, flags=re.IGNORECASE) or name
        return tuple(f"{stem}_{number}" for number in range(1, ACTORS + 1))
    make = Generic(Locale.EN, seed=seed ^ zlib.crc32(name.encode()))
    maker = next((maker for form, maker in _FORMS if form.fullmatch(name)), lambda make: make.text.word())
    return tuple(dict.fromkeys(maker(make) for _ in range(TEXTS)))
