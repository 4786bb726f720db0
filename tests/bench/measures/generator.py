"""The generator into the embedded broker, beside one constant payload and a producer of the usual kind.

The constant payload is the ceiling: the same client, the same process, every delivery counted, and no work
but handing over.
"""

from collections.abc import Iterable
from pathlib import Path
from statistics import median
from typing import Any

from bench.measures.broker import settings_in
from bench.options import Sizes
from bench.plain_producer import plain_events_per_s
from clickstream.broker.producing import RecordProducer
from clickstream.broker.topics import ensure_topic
from clickstream.clicks import CLICKS
from clickstream.clock import SystemClock
from clickstream.contract.records import OutgoingRecords
from clickstream.generate.events import EventStream
from clickstream.generate.record_stream import chunks
from clickstream.pipeline.broker_access import jvm_parts, owned_broker
from clickstream.runtime.java.jars import KAFKA
from clickstream.settings import BrokerSettings

EVENTS = 300_000
PLAIN_EVENTS = 5_000
PAIRS = 5
START_US = 1_767_225_600_000_000


def measure(folder: Path, _sizes: Sizes) -> dict[str, Any]:
    settings = settings_in(folder)
    kafka = jvm_parts(settings, KAFKA)
    with owned_broker(settings, kafka, SystemClock()) as broker:
        ensure_topic(broker)
        stream = EventStream(CLICKS, settings.generator, broker.partitions, START_US)
        constant = stream.records(0, 5_000)
        constant = OutgoingRecords(
            [constant.values[0]] * 5_000,
            [constant.keys[0]] * 5_000,
            constant.partitions,
            constant.timestamps_ms,
        )
        generated, ceiling, plain = [], [], []
        for _ in range(PAIRS):
            ceiling.append(_rate(broker, [constant] * (EVENTS // 5_000)))
            generated.append(_rate(broker, chunks(stream, EVENTS)))
            plain.append(plain_events_per_s(broker, PLAIN_EVENTS))
    ratios = [own / top for own, top in zip(generated, ceiling, strict=True)]
    return {
        "generated_events_per_s": round(median(generated)),
        "constant_payload_events_per_s": round(median(ceiling)),
        "share_of_constant_payload": round(median(ratios), 2),
        "kafka_python_json_awaited_events_per_s": round(median(plain)),
        "pairs": PAIRS,
    }


def _rate(broker: BrokerSettings, outgoing: Iterable[OutgoingRecords]) -> float:
    clock = SystemClock()
    producer = RecordProducer(broker)
    begun_s = clock.monotonic_s()
    for records in outgoing:
        producer.send(records)
    counts = producer.finish(60)
    assert counts.acknowledged == EVENTS, counts
    return EVENTS / (clock.monotonic_s() - begun_s)
