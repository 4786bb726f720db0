"""A look at the topic itself: what it is, and its newest messages."""

from collections import Counter
from collections.abc import Iterator, Mapping

from clickstream.broker.reading import read_ranges
from clickstream.broker.topic_config import topic_config
from clickstream.broker.topics import describe_topic, offset_ranges, open_transactions
from clickstream.clock import Clock
from clickstream.contract.records import OffsetRange
from clickstream.contract.topic import TopicMessage, TopicStatus
from clickstream.errors import CouldNotCheck
from clickstream.pipeline.broker_access import running_broker
from clickstream.settings import BrokerSettings, Settings


def describe(settings: Settings) -> TopicStatus:
    """The topic of the broker that is given or runs here."""
    broker = running_broker(settings)
    found = describe_topic(broker)
    offsets, waiting = open_transactions(broker)
    return TopicStatus(
        found.name, broker.bootstrap_servers, offsets, found.topic_id, topic_config(broker), waiting
    )


def newest_messages(settings: Settings, count: int, *, clock: Clock) -> list[TopicMessage]:
    """The last `count` messages by timestamp, oldest first, among the last `count` of every partition.

    Only committed messages, up to the end that each partition had at the beginning. If the last offsets
    hold fewer messages, as after aborted transactions, it reads further back.

    Raises:
        CouldNotCheck: the topic has no messages.
    """
    broker = running_broker(settings)
    unread = {partition: span for partition, span in offset_ranges(broker).items() if span[0] < span[1]}
    messages: list[TopicMessage] = []
    step = count
    while unread:
        last = {partition: (max(begin, end - step), end) for partition, (begin, end) in unread.items()}
        messages += _messages(broker, last, clock)
        found = Counter(message.partition for message in messages)
        unread = {
            partition: (begin, last[partition][0])
            for partition, (begin, _) in unread.items()
            if begin < last[partition][0] and found[partition] < count
        }
        step *= 2
    if not messages:
        raise CouldNotCheck(
            f"Topic {broker.topic} at {broker.bootstrap_servers} has no messages.",
            next_step="Send some with `clickstream produce`.",
        )
    # Within a partition the offset decides, as it does for every reader.
    return sorted(messages, key=lambda each: (each.timestamp_ms, each.partition, each.offset))[-count:]


def _messages(
    broker: BrokerSettings, ranges: Mapping[int, OffsetRange], clock: Clock
) -> Iterator[TopicMessage]:
    for records in read_ranges(broker, ranges, clock=clock, with_keys=True):
        yield from map(
            TopicMessage,
            records.partitions,
            records.offsets,
            records.timestamps_ms,
            records.keys,
            records.values,
        )
