"""How the rate changes over event time: steps of constant rate, so that all of it stays whole numbers."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from clickstream.duration import Duration
from clickstream.errors import SettingInvalid

FULL_RATE = 10_000
"""MSGS_PER_SEC, in basis points: all levels are parts of it."""

EXAMPLES = "constant, ramp:10m:300%, wave:10m:150%, burst:30s:300% or burst:30s:300%:5m"

_STEPS = 100
_MOST_PERCENT = 10_000
_MOST_WAVE_PERCENT = 199
_BASIS_POINTS_PER_PERCENT = FULL_RATE // 100
# How often a burst comes where nothing else is said, in lengths of a burst.
_BURST_EVERY_LENGTHS = 10
_UNITS = {"ms": "milliseconds", "s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_LENGTH = re.compile(r"([1-9]\d{0,8})(ms|s|m|h|d)", re.ASCII)
_LEVEL = re.compile(r"([1-9]\d{0,4})%", re.ASCII)
_USUAL = {"ramp": ("10m", "300%"), "wave": ("10m", "150%"), "burst": ("30s", "300%")}


@dataclass(frozen=True, slots=True)
class Stretch:
    """A while of constant rate: how long, in microseconds, and at what level, in basis points."""

    length_us: int
    level: int


@dataclass(frozen=True, slots=True)
class Traffic:
    """The levels of a stream: one stretch after the other, again and again, or the last level for ever.

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
        """Read TRAFFIC: a shape, and behind colons what it takes.

        - `constant`: MSGS_PER_SEC throughout.
        - `ramp:LENGTH:LEVEL`: from 100 % to LEVEL in LENGTH, and LEVEL from then on.
        - `wave:LENGTH:LEVEL`: up to LEVEL and as far below 100 %, once in LENGTH, without end.
        - `burst:LENGTH:LEVEL:EVERY`: LEVEL for LENGTH, then 100 %, once in EVERY, without end; EVERY is
          ten lengths where it is left out. A period begins with its burst.

        Raises:
            SettingInvalid: it is nothing of that kind, with examples.
        """
        shape, *given = text.strip().lower().split(":")
        try:
            if shape == "constant" and not given:
                return cls()
            length, level, *more = given or _USUAL[shape]
            length_us, level_bp = _length_us(length), _level(level)
            if shape == "ramp" and not more:
                return _ramp(length_us, level_bp)
            if shape == "wave" and not more:
                return _wave(length_us, level_bp)
            if shape == "burst" and len(more) <= 1:
                return _burst(length_us, level_bp, _length_us(more[0]) if more else None)
            raise ValueError(shape)
        except (KeyError, ValueError) as error:
            raise SettingInvalid("TRAFFIC", text, f"a shape with length and level: {EXAMPLES}") from error


def _ramp(length_us: int, level: int) -> Traffic:
    rise = level - FULL_RATE
    levels = (FULL_RATE + rise * (2 * step + 1) // (2 * _STEPS) for step in range(_STEPS))
    return Traffic(_stretched(length_us, levels), last_level=level)


def _wave(length_us: int, level: int) -> Traffic:
    if not FULL_RATE < level <= _MOST_WAVE_PERCENT * _BASIS_POINTS_PER_PERCENT:
        raise ValueError("a wave that swings up to 200 % would stand still at its lowest")
    # Two parabolas, upside down one another: a sine but for 6 %, in whole numbers.
    middles = [2 * step + 1 for step in range(_STEPS)]
    arch = [
        (level - FULL_RATE) * 4 * middle * (2 * _STEPS - middle) // (2 * _STEPS) ** 2 for middle in middles
    ]
    levels = [*(FULL_RATE + height for height in arch), *(FULL_RATE - height for height in arch)]
    return Traffic(_stretched(length_us, levels), repeats=True)


def _burst(length_us: int, level: int, every_us: int | None) -> Traffic:
    every_us = every_us or _BURST_EVERY_LENGTHS * length_us
    if every_us <= length_us:
        raise ValueError("a burst must end before the next one begins")
    return Traffic((Stretch(length_us, level), Stretch(every_us - length_us, FULL_RATE)), repeats=True)


def _stretched(length_us: int, levels: Iterable[int]) -> tuple[Stretch, ...]:
    """The levels one after the other, as equal in length as whole microseconds allow."""
    steps = list(levels)
    bounds = [length_us * number // len(steps) for number in range(len(steps) + 1)]
    return tuple(Stretch(bounds[number + 1] - bounds[number], level) for number, level in enumerate(steps))


def _length_us(text: str) -> int:
    found = _LENGTH.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"not a length: {text!r}")
    return Duration.parse(f"{found[1]} {_UNITS[found[2]]}").microseconds


def _level(text: str) -> int:
    found = _LEVEL.fullmatch(text.strip())
    if found is None or int(found[1]) > _MOST_PERCENT:
        raise ValueError(f"not a level: {text!r}")
    return int(found[1]) * _BASIS_POINTS_PER_PERCENT
