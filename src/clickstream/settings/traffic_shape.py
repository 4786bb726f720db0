"""The shape of the traffic as TRAFFIC gives it: `burst:30s:300%:5m`."""

import re
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import AfterValidator

from clickstream.duration import Duration
from clickstream.settings.kinds import Worded, refused

TRAFFIC_FORMS = "constant, ramp:10m:300%, wave:10m:150%, burst:30s:300% or burst:30s:300%:5m"

_LEVEL = re.compile(r"\s*(\d{1,5})\s*%\s*", re.ASCII)
_HIGHEST_PERCENT = 10_000
_HIGHEST_WAVE_PERCENT = 199
# How often a burst comes where nothing else is said, in lengths of a burst.
_BURST_EVERY_LENGTHS = 10
_NONE = Duration(0)
_USUAL = {"ramp": ("10m", "300%"), "wave": ("10m", "150%"), "burst": ("30s", "300%")}


@dataclass(frozen=True, slots=True)
class TrafficShape:
    """A shape with its length, its level in per cent of MSGS_PER_SEC, and the period of a burst."""

    name: Literal["constant", "ramp", "wave", "burst"]
    length: Duration = _NONE
    level_percent: int = 100
    every: Duration = _NONE

    @classmethod
    def parse(cls, text: str) -> "TrafficShape":
        """Read a shape and, after colons, its length, its level and, for a burst, its period.

        Raises:
            ValueError: it is none; says what is wrong.
        """
        name, *given = (each.strip() for each in text.lower().split(":"))
        if name == "constant" and not given:
            return cls("constant")
        if name not in _USUAL:
            raise ValueError(f"{name or 'nothing'!r} is not a shape")
        if len(given) == 1:
            raise ValueError("it has a length and no level")
        length, level, *more = given or _USUAL[name]
        if len(more) > (name == "burst"):
            raise ValueError("it has too many parts")
        shape_length, percent = _length(length), _percent(level)
        if name == "ramp":
            return cls("ramp", shape_length, percent)
        if name == "wave":
            if not 100 < percent <= _HIGHEST_WAVE_PERCENT:
                raise ValueError(f"the level of a wave is from 101% to {_HIGHEST_WAVE_PERCENT}%")
            return cls("wave", shape_length, percent)
        every = _length(more[0]) if more else Duration(_BURST_EVERY_LENGTHS * shape_length.milliseconds)
        if every.milliseconds <= shape_length.milliseconds:
            raise ValueError("a burst must end before the next one begins")
        return cls("burst", shape_length, percent, every)


def _length(text: str) -> Duration:
    length = Duration.parse(text)
    if not length.milliseconds:
        raise ValueError("a length must be longer than zero")
    return length


def _percent(text: str) -> int:
    found = _LEVEL.fullmatch(text)
    if found is None or not 1 <= int(found[1]) <= _HIGHEST_PERCENT:
        raise ValueError(f"{text!r} is not a level from 1% to {_HIGHEST_PERCENT}%")
    return int(found[1])


def _traffic(value: str) -> str:
    try:
        TrafficShape.parse(value)
    except ValueError as error:
        raise refused(why=str(error)) from error
    return value


TrafficText = Annotated[str, AfterValidator(_traffic), Worded("a shape", f"such as {TRAFFIC_FORMS}")]
