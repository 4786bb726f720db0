"""Reading: given offset ranges of the topic, as fast as the client can, from first to last record."""

from collections.abc import Iterator, Mapping
from contextlib import closing

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from clickstream.broker.config import consumer_properties
from clickstream.broker.failures import RecentErrors, broker_unavailable, wrapped
from clickstream.clock import Clock, SystemClock
from clickstream.contract.records import OffsetRange, TopicRecords
from clickstream.contract.run.skipped import SkippedRecord, is_unreadable
from clickstream.errors import CouldNotCheck
from clickstream.settings import BrokerSettings

CHUNK_RECORDS = 10_000
"""Most records in one chunk."""

DEADLINE_S = 30.0
"""How long the broker may bring nothing before it counts as away."""

# A chunk is handed over when it is full or this old.
_CHUNK_S = 0.1
# librdkafka retries after these, until the deadline.
_PASSING = (KafkaError._TRANSPORT, KafkaError._ALL_BROKERS_DOWN, KafkaError._TIMED_OUT)


def read_ranges(
    settings: BrokerSettings,
    ranges: Mapping[int, OffsetRange],
    *,
    clock: Clock | None = None,
    deadline_s: float = DEADLINE_S,
    with_keys: bool = False,
) -> Iterator[TopicRecords]:
    """Every record of the ranges, partition by partition in offset order, in chunks of at most 10,000.

    `ranges` maps partitions to `[start, end)`; an empty range is ignored. Only committed records are read:
    offsets of aborted transactions, control records and compacted records are gaps. Nothing is committed and
    no group is joined. Keys are read only if asked for: most readers do not need them.

    Raises:
        CouldNotCheck: offsets of a range are no longer, or not yet, in the topic, or belong to an open
            transaction; they are named.
        TopicNotFound: there is no such topic or partition.
        BrokerUnavailable: no record came for `deadline_s`.
    """
    wanted = {partition: span for partition, span in sorted(ranges.items()) if span[0] < span[1]}
    if not wanted:
        return
    clock = clock or SystemClock()
    recent = RecentErrors()
    doing = f"reading topic {settings.topic}"
    try:
        with closing(Consumer(consumer_properties(settings, recent))) as consumer:
            for partition, span in wanted.items():
                _refuse_missing(consumer, settings.topic, partition, span, deadline_s)
            reading = _Reading(consumer, settings.topic, wanted, with_keys=with_keys)
            last_progress_s = clock.monotonic_s()
            while reading.open:
                if records := reading.chunk():
                    yield records
                    last_progress_s = clock.monotonic_s()
                elif clock.monotonic_s() - last_progress_s > deadline_s:
                    why = f"no record arrived for {deadline_s:g} s; {reading.missing()}"
                    raise broker_unavailable(settings, doing, why, recent.texts)
    except KafkaException as failure:
        raise wrapped(failure, settings, doing, recent.texts) from failure


def unreadable_records(
    settings: BrokerSettings, ranges: Mapping[int, OffsetRange], *, clock: Clock
) -> list[SkippedRecord]:
    """The records in the ranges whose Kafka timestamp Spark cannot hold, in the order of the topic.

    Raises:
        CouldNotCheck: offsets of a range are not in the topic.
        BrokerUnavailable: the broker does not answer.
    """
    return sorted(
        SkippedRecord(partition, offset, timestamp_ms)
        for records in read_ranges(settings, ranges, clock=clock)
        for partition, offset, timestamp_ms in zip(
            records.partitions, records.offsets, records.timestamps_ms, strict=True
        )
        if is_unreadable(timestamp_ms)
    )


def _refuse_missing(
    consumer: Consumer, topic: str, partition: int, wanted: OffsetRange, deadline_s: float
) -> None:
    begin, end = consumer.get_watermark_offsets(TopicPartition(topic, partition), timeout=deadline_s)
    if begin <= wanted[0] and wanted[1] <= end:
        return
    raise CouldNotCheck(
        f"Offsets {wanted[0]:,} to {wanted[1] - 1:,} of {topic}:{partition} were requested, but the topic "
        f"has {f'{begin:,} to {end - 1:,}' if begin < end else 'none'}.",
        next_step="Records were deleted, or the topic was created again: start a run with another RUN_ID.",
    )


class _Reading:
    """How far the partitions of one reading have come."""

    def __init__(
        self, consumer: Consumer, topic: str, wanted: Mapping[int, OffsetRange], *, with_keys: bool
    ) -> None:
        self._consumer = consumer
        self._with_keys = with_keys
        self._topic = topic
        self._ends = {partition: end for partition, (_, end) in wanted.items()}
        self.open = {partition: start for partition, (start, _) in wanted.items()}
        """The next offset of each partition that has not reached its end."""
        consumer.assign([TopicPartition(topic, partition, start) for partition, start in self.open.items()])

    def chunk(self) -> TopicRecords | None:
        """The next records; None if none came for a while, or only unwanted ones."""
        # Of a topic without gaps exactly so many are to come: the last chunk need not wait for more.
        to_come = sum(self._ends[partition] - position for partition, position in self.open.items())
        messages = self._consumer.consume(min(CHUNK_RECORDS, to_come), timeout=_CHUNK_S)
        if any(map(Message.error, messages)):
            messages = [message for message in messages if not self._is_event(message)]
        records = _records(messages, with_keys=self._with_keys)
        # Offsets of a partition only rise, so the last of a chunk is the partition's position.
        reached = dict(zip(records.partitions, records.offsets, strict=True))
        if any(offset >= self._ends[partition] for partition, offset in reached.items()):
            places = zip(records.partitions, records.offsets, strict=True)
            records = records.where(offset < self._ends[partition] for partition, offset in places)
        for partition, offset in reached.items():
            self._advance(partition, offset + 1)
        return records or None

    def missing(self) -> str:
        """Which offsets have not come, in words."""
        parts = [
            f"{position:,} to {self._ends[partition] - 1:,} of {self._topic}:{partition}"
            for partition, position in self.open.items()
        ]
        return f"offsets {', '.join(parts)} are missing"

    def _is_event(self, message: Message) -> bool:
        """Whether this is not a record; raises what ends the reading."""
        error = message.error()
        if error is None:
            return False
        if error.code() == KafkaError._PARTITION_EOF:
            # Its offset is behind what never comes as a message: control records, aborted transactions.
            self._advance(message.partition(), message.offset())  # type: ignore[arg-type]  # it has both
        elif error.code() not in _PASSING:
            raise KafkaException(error)
        return True

    def _advance(self, partition: int, position: int) -> None:
        if partition not in self.open:
            return
        self.open[partition] = max(position, self.open[partition])
        if position >= self._ends[partition]:
            del self.open[partition]
            self._consumer.incremental_unassign([TopicPartition(self._topic, partition)])


def _records(messages: list[Message], *, with_keys: bool) -> TopicRecords:
    return TopicRecords(
        # Only messages that carry an error can lack a place.
        partitions=list(map(Message.partition, messages)),  # type: ignore[arg-type]
        offsets=list(map(Message.offset, messages)),  # type: ignore[arg-type]
        timestamps_ms=[timestamp_ms for _, timestamp_ms in map(Message.timestamp, messages)],
        values=list(map(Message.value, messages)),
        keys=list(map(Message.key, messages)) if with_keys else [],
    )
