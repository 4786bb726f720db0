"""What runs in the process of one of several producers, and what it sends to the process that started it."""

import contextlib
import signal
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from threading import BrokenBarrierError

from clickstream.clock import SystemClock
from clickstream.errors import ClickstreamError
from clickstream.generate.events import MAX_CHUNK, EventStream, Part
from clickstream.pipeline.produce.sending import ProducePlan, send
from clickstream.settings import BrokerSettings, Settings

_IN_STEP_S = 5
_SMALLEST_CHUNK = 500


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


def run_part(order: PartOrder, in_step: Barrier, parent: Connection) -> None:
    """Send one part of the stream; the body of a producer's process.

    Sends the parent its `DeliveryCounts` after every chunk, the places of acknowledged records as text, and
    at the end the `Delivery`, or the ClickstreamError that ended it. Any message of the parent means stop, as
    does the end of its pipe. Producers that need not wait for the clock take the same chunks and wait for
    one another at `in_step`: none runs minutes of event time ahead.
    """
    # Ctrl-C reaches every process of a terminal; the parent decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def tell(message: object) -> None:
        with contextlib.suppress(OSError):  # a parent that is gone is a reason to stop
            parent.send(message)

    def wait_for_the_others(_first: int, _size: int) -> None:
        with contextlib.suppress(BrokenBarrierError):  # one of them has ended
            in_step.wait()

    try:
        stream = order.stream()
        if not order.plan.live:
            stream.chunk = chunk_in_step(stream.timeline.rate_per_s, order.part.of)
        delivery = send(
            order.broker,
            order.settings,
            stream,
            order.plan,
            clock=SystemClock(),
            stop_requested=parent.poll,
            on_ack=tell,
            on_counts=tell,
            before_chunk=wait_for_the_others,
            began_s=order.began_s,
        )
    except ClickstreamError as error:
        tell(error)
    else:
        tell(delivery)
    finally:
        in_step.abort()
