"""What runs in the process of one of several producers, and what it says to the one that started it."""

import contextlib
import signal
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from multiprocessing.connection import Connection

from clickstream.clock import SystemClock
from clickstream.contract.progress import DeliveryCounts
from clickstream.errors import ClickstreamError
from clickstream.generate.events import MAX_CHUNK, EventStream, Part
from clickstream.pipeline.sending import Delivery, ProducePlan, send
from clickstream.settings import BrokerSettings, Settings

_IN_STEP_S = 5
_SMALLEST_CHUNK = 500
_LOOKS_UP_EVERY_S = 0.1


@dataclass(frozen=True, slots=True)
class PartOrder:
    """What a producer is told at its start; `began_s` is on the monotonic clock, one for all processes."""

    broker: BrokerSettings
    settings: Settings
    plan: ProducePlan
    start_us: int
    began_s: float
    part: Part

    def stream(self) -> EventStream:
        """This producer's part of the stream."""
        return EventStream(self.settings.generator, self.broker.partitions, self.start_us, self.part)


def chunk_in_step(rate_per_s: Fraction, producers: int) -> int:
    """How many events producers go on by that keep in step: some seconds of event time, but not too few."""
    return max(_SMALLEST_CHUNK, min(MAX_CHUNK * producers, floor(rate_per_s * _IN_STEP_S)))


@dataclass(frozen=True, slots=True)
class Moved:
    """How far the producer has come, and what has become of its records."""

    position: int
    counts: DeliveryCounts


@dataclass(frozen=True, slots=True)
class Placed:
    """Where one of its records is."""

    place: str


@dataclass(frozen=True, slots=True)
class Ended:
    """It has come to its end, and all its records have their reports."""

    delivery: Delivery


@dataclass(frozen=True, slots=True)
class Failed:
    """An error for people; its parts, because an exception with a constructor of its own cannot be sent."""

    kind: type[ClickstreamError]
    sentence: str
    next_step: str
    details: tuple[str, ...]

    def error(self) -> ClickstreamError:
        """The error as it was raised over there."""
        error = self.kind.__new__(self.kind)
        ClickstreamError.__init__(error, self.sentence, next_step=self.next_step, details=self.details)
        return error


class Control:
    """Hears what the parent says: a number is how far to go, None or a closed pipe is: stop."""

    def __init__(self, limit: int, hears: Connection) -> None:
        self._limit = limit
        self._hears = hears
        self._stopped = False

    def stop_requested(self) -> bool:
        """Whether the parent wants this to end, or is gone."""
        self._hear(0)
        return self._stopped

    def wait_for(self, end: int) -> None:
        """Return when this producer may make events up to `end`, or shall stop."""
        while end > self._limit and not self._stopped:
            self._hear(_LOOKS_UP_EVERY_S)

    def _hear(self, timeout_s: float) -> None:
        try:
            while not self._stopped and self._hears.poll(timeout_s):
                said = self._hears.recv()
                self._stopped, self._limit = said is None, said or self._limit
                timeout_s = 0
        except (EOFError, OSError):
            self._stopped = True


def run_part(order: PartOrder, limit: int, says: Connection, hears: Connection) -> None:
    """Send one part of the stream, and say so; the body of a producer's process."""
    # Ctrl-C reaches every process of a terminal; the parent decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control = Control(limit, hears)
    tell = _teller(says)
    position = order.plan.first

    def before_chunk(first: int, size: int) -> None:
        nonlocal position
        position = first
        if not order.plan.live:
            control.wait_for(first + size)

    try:
        stream = order.stream()
        if not order.plan.live:
            # The parent counts in the same chunks.
            stream.chunk = chunk_in_step(stream.timeline.rate_per_s, order.part.of)
        delivery = send(
            order.broker,
            order.settings,
            stream,
            order.plan,
            clock=SystemClock(),
            stop_requested=control.stop_requested,
            on_ack=lambda place: tell(Placed(place)),
            on_counts=lambda counts: tell(Moved(position, counts)),
            before_chunk=before_chunk,
            began_s=order.began_s,
        )
    except ClickstreamError as error:
        tell(Failed(type(error), error.sentence, error.next_step, error.details))
    else:
        tell(Ended(delivery))


def _teller(says: Connection) -> Callable[[object], None]:
    def tell(message: object) -> None:
        # Nobody listens any more: the control pipe has the same news.
        with contextlib.suppress(OSError):
            says.send(message)

    return tell
