"""How the rate changes over event time: steps of constant rate, so that all of it stays whole numbers."""

from collections.abc import Iterable
from dataclasses import dataclass

from clickstream.errors import SettingInvalid
from clickstream.settings.generator import TRAFFIC_FORMS, TrafficShape

FULL_RATE = 10_000
"""MSGS_PER_SEC, in basis points: all levels are parts of it."""

_STEPS = 100
_BASIS_POINTS_PER_PERCENT = FULL_RATE // 100


@dataclass(frozen=True, slots=True)
class Stretch:
    """A while of constant rate: how long, in microseconds, and at what level, in basis points."""

    length_us: int
    level: int


@dataclass(frozen=True, slots=True)
class Traffic:
    """The levels of a stream: one stretch after the other, again and again, or the last level without end.

    Args:
        stretches: at least one where `repeats`.
        repeats: whether the first stretch follows the last one.
        last_level: the level after all stretches, in basis points; of no meaning where they repeat.
    """

    stretches: tuple[Stretch, ...] = ()
    repeats: bool = False
    last_level: int = FULL_RATE

    @classmethod
    def parse(cls, text: str) -> "Traffic":
        """Read TRAFFIC: a shape and, after colons, its parts.

        - `constant`: MSGS_PER_SEC throughout.
        - `ramp:LENGTH:LEVEL`: from 100 % to LEVEL in LENGTH, and LEVEL from then on.
        - `wave:LENGTH:LEVEL`: up to LEVEL and as far below 100 %, once in LENGTH, without end.
        - `burst:LENGTH:LEVEL:EVERY`: LEVEL for LENGTH, then 100 %, once in EVERY, without end; EVERY is
          ten lengths where it is left out. A period begins with its burst.

        Raises:
            SettingInvalid: it is not a shape, with examples.
        """
        try:
            shape = TrafficShape.parse(text)
        except ValueError as error:
            raise SettingInvalid(
                "TRAFFIC", text, f"a shape such as {TRAFFIC_FORMS}", why=str(error)
            ) from error
        length_us, level = shape.length.microseconds, shape.level_percent * _BASIS_POINTS_PER_PERCENT
        match shape.name:
            case "ramp":
                return _ramp(length_us, level)
            case "wave":
                return _wave(length_us, level)
            case "burst":
                return _burst(length_us, level, shape.every.microseconds)
            case "constant":
                return cls()


def _ramp(length_us: int, level: int) -> Traffic:
    rise = level - FULL_RATE
    levels = (FULL_RATE + rise * (2 * step + 1) // (2 * _STEPS) for step in range(_STEPS))
    return Traffic(_stretched(length_us, levels), last_level=level)


def _wave(length_us: int, level: int) -> Traffic:
    # Two parabolas, upside down one another: a sine but for 6 %, in whole numbers.
    middles = [2 * step + 1 for step in range(_STEPS)]
    arch = [
        (level - FULL_RATE) * 4 * middle * (2 * _STEPS - middle) // (2 * _STEPS) ** 2 for middle in middles
    ]
    levels = [*(FULL_RATE + height for height in arch), *(FULL_RATE - height for height in arch)]
    return Traffic(_stretched(length_us, levels), repeats=True)


def _burst(length_us: int, level: int, every_us: int) -> Traffic:
    return Traffic((Stretch(length_us, level), Stretch(every_us - length_us, FULL_RATE)), repeats=True)


def _stretched(length_us: int, levels: Iterable[int]) -> tuple[Stretch, ...]:
    """The levels one after the other, as equal in length as whole microseconds allow."""
    steps = list(levels)
    bounds = [length_us * number // len(steps) for number in range(len(steps) + 1)]
    return tuple(Stretch(bounds[number + 1] - bounds[number], level) for number, level in enumerate(steps))
