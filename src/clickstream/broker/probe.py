"""Is the broker ready? It is when it has taken a record and given it back."""

import uuid

from clickstream.broker.failures import broker_unavailable
from clickstream.broker.producing import RecordProducer
from clickstream.broker.reading import read_ranges
from clickstream.broker.topics import ensure_topic, offset_ranges
from clickstream.contract.records import OutgoingRecords
from clickstream.settings import BrokerSettings

PROBE_TOPIC = "__clickstream_probe"
"""Holds the records that were sent to see whether they come back; safe to delete."""

# A start is over in seconds, and the caller wants to look in between whether the broker still lives.
_CONNECT_S = 1.0
_ANSWER_S = 5.0


def probe(bootstrap_servers: str) -> None:
    """Return when the broker answered for its metadata, acknowledged a record, and gave that record back.

    Raises:
        BrokerUnavailable: it did not, within 1 s for the first answer and 5 s for each of the others.
    """
    # Built without reading the environment: only the address can be chosen here.
    settings = BrokerSettings.model_construct(
        bootstrap_servers=bootstrap_servers, topic=PROBE_TOPIC, partitions=1, replication_factor=1
    )
    ensure_topic(settings, deadline_s=_CONNECT_S)
    _, before = offset_ranges(settings, deadline_s=_ANSWER_S)[0]
    sent = uuid.uuid4().bytes
    producer = RecordProducer(settings)
    producer.send(OutgoingRecords(values=[sent], keys=[None], partitions=[0], timestamps_ms=[0]))
    producer.finish(_ANSWER_S)
    if producer.counts.failed:
        raise broker_unavailable(settings, "storing a test record", producer.first_error)
    _, after = offset_ranges(settings, deadline_s=_ANSWER_S)[0]
    came_back = read_ranges(settings, {0: (before, after)}, deadline_s=_ANSWER_S)
    if not any(sent in records.values for records in came_back):
        raise broker_unavailable(settings, "returning a test record", "it was not among the records read")
