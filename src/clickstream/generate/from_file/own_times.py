"""When events of a file happened, and when they are due if they keep their own pace."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction

TICK_US = 50_000
"""Events are due at whole ticks: twenty chunks a second, however close events are to each other."""

# As docs/semantics.md has it; what the form cannot see, `fromisoformat` refuses.
_FORM = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:0\d|1[0-7]):?[0-5]\d|[+-]18:?00)?",
    re.ASCII,
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_US = timedelta(microseconds=1)


def time_us(text: object) -> int | None:
    """The event time that a text is, microseconds since the Unix epoch; None if it is none."""
    if not isinstance(text, str) or not _FORM.fullmatch(text):
        return None
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    return ((time if time.tzinfo else time.replace(tzinfo=UTC)) - _EPOCH) // _US


class Dues:
    """Turns the times of events, in sending order, into when they are due; they never go back.

    The first event with a time is due at once. An event without one, or with an earlier one than those before
    it, is due with the event before it.

    Args:
        speed: how many seconds of event time pass in a second.
    """

    def __init__(self, speed: Fraction) -> None:
        self._speed = speed
        self._first_us: int | None = None
        self._newest_us = 0

    def due_us(self, times_us: Sequence[int | None]) -> list[int]:
        """When the next events are due, in microseconds after the first, up to the next tick."""
        dues: list[int] = []
        for time in times_us:
            if time is not None:
                self._first_us = time if self._first_us is None else self._first_us
                self._newest_us = max(self._newest_us, time - self._first_us)
            ticks = -(-self._newest_us * self._speed.denominator // (self._speed.numerator * TICK_US))
            dues.append(ticks * TICK_US)
        return dues
