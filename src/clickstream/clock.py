"""Time behind a small protocol, so that tests can hold it still."""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What the kit asks of time."""

    def now(self) -> datetime:
        """The wall clock's time, in UTC."""

    def monotonic_s(self) -> float:
        """Seconds on a clock that never goes back; only differences mean anything."""

    def sleep(self, duration_s: float) -> None:
        """Let `duration_s` seconds pass; nothing for zero or less."""


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """The wall clock's time, in UTC."""
        return datetime.now(UTC)

    def monotonic_s(self) -> float:
        """Seconds since an arbitrary moment, unmoved by changes of the wall clock."""
        return time.monotonic()

    def sleep(self, duration_s: float) -> None:
        """Let `duration_s` seconds pass; nothing for zero or less."""
        if duration_s > 0:
            time.sleep(duration_s)
