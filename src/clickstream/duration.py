"""Durations as settings give them: `10 seconds`, `1 minute 30 seconds`."""

import re
from dataclasses import dataclass

_UNIT_MS = {"millisecond": 1, "second": 1_000, "minute": 60_000, "hour": 3_600_000, "day": 86_400_000}
_PART = re.compile(r"(\d{1,12})\s*(millisecond|second|minute|hour|day)s?", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Duration:
    """A span of time, whole milliseconds."""

    milliseconds: int

    @classmethod
    def parse(cls, text: str) -> "Duration":
        """Read whole numbers, each with a unit from millisecond to day.

        Raises:
            ValueError: `text` is anything else; months and years have no fixed length and are refused.
        """
        total_ms, position, stripped = 0, 0, text.strip()
        while position < len(stripped):
            part = _PART.match(stripped, position)
            if part is None:
                break
            total_ms += int(part[1]) * _UNIT_MS[part[2].lower()]
            position = part.end()
            while position < len(stripped) and stripped[position].isspace():
                position += 1
        if not stripped or position < len(stripped):
            raise ValueError(f"not a duration: {text!r}")
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
