"""A topic of a test or a notebook: records to send, and their stream in Spark."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from clickstream.broker.producing import RecordProducer
from clickstream.contract.records import OutgoingRecords
from clickstream.errors import DeliveryFailed, UsageError
from clickstream.moment import parse_moment
from clickstream.settings import BrokerSettings

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

Value = Mapping[str, object] | Sequence[object] | float | bytes | str | None
"""An event as a mapping, which is sent as JSON, as other values are; bytes, text and null as they are."""

_DEADLINE_S = 30.0
_LONGEST_SHOWN = 300
_NOW = 0
"""librdkafka's word for a timestamp that the client sets."""


@dataclass(frozen=True)
class Topic:
    """A topic that exists."""

    broker: BrokerSettings
    topic_id: str

    @property
    def name(self) -> str:
        """The topic's name."""
        return self.broker.topic

    @property
    def bootstrap_servers(self) -> str:
        """The address of its broker."""
        return self.broker.bootstrap_servers

    @property
    def partitions(self) -> int:
        """How many partitions it has."""
        return self.broker.partitions

    def send(
        self,
        *values: Value,
        partition: int = 0,
        key: str | bytes | None = None,
        timestamp: str | datetime | None = None,
    ) -> None:
        """Send records, in this order, and return when the broker has acknowledged them.

        Args:
            values: an event each.
            partition: where all of them go.
            key: of all of them.
            timestamp: Kafka's timestamp of all of them, such as `2026-03-01T12:00:00Z`; by default now.

        Raises:
            UsageError: there is no such partition.
            DeliveryFailed: the broker does not take them.
        """
        if not 0 <= partition < self.partitions:
            raise UsageError(
                f"{self.name} has no partition {partition}.",
                next_step=f"Its partitions are 0 to {self.partitions - 1}; KAFKA_PARTITIONS sets how many.",
            )
        many = len(values)
        record_key = key.encode() if isinstance(key, str) else key
        records = OutgoingRecords(
            [encoded(value) for value in values],
            [record_key] * many,
            [partition] * many,
            [_NOW if timestamp is None else epoch_ms(timestamp)] * many,
        )
        failed_before = self._producer.counts.failed
        self._producer.send(records)
        failed = self._producer.finish(_DEADLINE_S).failed - failed_before
        if failed:
            raise DeliveryFailed(
                f"{failed} of {many} records to {self.name}, partition {partition}, were not acknowledged: "
                f"{self._producer.first_error}."
            )

    def records(self, session: "SparkSession", *, at_most: int | None = None) -> "DataFrame":
        """The topic as a stream, from its beginning: `key`, `value`, `partition`, `offset`, `timestamp`, ….

        Args:
            session: the session that reads.
            at_most: most offsets of one micro-batch; by default all that are there.
        """
        from clickstream.stream.source import kafka_records
        from clickstream.testing.given import stream_settings

        many = {} if at_most is None else {"MAX_OFFSETS_PER_TRIGGER": at_most}
        return kafka_records(session, stream_settings(many), self.broker)

    @cached_property
    def _producer(self) -> RecordProducer:
        return RecordProducer(self.broker)


def encoded(value: Value) -> bytes | None:
    """The message of a value; times in a mapping are written in ISO 8601."""
    match value:
        case None | bytes():
            return value
        case str():
            return value.encode()
        case _:
            written = dict(value) if isinstance(value, Mapping) else value
            return json.dumps(written, default=_json_of, ensure_ascii=False).encode()


def shown(value: Value) -> str:
    """A value in one short line."""
    text = "null" if value is None else repr(value) if isinstance(value, bytes) else str(value)
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"


def _json_of(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{value!r} is not JSON")


def epoch_ms(moment: str | datetime) -> int:
    """A moment, UTC unless it says otherwise, in milliseconds since the Unix epoch."""
    if isinstance(moment, str):
        moment = parse_moment(moment)
    return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1_000)
