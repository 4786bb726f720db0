"""What runs in the process of one of several producers, and what it sends to the process that started it."""

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
from clickstream.pipeline.produce.sending import ProducePlan, send
from clickstream.settings import BrokerSettings, Settings

_IN_STEP_S = 5
_SMALLEST_CHUNK = 500
_POLL_S = 0.1


@dataclass(frozen=True, slots=True)
class PartOrder:
    """What a producer gets at its start; `began_s` is on the monotonic clock, one for all processes."""

    broker: BrokerSettings
    settings: Settings
    plan: ProducePlan
    start_us: int
    began_s: float
    part: Part

    def stream(self) -> EventStream:
        """This producer's part of the stream."""
        settings = self.settings
        return EventStream(
            settings.pipeline, settings.generator, self.broker.partitions, self.start_us, self.part
        )


def chunk_in_step(rate_per_s: Fraction, producers: int) -> int:
    """Events per step of producers that wait for one another: some seconds of event time, but not too few."""
    return max(_SMALLEST_CHUNK, min(MAX_CHUNK * producers, floor(rate_per_s * _IN_STEP_S)))


@dataclass(frozen=True, slots=True)
class Moved:
    """How far the producer has come, and what has become of its records."""

    position: int
    counts: DeliveryCounts


class Control:
    """Receives what the parent sends: a number is how far to go; None or a closed pipe means stop."""

    def __init__(self, limit: int, parent: Connection) -> None:
        self._limit = limit
        self._parent = parent
        self._stopped = False

    def stop_requested(self) -> bool:
        """Whether the parent wants this to end, or is gone."""
        self._receive(0)
        return self._stopped

    def wait_for(self, end: int) -> None:
        """Return when this producer may make events up to `end`, or must stop."""
        while end > self._limit and not self._stopped:
            self._receive(_POLL_S)

    def _receive(self, timeout_s: float) -> None:
        try:
            while not self._stopped and self._parent.poll(timeout_s):
                received = self._parent.recv()
                self._stopped, self._limit = received is None, received or self._limit
                timeout_s = 0
        except (EOFError, OSError):
            self._stopped = True


def run_part(order: PartOrder, limit: int, parent: Connection) -> None:
    """Send one part of the stream; the body of a producer's process.

    Sends the parent a `Moved` after every chunk, the places of acknowledged records as text, and at the end
    the `Delivery`, or the ClickstreamError that ended it.
    """
    # Ctrl-C reaches every process of a terminal; the parent decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control = Control(limit, parent)
    tell = _teller(parent)
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
            on_ack=tell,
            on_counts=lambda counts: tell(Moved(position, counts)),
            before_chunk=before_chunk,
            began_s=order.began_s,
        )
    except ClickstreamError as error:
        tell(error)
    else:
        tell(delivery)


def _teller(parent: Connection) -> Callable[[object], None]:
    def tell(message: object) -> None:
        # A parent that is gone shows in `Control`, too.
        with contextlib.suppress(OSError):
            parent.send(message)

    return tell
