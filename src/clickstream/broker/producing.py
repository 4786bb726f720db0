"""Sending: every record where and when the generator says, and an account of what became of each."""

from collections.abc import Callable
from functools import cached_property, partial

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from clickstream.broker.config import producer_properties
from clickstream.broker.failures import RecentErrors
from clickstream.broker.tallies import FaultTally, PartitionTally
from clickstream.contract.ledger import Sent
from clickstream.contract.progress import DeliveryCounts
from clickstream.contract.records import OutgoingRecords
from clickstream.settings import BrokerSettings

ACK_EVERY = 1_000
"""Every so many acknowledged records, `on_ack` gets the place of one."""

OnReport = Callable[[KafkaError | None, Message], None]

# How long to wait before a full queue is tried again.
_ROOM_S = 0.1
# After a purge, only this process reports.
_PURGE_S = 10.0


class RecordProducer:
    """Sends records and counts a delivery report for each; connects with the first record.

    Produced = acknowledged + failed once `finish` has returned; what an acknowledgement is worth is MSG_ACKS'
    affair, see `config.producer_properties`. A record fails when it is refused, or not acknowledged within
    MSG_DELIVERY_TIMEOUT, retries included. Records that failed are not tried again: with acks other than 0
    a failed record may still be in the topic when only its acknowledgement was lost.

    Args:
        settings: broker, topic, acks and compression.
        on_ack: gets `topic:partition@offset` of the first acknowledged record and of every
            `ack_every`-th after it; without an offset under MSG_ACKS=0.
        stop_requested: asked while the queue is full; true gives up the records that do not fit.
    """

    def __init__(
        self,
        settings: BrokerSettings,
        *,
        on_ack: Callable[[str], None] = lambda place: None,
        ack_every: int = ACK_EVERY,
        stop_requested: Callable[[], bool] = lambda: False,
    ) -> None:
        self._settings = settings
        self._on_ack = on_ack
        self._ack_every = ack_every
        self._stop_requested = stop_requested
        self._next_ack = 1
        self._recent = RecentErrors()
        self._by_partition: dict[int, PartitionTally] = {}
        self._faulty = FaultTally()
        self._produced = self._acknowledged = self._failed = 0
        self._first_error = ""

    @property
    def counts(self) -> DeliveryCounts:
        """What has become of the records so far; the difference is still under way."""
        return DeliveryCounts(self._produced, self._acknowledged, self._failed)

    @property
    def first_error(self) -> str:
        """What the first failed record failed of, as far as librdkafka knows; empty where none did."""
        return self._first_error

    @property
    def faults_noted(self) -> int:
        """How many places of faults are kept until `take_account` is asked."""
        return self._faulty.noted

    def take_account(self) -> Sent:
        """What has become of the records so far; of faults, the places since this was last asked."""
        return Sent(
            produced=self._produced,
            acknowledged=self._acknowledged,
            failed=self._failed,
            partitions={
                partition: tally.span()
                for partition, tally in sorted(self._by_partition.items())
                if tally.records
            },
            faults=self._faulty.take_places(),
            unplaced=dict(self._faulty.unplaced),
        )

    def send(self, records: OutgoingRecords) -> None:
        """Hand records over; waits while librdkafka's queue is full, so memory stays bounded.

        Nothing is raised for a record: the broker's answer comes later, and a refusal at once counts too.
        """
        topic, produce = self._settings.topic, self._client.produce
        rows = zip(
            records.values,
            records.keys,
            records.partitions,
            records.timestamps_ms,
            self._reports(records),
            strict=True,
        )
        for sent, (value, key, partition, timestamp_ms, on_report) in enumerate(rows):
            while True:
                try:
                    produce(topic, value, key, partition, on_report, timestamp=timestamp_ms)
                except BufferError:
                    if self._stop_requested():
                        self._produced += sent
                        return
                    self._client.poll(_ROOM_S)
                    continue
                except KafkaException as failure:
                    self._count_failed(failure.args[0])
                break
        self._produced += len(records)
        self._client.poll(0)

    def finish(self, deadline_s: float) -> DeliveryCounts:
        """Wait until every record has its delivery report; give up those without one after `deadline_s`."""
        if self._produced and self._client.flush(deadline_s):
            self._keep_first_error(self._unanswered(deadline_s))
            self._client.purge()
            self._client.flush(_PURGE_S)
        return self.counts

    @cached_property
    def _client(self) -> Producer:
        return Producer(producer_properties(self._settings, self._recent))

    def _reports(self, records: OutgoingRecords) -> list[OnReport]:
        """What counts the report of each record: its partition's tally, and that of faults if it has some."""
        by_partition = {partition: self._partition(partition) for partition in set(records.partitions)}
        reports = [by_partition[partition] for partition in records.partitions]
        for position, faults in records.faults.items():
            reports[position] = partial(self._on_faulty_report, reports[position], faults)
        return reports

    def _partition(self, partition: int) -> OnReport:
        tally = self._by_partition.setdefault(partition, PartitionTally())
        return partial(self._on_report, tally)

    def _on_faulty_report(
        self, on_report: OnReport, faults: tuple[str, ...], error: KafkaError | None, message: Message
    ) -> None:
        if error is None:
            self._faulty.note(faults, message)
        on_report(error, message)

    def _on_report(self, tally: PartitionTally, error: KafkaError | None, message: Message) -> None:
        if error is not None:
            self._count_failed(error)
            return
        # A call costs as much as all of this, and every record passes here.
        tally.records += 1
        tally.newest = message
        if tally.first is None:
            tally.first = message
        self._acknowledged += 1
        if self._acknowledged >= self._next_ack:
            self._next_ack += self._ack_every
            self._on_ack(_place(message))

    def _count_failed(self, error: KafkaError) -> None:
        self._failed += 1
        if not self._first_error:
            timed_out = error.code() == KafkaError._MSG_TIMED_OUT
            within_s = self._settings.delivery_timeout.milliseconds / 1_000
            self._keep_first_error(self._unanswered(within_s) if timed_out else error.str())

    def _keep_first_error(self, text: str) -> None:
        self._first_error = self._first_error or "; ".join((text, *self._recent.texts))

    def _unanswered(self, within_s: float) -> str:
        return f"no acknowledgement from {self._settings.bootstrap_servers} within {within_s:g} s"


def _place(message: Message) -> str:
    offset = message.offset()
    known = offset is not None and offset >= 0
    return f"{message.topic()}:{message.partition()}" + (f"@{offset}" if known else "")
