"""Records per second over the last minute, from a count that grows."""

from collections import deque
from datetime import datetime, timedelta

_WINDOW = timedelta(minutes=1)


class Rate:
    """How fast a count has grown: it is given now and then, with the time at which it was reached."""

    def __init__(self) -> None:
        self._reached: deque[tuple[datetime, int]] = deque()

    def reach(self, at: datetime, count: int) -> None:
        """Note a count; a smaller one than before starts over."""
        if self._reached and count < self._reached[-1][1]:
            self._reached.clear()
        self._reached.append((at, count))
        self._forget_before(at - _WINDOW)

    def per_s(self, now: datetime) -> float | None:
        """The growth per second over the last minute; None before there are two counts."""
        self._forget_before(now - _WINDOW)
        if len(self._reached) < 2:
            return None
        (since, first), (_, last) = self._reached[0], self._reached[-1]
        seconds = (now - since).total_seconds()
        return (last - first) / seconds if seconds > 0 else None

    def _forget_before(self, begin: datetime) -> None:
        # The last count before the window stays: growth is measured from there. Of slow batches, two stay.
        while len(self._reached) > 2 and self._reached[1][0] <= begin:
            self._reached.popleft()
