"""The doubles we ship and test with: a clock held still, a producer that keeps what it is sent, a click.

They are for tests of code that is built on the kit as much as for ours; nothing in the kit imports them.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from clickstream.contract.ledger import AcknowledgedSpan, Sent
from clickstream.contract.progress import DeliveryCounts
from clickstream.contract.records import OutgoingRecords


class ManualClock:
    """A `Clock` that moves only by `advance` or `sleep`.

    Args:
        now: the wall clock's time at the beginning, with an offset.
        on_sleep: called with every sleep's seconds after the clock has moved, to let something happen
            in the meantime.
    """

    def __init__(
        self,
        now: datetime = datetime(2026, 1, 1, tzinfo=UTC),
        *,
        on_sleep: Callable[[float], None] = lambda duration_s: None,
    ) -> None:
        self._started = now
        self._elapsed_s = 0.0
        self._on_sleep = on_sleep
        self.sleeps_s: list[float] = []
        """How long each sleep was, in order."""

    def now(self) -> datetime:
        """The time at the beginning and all that has passed since."""
        return self._started + timedelta(seconds=self._elapsed_s)

    def monotonic_s(self) -> float:
        """Seconds since the beginning."""
        return self._elapsed_s

    def sleep(self, duration_s: float) -> None:
        """Let `duration_s` seconds pass at once; nothing for zero or less."""
        self.sleeps_s.append(duration_s)
        self.advance(max(0.0, duration_s))
        self._on_sleep(duration_s)

    def advance(self, duration_s: float) -> None:
        """Let `duration_s` seconds pass without a sleep."""
        self._elapsed_s += duration_s


class RecordingProducer:
    """Replaces `broker.producing.RecordProducer`: keeps the records and acknowledges them at once.

    Args:
        topic: the topic's name, for `on_ack`.
        failing: how many of the first records the broker is said not to have acknowledged.
        on_ack: gets `topic:partition@offset` of the last acknowledged record of every chunk.
    """

    def __init__(
        self, topic: str = "events", *, failing: int = 0, on_ack: Callable[[str], None] = lambda place: None
    ) -> None:
        self._topic = topic
        self._failing = failing
        self._on_ack = on_ack
        self._end_offsets: dict[int, int] = {}
        self._fault_places: dict[str, dict[int, list[int]]] = {}
        self.chunks: list[OutgoingRecords] = []
        """What was sent, in order."""
        self.finished = False

    def send(self, records: OutgoingRecords) -> None:
        """Keep a chunk of records."""
        self.chunks.append(records)
        for position, partition in enumerate(records.partitions):
            offset = self._end_offsets.get(partition, 0)
            self._end_offsets[partition] = offset + 1
            for fault in records.faults.get(position, ()):
                self._fault_places.setdefault(fault, {}).setdefault(partition, []).append(offset)
        if records.partitions and self.counts.acknowledged:
            last = records.partitions[-1]
            self._on_ack(f"{self._topic}:{last}@{self._end_offsets[last] - 1}")

    def finish(self, deadline_s: float) -> DeliveryCounts:
        """Say what became of the records."""
        self.finished = True
        return self.counts

    @property
    def counts(self) -> DeliveryCounts:
        """Every record sent so far, and those of them that were to fail."""
        produced = sum(len(chunk) for chunk in self.chunks)
        failed = min(self._failing, produced)
        return DeliveryCounts(produced=produced, acknowledged=produced - failed, failed=failed)

    @property
    def faults_noted(self) -> int:
        """How many places of faults are kept until `take_account` is asked."""
        return sum(len(offsets) for places in self._fault_places.values() for offsets in places.values())

    def take_account(self) -> Sent:
        """What has become of the records so far; of faults, the places since this was last asked."""
        places, self._fault_places = self._fault_places, {}
        counts = self.counts
        return Sent(
            produced=counts.produced,
            acknowledged=counts.acknowledged,
            failed=counts.failed,
            partitions={
                partition: AcknowledgedSpan(end, 0, end - 1) for partition, end in self._end_offsets.items()
            },
            faults=places,
        )

    @property
    def first_error(self) -> str:
        """What the first failed record failed of; empty where none did."""
        return "made to fail" if self.counts.failed else ""
