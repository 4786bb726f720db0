"""The topic: created with what our records need, described, and measured.

Every function raises BrokerUnavailable if there is no answer within `deadline_s`, and, unless it creates the
topic, TopicNotFound if there is none.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from confluent_kafka import (
    IsolationLevel,
    KafkaError,
    KafkaException,
    TopicCollection,
    TopicPartition,
    Uuid,
)

# Public by their documentation, not by their stubs.
from confluent_kafka.admin import AdminClient, NewPartitions, NewTopic, OffsetSpec  # type: ignore[attr-defined]
from confluent_kafka.admin import TopicDescription as Metadata  # type: ignore[attr-defined]

from clickstream.broker.admission import ConnectionErrors, wait_until_admitted
from clickstream.broker.config import client_properties
from clickstream.broker.failures import broker_unavailable, wrapped
from clickstream.clock import Clock, SystemClock
from clickstream.contract.records import FURTHEST_TIMESTAMP_MS, OffsetRange
from clickstream.errors import TopicNotFound
from clickstream.settings import BrokerSettings

DEADLINE_S = 20.0
"""How long an answer is waited for before the broker counts as away."""

_POLL_S = 0.05
_NO_TOPIC_ID = str(Uuid(0, 0))

TOPIC_CONFIG = {
    # Event times are data and may be years old: retention would delete what was just produced.
    "cleanup.policy": "delete",
    "retention.ms": "-1",
    "retention.bytes": "-1",
    # The record's own timestamp stays, as far from the broker's clock as Spark can count (KIP-937).
    "message.timestamp.type": "CreateTime",
    "message.timestamp.before.max.ms": str(FURTHEST_TIMESTAMP_MS),
    "message.timestamp.after.max.ms": str(FURTHEST_TIMESTAMP_MS),
}
"""With what a topic is created."""


@dataclass(frozen=True, slots=True)
class TopicDescription:
    """A topic as the broker has it; `topic_id` is empty where the broker has no ids (KIP-516)."""

    name: str
    partitions: int
    topic_id: str


def ensure_topic(
    settings: BrokerSettings, *, clock: Clock | None = None, deadline_s: float = DEADLINE_S
) -> TopicDescription:
    """Create the topic where it is missing, and return once every partition has a leader.

    An existing topic is left as it is.

    Raises:
        BrokerUnavailable: no answer, or a partition without leader, within `deadline_s`.
        TopicNotFound: it exists with another number of partitions than KAFKA_PARTITIONS.
        SettingInvalid: there are fewer brokers than KAFKA_REPLICATION_FACTOR asks for.
    """
    clock = clock or SystemClock()
    deadline = clock.monotonic_s() + deadline_s
    doing = f"creating topic {settings.topic}"
    with administering(settings, doing, deadline_s) as admin:
        found = _found(admin, settings.topic, deadline_s)
        if found is None:
            _create(admin, settings, deadline_s)
        # The answer to a creation comes before every broker knows of it.
        while found is None or not _all_led(found):
            left_s = deadline - clock.monotonic_s()
            if left_s <= 0:
                raise broker_unavailable(
                    settings, doing, f"no leader for every partition in {deadline_s:g} s"
                )
            clock.sleep(_POLL_S)
            found = _found(admin, settings.topic, left_s)
    topic = _description(found)
    if topic.partitions != settings.partitions:
        raise TopicNotFound(
            f"Topic {topic.name} of the broker at {settings.bootstrap_servers} has {topic.partitions} "
            f"partitions, but KAFKA_PARTITIONS={settings.partitions}.",
            next_step=f"Set KAFKA_PARTITIONS={topic.partitions}, or KAFKA_TOPIC to another name.",
        )
    return topic


def describe_topic(settings: BrokerSettings, *, deadline_s: float = DEADLINE_S) -> TopicDescription:
    """Ask the broker for the topic."""
    with administering(settings, f"describing topic {settings.topic}", deadline_s) as admin:
        return _description(_existing(admin, settings.topic, deadline_s))


def delete_topic(settings: BrokerSettings, *, deadline_s: float = DEADLINE_S) -> None:
    """Delete the topic with all its records."""
    with administering(settings, f"deleting topic {settings.topic}", deadline_s) as admin:
        admin.delete_topics([settings.topic], request_timeout=deadline_s, operation_timeout=deadline_s)[
            settings.topic
        ].result()


def add_partitions(settings: BrokerSettings, partitions: int, *, deadline_s: float = DEADLINE_S) -> None:
    """Let the topic have this many partitions, more than it has now; records stay where they are."""
    with administering(settings, f"adding partitions to topic {settings.topic}", deadline_s) as admin:
        more = [NewPartitions(settings.topic, partitions)]
        admin.create_partitions(more, request_timeout=deadline_s)[settings.topic].result()


def offset_ranges(
    settings: BrokerSettings, *, uncommitted: bool = False, deadline_s: float = DEADLINE_S
) -> dict[int, OffsetRange]:
    """First offset and end offset of every partition, as they are now.

    The end is the last stable offset: where an open transaction begins, readers of committed records stop.
    With `uncommitted` it is the high watermark, the offset after the last record of any kind.
    """
    with administering(settings, f"asking for the offsets of topic {settings.topic}", deadline_s) as admin:
        partitions = range(len(_existing(admin, settings.topic, deadline_s).partitions))
        isolation = IsolationLevel.READ_UNCOMMITTED if uncommitted else IsolationLevel.READ_COMMITTED
        begins = _offsets(admin, settings.topic, partitions, OffsetSpec.earliest(), isolation, deadline_s)  # type: ignore[no-untyped-call]
        ends = _offsets(admin, settings.topic, partitions, OffsetSpec.latest(), isolation, deadline_s)  # type: ignore[no-untyped-call]
    return {partition: (begins[partition], ends[partition]) for partition in partitions}


def open_transactions(
    settings: BrokerSettings, *, deadline_s: float = DEADLINE_S
) -> tuple[dict[int, OffsetRange], dict[int, OffsetRange]]:
    """`offset_ranges`, and of each partition with an open transaction the offsets that wait for its end."""
    # In this order: what is written in between must not look like a transaction.
    written = offset_ranges(settings, uncommitted=True, deadline_s=deadline_s)
    ranges = offset_ranges(settings, deadline_s=deadline_s)
    waiting = {
        partition: (end, written[partition][1])
        for partition, (_, end) in ranges.items()
        if partition in written and end < written[partition][1]
    }
    return ranges, waiting


@contextmanager
def administering(settings: BrokerSettings, doing: str, deadline_s: float) -> Iterator[AdminClient]:
    """An authenticated admin client for the block, whose errors become the kit's; `doing` as in "while …"."""
    errors = ConnectionErrors(SystemClock())
    try:
        admin = AdminClient(client_properties(settings, errors))
        wait_until_admitted(admin, errors, settings, doing, deadline_s)
        yield admin
    except KafkaException as failure:
        raise wrapped(failure, settings, doing, errors.texts) from failure


def _create(admin: AdminClient, settings: BrokerSettings, deadline_s: float) -> None:
    topic = NewTopic(
        settings.topic,
        num_partitions=settings.partitions,
        replication_factor=settings.replication_factor,
        config=TOPIC_CONFIG,
    )
    try:
        admin.create_topics([topic], request_timeout=deadline_s)[settings.topic].result()
    except KafkaException as failure:
        # Another client may have created it first; it is checked like any other topic.
        if failure.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
            raise


def _existing(admin: AdminClient, topic: str, deadline_s: float) -> Metadata:
    # describe_topics, unlike a request for metadata, never lets a broker create the topic by the way.
    found: Metadata = admin.describe_topics(TopicCollection([topic]), request_timeout=deadline_s)[
        topic
    ].result()
    return found


def _found(admin: AdminClient, topic: str, deadline_s: float) -> Metadata | None:
    try:
        return _existing(admin, topic, deadline_s)
    except KafkaException as failure:
        if failure.args[0].code() == KafkaError.UNKNOWN_TOPIC_OR_PART:
            return None
        raise


def _description(found: Metadata) -> TopicDescription:
    topic_id = str(found.topic_id)
    return TopicDescription(
        name=found.name,
        partitions=len(found.partitions),
        topic_id="" if topic_id == _NO_TOPIC_ID else topic_id,
    )


def _all_led(found: Metadata) -> bool:
    return all(partition.leader is not None for partition in found.partitions)


def _offsets(
    admin: AdminClient,
    topic: str,
    partitions: Iterable[int],
    spec: OffsetSpec,
    isolation: IsolationLevel,
    deadline_s: float,
) -> dict[int, int]:
    wanted = {TopicPartition(topic, partition): spec for partition in partitions}
    answers = admin.list_offsets(wanted, isolation_level=isolation, request_timeout=deadline_s)
    return {place.partition: answer.result().offset for place, answer in answers.items()}
