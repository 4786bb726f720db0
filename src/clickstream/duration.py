"""Durations as settings and flags give them: `30s`, `5m`, `5 minutes`, `1 minute 30 seconds`."""

import re
from dataclasses import dataclass

DURATION_UNITS = "ms, s, m, h, d or w, or the words"
"""The units that a duration takes, for errors."""

_UNIT_MS = {
    "millisecond": 1,
    "second": 1_000,
    "minute": 60_000,
    "hour": 3_600_000,
    "day": 86_400_000,
    "week": 604_800_000,
}
_UNIT_OF = {f"{unit}{plural}": unit for unit in _UNIT_MS for plural in ("", "s")} | {
    **dict.fromkeys(("ms", "msec", "msecs"), "millisecond"),
    **dict.fromkeys(("s", "sec", "secs"), "second"),
    **dict.fromkeys(("m", "min", "mins"), "minute"),
    **dict.fromkeys(("h", "hr", "hrs"), "hour"),
    "d": "day",
    "w": "week",
}
_OF_NO_FIXED_LENGTH = frozenset({"mo", "month", "months", "y", "yr", "yrs", "year", "years"})
_PART = re.compile(r"\s*(\d{1,15})\s*([a-z]+)\s*", re.ASCII | re.IGNORECASE)
LONGEST_MS = 36_500 * _UNIT_MS["day"]
"""Far beyond it, sums with event times leave Spark's 64 bits of microseconds."""


@dataclass(frozen=True, slots=True)
class Duration:
    """A span of time, whole milliseconds."""

    milliseconds: int

    @classmethod
    def parse(cls, text: str) -> "Duration":
        """Read whole numbers, each with a unit from millisecond to week, short or in words; `0` needs none.

        Raises:
            ValueError: `text` is anything else, or longer than 100 years; says what is wrong with it.
        """
        if text.strip() == "0":
            return cls(0)
        total_ms, position = 0, 0
        while part := _PART.match(text, position):
            total_ms += int(part[1]) * _unit_ms(part[2])
            position = part.end()
        if not text.strip() or position < len(text):
            raise ValueError(_why_not(text, text[position:].strip()))
        if total_ms > LONGEST_MS:
            raise ValueError("it is longer than 100 years")
        return cls(total_ms)

    @property
    def microseconds(self) -> int:
        """The same span in microseconds."""
        return self.milliseconds * 1_000

    def __str__(self) -> str:
        for unit in ("day", "hour", "minute", "second"):
            if self.milliseconds and self.milliseconds % _UNIT_MS[unit] == 0:
                count = self.milliseconds // _UNIT_MS[unit]
                return f"{count} {unit}{'s' if count != 1 else ''}"
        return f"{self.milliseconds} milliseconds"


def _unit_ms(word: str) -> int:
    unit = word.lower()
    if unit in _OF_NO_FIXED_LENGTH:
        raise ValueError("months and years have no fixed length")
    if unit not in _UNIT_OF:
        raise ValueError(f"{word} is not a unit")
    return _UNIT_MS[_UNIT_OF[unit]]


def _why_not(text: str, rest: str) -> str:
    if not rest:
        return "it is blank"
    if rest.startswith("-"):
        return "it is negative"
    if re.match(r"\d*[.,]\d", rest):
        return "it is not a whole number"
    return "a number has no unit" if re.fullmatch(r"\d+", rest, re.ASCII) else f"{rest!r} is not a duration"
