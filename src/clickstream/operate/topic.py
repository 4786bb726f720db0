"""A look at the topic itself: what it is, and its newest messages."""

from clickstream.broker.description import topic_config
from clickstream.broker.reading import read_ranges
from clickstream.broker.topics import describe_topic, offset_ranges
from clickstream.clock import Clock
from clickstream.contract.topic import TopicDetails, TopicMessage
from clickstream.errors import CouldNotCheck
from clickstream.pipeline.broker_access import running_broker
from clickstream.settings import Settings


def describe(settings: Settings) -> TopicDetails:
    """The topic of the broker that is given or runs here.

    Raises:
        BrokerUnavailable: no broker runs here, or it does not answer.
        TopicNotFound: there is no such topic.
    """
    broker = running_broker(settings)
    found = describe_topic(broker)
    return TopicDetails(
        found.name, broker.bootstrap_servers, found.topic_id, offset_ranges(broker), topic_config(broker)
    )


def newest_messages(settings: Settings, count: int, *, clock: Clock) -> list[TopicMessage]:
    """The last `count` messages by timestamp, oldest first, among the last `count` of every partition.

    Reads at most `count` messages of each partition, up to the end that it had at the beginning.

    Raises:
        BrokerUnavailable: no broker runs here, or it does not answer.
        TopicNotFound: there is no such topic.
        CouldNotCheck: the topic has no messages.
    """
    broker = running_broker(settings)
    ranges = {
        partition: (max(begin, end - count), end)
        for partition, (begin, end) in offset_ranges(broker).items()
        if begin < end
    }
    messages = [
        TopicMessage(*fields)
        for records in read_ranges(broker, ranges, clock=clock, with_keys=True)
        for fields in zip(
            records.partitions,
            records.offsets,
            records.timestamps_ms,
            records.keys,
            records.values,
            strict=True,
        )
    ]
    if not messages:
        raise CouldNotCheck(
            f"Topic {broker.topic} at {broker.bootstrap_servers} has no messages.",
            next_step="Send some with `clickstream produce`.",
        )
    # Within a partition the offset decides, as it does for every reader.
    return sorted(messages, key=lambda each: (each.timestamp_ms, each.partition, each.offset))[-count:]
