"""Several producers at once: one process each for a part of the users, together the records of one.

Parent and child talk by a pipe. The child sends what becomes of its records; the parent sends that it must
stop. A closed pipe means stop, too: however the parent ends, its children stop. Spawned, not forked:
librdkafka's threads do not survive a fork.
"""

import contextlib
import multiprocessing
from collections.abc import Callable
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Barrier

from clickstream.clock import Clock
from clickstream.contract.progress import DeliveryCounts
from clickstream.errors import ClickstreamError, PartDied
from clickstream.generate.events import EventStream, Part
from clickstream.pipeline.produce.producer_process import PartOrder, run_part
from clickstream.pipeline.produce.sending import STOPPING_DEADLINE_S, Delivery, ProducePlan
from clickstream.settings import BrokerSettings, Settings

_SPAWN = multiprocessing.get_context("spawn")
_POLL_S = 0.2
# Longer than a child gives its own last deliveries.
_ENDING_DEADLINE_S = STOPPING_DEADLINE_S + 15.0
_NOTHING_YET = DeliveryCounts(0, 0, 0)


@dataclass(slots=True)
class _Child:
    """One producer: its process, the pipe to it, and what it last sent."""

    number: int
    process: BaseProcess
    pipe: Connection
    counts: DeliveryCounts = _NOTHING_YET
    ended: Delivery | None = None


def send_together(
    broker: BrokerSettings,
    settings: Settings,
    stream: EventStream,
    produce_plan: ProducePlan,
    *,
    clock: Clock,
    stop_requested: Callable[[], bool],
    on_ack: Callable[[str], None],
    on_counts: Callable[[DeliveryCounts], None],
    began_s: float,
) -> Delivery:
    """Send a stream by PRODUCERS processes; returns when each of them has all its delivery reports.

    `began_s` is when a live stream's first record was due, on the monotonic clock.
    """
    order = PartOrder(broker, settings, produce_plan, stream.timeline.start_us, began_s, Part())
    children: list[_Child] = []
    in_step = _SPAWN.Barrier(settings.generator.producers)
    try:
        for number in range(settings.generator.producers):
            part = Part(number, settings.generator.producers)
            children.append(_started(replace(order, part=part), in_step))
        while not all(child.ended for child in children) and not stop_requested():
            _listen(children, on_ack)
            on_counts(_total(children))
        _finish(children, in_step, clock, on_ack)
    finally:
        # After an error or a second Ctrl-C: nothing is left running.
        for child in children:
            child.process.kill()
            child.process.join()
    failed = next(
        (child.ended.first_error for child in children if child.ended and child.ended.first_error), ""
    )
    return Delivery(_total(children), failed)


def _started(order: PartOrder, in_step: Barrier) -> _Child:
    pipe, of_child = _SPAWN.Pipe()
    process = _SPAWN.Process(
        target=run_part, args=(order, in_step, of_child), name=f"producer {order.part.number + 1}"
    )
    process.start()
    of_child.close()  # a child's end shows as the end of its pipe
    return _Child(order.part.number, process, pipe)


def _listen(children: list[_Child], on_ack: Callable[[str], None]) -> None:
    """Receive what the children have sent since; waits for a moment if they have sent nothing."""
    open_pipes = {child.pipe: child for child in children if not child.pipe.closed}
    for pipe in wait(list(open_pipes), timeout=_POLL_S):
        child = open_pipes[pipe]  # type: ignore[index] # `wait` gives back what it was given
        try:
            _take(child, child.pipe.recv(), on_ack)
        except (EOFError, OSError):
            child.pipe.close()
            child.process.join()
    for child in children:
        if child.pipe.closed and child.ended is None:
            raise PartDied(
                f"Producer {child.number + 1} of {len(children)} (pid {child.process.pid}) ended by itself "
                f"with exit code {child.process.exitcode}; the others were stopped.",
                next_step="See its last log lines. The acknowledged records are in the topic.",
            )


def _take(child: _Child, message: object, on_ack: Callable[[str], None]) -> None:
    match message:
        case DeliveryCounts():
            child.counts = message
        case str(place):
            on_ack(place)
        case Delivery():
            child.ended, child.counts = message, message.counts
        case ClickstreamError():
            raise message


def _finish(children: list[_Child], in_step: Barrier, clock: Clock, on_ack: Callable[[str], None]) -> None:
    """Ask those that still run to stop, and wait for their last deliveries."""
    for child in children:
        with contextlib.suppress(OSError):
            child.pipe.send(None)
    in_step.abort()
    deadline_s = clock.monotonic_s() + _ENDING_DEADLINE_S
    while not all(child.ended for child in children) and clock.monotonic_s() < deadline_s:
        _listen(children, on_ack)
    for child in children:
        child.process.join(max(0.0, deadline_s - clock.monotonic_s()))


def _total(children: list[_Child]) -> DeliveryCounts:
    return DeliveryCounts(
        produced=sum(child.counts.produced for child in children),
        acknowledged=sum(child.counts.acknowledged for child in children),
        failed=sum(child.counts.failed for child in children),
    )
