"""Generator to broker: how many records, at what pace, and what became of each."""

from collections.abc import Callable, Iterator
from math import floor
from typing import TypedDict

from clickstream.broker.topics import ensure_topic
from clickstream.clock import Clock
from clickstream.contract.progress import DeliveryCounts
from clickstream.duration import DURATION_UNITS, Duration
from clickstream.errors import DeliveryFailed, SettingInvalid
from clickstream.generate.events import EventStream
from clickstream.generate.record_stream import RecordStream, chunks
from clickstream.generate.timeline import Timeline, start_us_of
from clickstream.generate.traffic import Traffic
from clickstream.pipeline.broker_access import running_broker
from clickstream.pipeline.produce.from_file import send_file, stream_of_file
from clickstream.pipeline.produce.sending import ProducePlan, send
from clickstream.pipeline.produce.several_producers import send_together
from clickstream.settings import BrokerSettings, GeneratorSettings, Settings

METADATA_DEADLINE_S = 30.0


class _Told(TypedDict):
    """What a producer asks, and what it reports."""

    stop_requested: Callable[[], bool]
    on_ack: Callable[[str], None]
    on_counts: Callable[[DeliveryCounts], None]


def plan(
    settings: GeneratorSettings, *, count: int | None, duration: str | None, live: bool, skip: int = 0
) -> ProducePlan:
    """Decide what `produce` does: live without a start time, a simulated period at full speed with one.

    It begins with event `skip`; count and duration are counted from there, whichever ends first.

    Raises:
        SettingInvalid: the duration is none or zero, or a simulated period has no end.
    """
    timeline = Timeline(0, settings.rate_per_s, Traffic.parse(settings.traffic))
    live = live or not settings.start_time
    if duration is not None:
        end_us = timeline.offset_us(skip) + _span(duration).microseconds
        within = timeline.happening_before(end_us) - skip
        count = within if count is None else min(count, within)
    if count is None and not live:
        raise SettingInvalid(
            "START_TIME",
            settings.start_time,
            "nothing, or add --count or --duration",
            why="a simulated period needs an end",
        )
    return ProducePlan(count=count, live=live, first=skip)


def refuse_generator(settings: GeneratorSettings, clock: Clock) -> None:
    """Return only if a producer with these settings can make its first event; needs no broker."""
    timeline = Timeline(start_us_of(settings, clock), settings.rate_per_s, Traffic.parse(settings.traffic))
    timeline.nominal_us(0, 1)


def _span(duration: str) -> Duration:
    try:
        span = Duration.parse(duration)
        if not span.milliseconds:
            raise ValueError("it is zero, so nothing would be produced")
    except ValueError as error:
        expected = f"a duration such as 30s or '10 minutes': whole numbers with {DURATION_UNITS}"
        raise SettingInvalid("--duration", duration, expected, source="flag", why=str(error)) from error
    return span


def sample(settings: Settings, produce_plan: ProducePlan, clock: Clock) -> Iterator[bytes | None]:
    """The values of what the plan would send, without a broker and without waiting."""
    stream: RecordStream = (
        _stream(settings, produce_plan, clock)
        if produce_plan.source is None
        else stream_of_file(settings, produce_plan.source, clock)
    )
    for records in chunks(stream, produce_plan.count, first=produce_plan.first):
        yield from records.values


def produce(
    settings: Settings,
    produce_plan: ProducePlan,
    broker: BrokerSettings | None = None,
    *,
    clock: Clock,
    stop_requested: Callable[[], bool],
    on_ack: Callable[[str], None],
    on_counts: Callable[[DeliveryCounts], None] = lambda counts: None,
    on_note: Callable[[str], None] = lambda note: None,
) -> DeliveryCounts:
    """Produce to this broker, by default to the one that is given or runs here; creates a missing topic.

    Returns when every record has its delivery report. What was sent is written into a ledger beside the
    output, which `check` balances.

    Raises:
        DeliveryFailed: the broker did not acknowledge every record; the sentence has the counts.
    """
    broker = broker or running_broker(settings)
    ensure_topic(broker, clock=clock, deadline_s=METADATA_DEADLINE_S)
    told: _Told = {"stop_requested": stop_requested, "on_ack": on_ack, "on_counts": on_counts}
    if produce_plan.source is not None:
        delivery = send_file(
            broker, settings, produce_plan, produce_plan.source, clock=clock, on_note=on_note, **told
        )
    else:
        send_all = send if settings.generator.producers == 1 else send_together
        stream = _stream(settings, produce_plan, clock)
        began_s = _first_due_s(settings.generator, stream, produce_plan, clock)
        delivery = send_all(broker, settings, stream, produce_plan, clock=clock, began_s=began_s, **told)
    counts = delivery.counts
    if counts.failed:
        raise DeliveryFailed(
            f"produced {counts.produced:,} · acknowledged {counts.acknowledged:,} · "
            f"failed {counts.failed:,}: {delivery.first_error}.",
            next_step="Check the broker and its log. A record that failed may still be in the "
            "topic, if only its acknowledgement was lost.",
        )
    return counts


def _stream(settings: Settings, produce_plan: ProducePlan, clock: Clock) -> EventStream:
    stream = EventStream(
        settings.pipeline,
        settings.generator,
        settings.broker.partitions,
        start_us_of(settings.generator, clock),
    )
    if not settings.generator.start_time and produce_plan.first:
        # Without a start time events happen now: also the first one that is not skipped.
        stream.timeline.start_us -= floor(stream.timeline.offset_us(produce_plan.first))
    return stream


def _first_due_s(
    settings: GeneratorSettings, stream: EventStream, produce_plan: ProducePlan, clock: Clock
) -> float:
    """When the first event is due, on the monotonic clock: now, or at its own time where events happen now.

    Otherwise the records of a live run would all be as old as the start of the producer has taken.
    """
    due_s = clock.monotonic_s()
    if settings.start_time:
        return due_s
    first_us = int(stream.timeline.nominal_us(produce_plan.first, 1)[0])
    return due_s - (clock.now().timestamp() - first_us / 1_000_000)
