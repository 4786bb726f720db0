"""The stream of a seed: one event for every index, the same in pieces of any size."""

from dataclasses import dataclass, replace

import numpy as np

from clickstream.contract.definition.pipeline import Pipeline
from clickstream.contract.records import OutgoingRecords
from clickstream.generate.draws import Columns
from clickstream.generate.faults import DUPLICATE, OUT_OF_ORDER, Faults, rate
from clickstream.generate.order import SendingOrder
from clickstream.generate.source import Happenings, source_of
from clickstream.generate.timeline import Timeline
from clickstream.generate.traffic import Traffic
from clickstream.settings import GeneratorSettings

MAX_CHUNK = 5_000
"""Most records made at once; more no longer fit the processor's caches and cost twice as much each."""

_US_PER_MS = 1_000


@dataclass(frozen=True, slots=True)
class Part:
    """The part of the stream that one of several producers sends: all events of every `of`-th key."""

    number: int = 0
    of: int = 1


class EventStream:
    """The records of a seed, a start time and a partition count: the same bytes on every machine.

    Each index has one event. What is sent for it is one record, and a second one right behind it where
    the event is a duplicate. All records of a key go to one partition, the one that librdkafka's
    `consistent` partitioner (CRC-32 of the key) would choose; without keys, record i goes to partition i
    modulo their number. The Kafka timestamp is the nominal time, also where the event says another one.

    Args:
        pipeline: its event, and what makes the events.
        settings: seed, rate, traffic, and the shares of what goes wrong.
        partitions: partitions of the topic, at least 1.
        start_us: nominal time of record 0, microseconds since the Unix epoch; see `timeline.start_us_of`.
        part: the part of the stream to make; the others' events are left out.
    """

    def __init__(
        self,
        pipeline: Pipeline,
        settings: GeneratorSettings,
        partitions: int,
        start_us: int,
        part: Part = Part(),
    ) -> None:
        self._source = source_of(pipeline, settings)
        self.timeline = Timeline(start_us, settings.rate_per_s, Traffic.parse(settings.traffic))
        self._faults = Faults(settings, pipeline.event)
        self._order = SendingOrder(settings.seed, rate(settings.out_of_order_rate), self._partitions_of)
        self._has_keys = settings.key == pipeline.event.key_field
        self._partitions = partitions
        self._part = part
        self.chunk = MAX_CHUNK * part.of
        """Indices that are best made at once: some MAX_CHUNK records of this part are among them."""

    def available(self, first: int, count: int) -> int:
        """All of them: the stream has no end."""
        return count

    def records(self, first: int, count: int) -> OutgoingRecords:
        """What is sent for places `first` to `first + count - 1` of the stream, in order."""
        index = self._order.sent(first, count)
        lowest, span = (int(index.min()), int(np.ptp(index)) + 1) if count else (first, 0)
        events = self._source.events(lowest, span)
        ours = np.flatnonzero(events.actor[index - lowest] % self._part.of == self._part.number)
        rows = index[ours] - lowest
        nominal_us = self.timeline.nominal_us(lowest, span)[rows]
        events = events.taken(rows)
        chosen = self._faults.chosen(lowest, span).taken(rows)
        values = chosen.applied(events.encoded(nominal_us + chosen.shift_us))
        names = chosen.names()
        for position in np.flatnonzero(index[ours] < first + ours).tolist():
            names[position] = (*names.get(position, ()), OUT_OF_ORDER)
        records = OutgoingRecords(
            values=values,
            keys=events.keys if self._has_keys else [None] * len(values),
            partitions=self._partitions_at(lowest + rows, events).tolist(),
            timestamps_ms=(nominal_us // _US_PER_MS).tolist(),
            faults=names,
        )
        return doubled(records, np.flatnonzero(chosen.duplicate).tolist())

    def _partitions_of(self, first: int, count: int) -> Columns:
        index = np.arange(first, first + count, dtype=np.int64)
        return self._partitions_at(index, self._source.events(first, count))

    def _partitions_at(self, index: Columns, events: Happenings) -> Columns:
        return (events.key_hashes if self._has_keys else index) % self._partitions


def doubled(records: OutgoingRecords, positions: list[int]) -> OutgoingRecords:
    """The records, each at these positions followed by its copy."""
    if not positions:
        return records
    copies = np.ones(len(records), dtype=np.int64)
    copies[positions] = 2
    twice = records.taken(np.repeat(np.arange(len(records)), copies).tolist())
    ends = np.cumsum(copies)
    names = dict(twice.faults)
    for place in (ends[positions] - 1).tolist():
        names[place] = (*names.get(place, ()), DUPLICATE)
    return replace(twice, faults=dict(sorted(names.items())))
