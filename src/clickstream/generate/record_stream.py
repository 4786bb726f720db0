"""What is sent, place by place, whether it is made or read; and when each record is due."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Protocol

from clickstream.contract.records import OutgoingRecords


class Schedule(Protocol):
    """When the records of a stream are due, in microseconds after the one in place 0."""

    @property
    def rate_per_s(self) -> Fraction:
        """How many records are due in a second, as a rule; 0 if there is none."""

    def offset_us(self, index: int) -> Fraction:
        """When the record in this place is due."""

    def happened_within(self, offset_us: Fraction) -> int:
        """How many records are due until then, those at that very moment included."""


class RecordStream(Protocol):
    """Records by their place in sending order."""

    @property
    def timeline(self) -> Schedule:
        """When each record is due."""

    @property
    def chunk(self) -> int:
        """Places that are best taken at once."""

    def available(self, first: int, count: int) -> int | None:
        """How many of `count` places from `first` on can be taken now; None after the last one."""

    def records(self, first: int, count: int) -> OutgoingRecords:
        """What is sent for places `first` to `first + count - 1`, which are available."""


def never() -> bool:
    """The `stop_requested` of a run that ends by itself."""
    return False


def chunks(
    stream: RecordStream,
    count: int | None,
    *,
    first: int = 0,
    before_chunk: Callable[[int, int], None] = lambda first, size: None,
    stop_requested: Callable[[], bool] = never,
) -> Iterator[OutgoingRecords]:
    """What is sent for `count` places from `first` on, as fast as it comes; all places for None.

    `before_chunk` is called with the first place of every chunk and how many there are, and may wait;
    `stop_requested` is asked after that. A chunk of a pipe that has nothing for now is empty.
    """
    end = None if count is None else first + count
    while end is None or first < end:
        size = stream.available(first, stream.chunk if end is None else min(stream.chunk, end - first))
        if size is None:
            return
        before_chunk(first, size)
        if stop_requested():
            return
        yield stream.records(first, size)
        first += size
