"""Kafka records in columns, as modules pass them to one another: lists of equal length."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress


@dataclass(frozen=True, slots=True)
class OutgoingRecords:
    """A chunk of records to produce, in sending order: one entry per record in every list.

    `partitions` and `timestamps_ms` (Unix epoch, milliseconds) are set by the generator, so that a run
    is the same in every topic. A value is None for a record with a null value. `faults` names what is wrong
    on purpose with the record at a position of the chunk; most positions are not in it.
    """

    values: list[bytes | None]
    keys: list[bytes | None]
    partitions: list[int]
    timestamps_ms: list[int]
    faults: Mapping[int, tuple[str, ...]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.values)

    def taken(self, positions: Sequence[int]) -> "OutgoingRecords":
        """The records at these positions, in this order; one may be taken several times."""
        return OutgoingRecords(
            values=[self.values[at] for at in positions],
            keys=[self.keys[at] for at in positions],
            partitions=[self.partitions[at] for at in positions],
            timestamps_ms=[self.timestamps_ms[at] for at in positions],
            faults={new: self.faults[at] for new, at in enumerate(positions) if at in self.faults},
        )


@dataclass(frozen=True, slots=True)
class TopicRecords:
    """A chunk of records as read from the topic: one entry per record in every list.

    `keys` is empty where they were not asked for.
    """

    partitions: list[int]
    offsets: list[int]
    timestamps_ms: list[int]
    values: list[bytes | None]
    keys: list[bytes | None] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.offsets)

    def where(self, chosen: Iterable[bool]) -> "TopicRecords":
        """Some of the records, in the same order: those at whose position `chosen` is true."""
        mask = list(chosen)
        return TopicRecords(
            list(compress(self.partitions, mask)),
            list(compress(self.offsets, mask)),
            list(compress(self.timestamps_ms, mask)),
            list(compress(self.values, mask)),
            list(compress(self.keys, mask)),
        )


FURTHEST_TIMESTAMP_MS = 252_460_800_000_000
"""How far a record's timestamp may be from the broker's clock: 8,000 years, past all four-digit dates.

Spark counts timestamps in microseconds. One in nanoseconds, by mistake, leaves 64 bits there and would end
every query for good, so the broker refuses it.
"""

OffsetRange = tuple[int, int]
"""First offset and the offset after the last: `[start, end)`."""
