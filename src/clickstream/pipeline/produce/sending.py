"""One process's share of the stream, from the generator to the broker."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from clickstream.broker.producing import RecordProducer
from clickstream.broker.topics import describe_topic, offset_ranges
from clickstream.clock import Clock
from clickstream.contract.ledger import SentFile
from clickstream.contract.progress import DeliveryCounts
from clickstream.generate.from_file.lines import Values
from clickstream.generate.pacing import paced_chunks
from clickstream.generate.record_stream import RecordStream, chunks
from clickstream.pipeline.produce.ledger import kept_ledger, opening_of
from clickstream.pipeline.run import layout_of
from clickstream.settings import BrokerSettings, Settings

_BEYOND_THE_DELIVERY_TIMEOUT_S = 30.0
"""So much longer we wait than librdkafka, so that each record has had its report before we give up."""

STOPPING_DEADLINE_S = 30.0
"""Short, because a user waits: records not acknowledged by then count as failed."""


@dataclass(frozen=True, slots=True)
class FileInput:
    """A file to send: its path, or `-`, and its messages.

    `speed` is that of the events' own pace, None for the rate. `again` begins with the first message,
    whatever was sent before.
    """

    file: str
    messages: Values
    speed: Fraction | None
    again: bool


@dataclass(frozen=True, slots=True)
class ProducePlan:
    """How many records a run produces, and whether it keeps to the clock.

    `count` is how many events of the stream, None for a run that ends only when it is asked to. `live`
    records are sent when their event time comes; others as fast as the broker takes them. `first` is the
    event that the run begins with: those before it are skipped. `source` is None for generated events.
    """

    count: int | None
    live: bool
    first: int = 0
    source: FileInput | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of the records that one process sent, and what the first failed one failed of."""

    counts: DeliveryCounts
    first_error: str


def send(
    broker: BrokerSettings,
    settings: Settings,
    stream: RecordStream,
    produce_plan: ProducePlan,
    *,
    clock: Clock,
    stop_requested: Callable[[], bool],
    on_ack: Callable[[str], None],
    on_counts: Callable[[DeliveryCounts], None],
    before_chunk: Callable[[int, int], None] = lambda first, size: None,
    began_s: float | None = None,
    file: SentFile | None = None,
) -> Delivery:
    """Send to a topic that exists; returns when every record has its delivery report.

    It ends early when it is asked to, and after the first record that failed. What was sent is written into
    a ledger beside the output, which `check` balances.

    `before_chunk` is called with the first event and the number of events of every chunk that need not wait
    for the clock. `began_s` is when a live stream's first record was due, on the monotonic clock; by default
    now. `file` is what the ledger records of a file.
    """
    first, count = produce_plan.first, produce_plan.count
    if produce_plan.live:
        outgoing = paced_chunks(
            stream, clock, first=first, count=count, began_s=began_s, stop_requested=stop_requested
        )
    else:
        outgoing = chunks(
            stream, count, first=first, before_chunk=before_chunk, stop_requested=stop_requested
        )
    producer = RecordProducer(broker, on_ack=on_ack, stop_requested=stop_requested)
    ends = {partition: end for partition, (_, end) in offset_ranges(broker, uncommitted=True).items()}
    opening = opening_of(broker, describe_topic(broker).topic_id, ends, settings.generator, clock, file)
    with kept_ledger(layout_of(settings.paths).sent_dir(), producer, opening, clock) as note:
        try:
            for records in outgoing:
                producer.send(records)
                on_counts(producer.counts)
                note()
                if producer.counts.failed:
                    break
        finally:
            patience_s = broker.delivery_timeout.milliseconds / 1_000 + _BEYOND_THE_DELIVERY_TIMEOUT_S
            counts = producer.finish(STOPPING_DEADLINE_S if stop_requested() else patience_s)
    return Delivery(counts, producer.first_error)
