"""The records of a file or a pipe, behind the same protocol as those that are made."""

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from clickstream.contract.definition.event import Event
from clickstream.contract.records import OutgoingRecords
from clickstream.generate.events import MAX_CHUNK, doubled
from clickstream.generate.from_file.blocks import Block, blocks
from clickstream.generate.from_file.lines import Values
from clickstream.generate.timeline import Timeline
from clickstream.generate.traffic import Traffic
from clickstream.settings import GeneratorSettings

if TYPE_CHECKING:
    from clickstream.generate.record_stream import Schedule


class FileStream:
    """A `RecordStream` of messages that are read once, from first to last; a block of them is in memory.

    It is also the `Schedule` of its messages, if they keep their own pace.

    A message without a fault is sent byte for byte, whatever is in it. Its key is the text that it has in the
    key field; its partition is chosen by the key as for generated events, and by its place where it has none.
    The Kafka timestamp is the time of sending.

    Args:
        messages: the messages; None among them says that a pipe has nothing more for now.
        event: names the time field and the key field.
        settings: seed, key, rate, traffic and rates of faults.
        partitions: partitions of the topic.
        now_ms: gives the present time, milliseconds since the Unix epoch.
        speed: keep the events' own pace, this many times as fast; None for the rate of the settings.
    """

    chunk = MAX_CHUNK
    rate_per_s = Fraction(0)

    def __init__(
        self,
        messages: Values,
        event: Event,
        settings: GeneratorSettings,
        partitions: int,
        *,
        now_ms: Callable[[], int],
        speed: Fraction | None = None,
    ) -> None:
        self._blocks = blocks(messages, event, settings, partitions, speed)
        self._block = Block()
        self._now_ms = now_ms
        self._sent_before: dict[int, int] = {}
        self._newest_us = 0
        self.timeline: Schedule = self
        if speed is None:
            self.timeline = Timeline(0, settings.rate_per_s, Traffic.parse(settings.traffic))

    @property
    def end(self) -> int:
        """The place after the last message that has been read."""
        return self._block.end

    def available(self, first: int, count: int) -> int | None:
        """How many of `count` places from `first` on are in memory; None after the last message."""
        while first >= self._block.end:
            block = next(self._blocks, None)
            if block is None:
                return None
            self._block = block
            if not block.records:
                return 0
        return min(count, self._block.end - first)

    def records(self, first: int, count: int) -> OutgoingRecords:
        """What is sent for these places, which are available, less what was sent before."""
        begin = first - self._block.first
        end = begin + count
        records = self._block.records.taken(range(begin, end))
        records = replace(records, timestamps_ms=[self._now_ms()] * count)
        twice = sorted(at - begin for at in self._block.duplicates if begin <= at < end)
        records = doubled(records, twice)
        return self._without_sent(records) if self._sent_before else records

    def pass_over(self, first: int, sent: Mapping[int, int]) -> int:
        """The first place, from `first` on, with a record that was not sent before.

        Args:
            first: the place where sending began.
            sent: how many records from there on were sent before, by partition.
        """
        before = self._sent_before = {partition: count for partition, count in sent.items() if count}
        while before and self.available(first, 1):
            position = first - self._block.first
            partition, copies = (
                self._block.records.partitions[position],
                1 + (position in self._block.duplicates),
            )
            left = before.get(partition, 0) - copies
            if left < 0:
                break
            before[partition] = left
            if not left:
                del before[partition]
            first += 1
        return first

    def offset_us(self, index: int) -> Fraction:
        """When the record in this place is due at the events' own pace; the newest known due before that."""
        self.available(index, 1)
        position = index - self._block.first
        if 0 <= position < len(self._block.dues_us):
            self._newest_us = self._block.dues_us[position]
        return Fraction(self._newest_us)

    def happened_within(self, offset_us: Fraction) -> int:
        """How many records are due until then, as far as they have been read."""
        return self._block.first + bisect_right(self._block.dues_us, offset_us)

    def _without_sent(self, records: OutgoingRecords) -> OutgoingRecords:
        kept: list[int] = []
        for position, partition in enumerate(records.partitions):
            if left := self._sent_before.get(partition, 0):
                self._sent_before[partition] = left - 1
            else:
                kept.append(position)
        return records.taken(kept)
