"""Messages of a file in blocks: each with its key, its partition, when it is due, and its faults."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from clickstream.contract.definition.event import Event
from clickstream.contract.records import OutgoingRecords
from clickstream.errors import InputBroken
from clickstream.generate.events import MAX_CHUNK
from clickstream.generate.from_file.faults import FileFaults, parsed
from clickstream.generate.from_file.lines import Values
from clickstream.generate.from_file.own_times import Dues, time_us
from clickstream.settings import GeneratorSettings

BLOCK_BYTES = 2**24
"""A block ends with the message that makes it as long as this, or with the 5,000th."""
_NOTHING = OutgoingRecords([], [], [], [])


@dataclass(frozen=True, slots=True)
class Block:
    """Messages that follow one another, in sending order; the first is in place `first` of the file.

    The records have no timestamps yet. `dues_us` has when each is due at the events' own pace, and is empty
    without one. `duplicates` are the positions in the block of those that are sent twice.
    """

    first: int = 0
    records: OutgoingRecords = _NOTHING
    dues_us: list[int] = field(default_factory=list)
    duplicates: frozenset[int] = frozenset()

    @property
    def end(self) -> int:
        """The place after the last one."""
        return self.first + len(self.records)


def blocks(
    messages: Values, event: Event, settings: GeneratorSettings, partitions: int, speed: Fraction | None
) -> Iterator[Block]:
    """The messages in blocks; one is empty where a pipe has nothing more for now.

    Args:
        messages: None among them says that a pipe has nothing more for now.
        event: names the time field and the key field.
        settings: seed, key and rates of faults.
        partitions: partitions of the topic.
        speed: of the events' own pace; None without one.
    """
    faults, first = FileFaults(settings, event), 0
    has_keys, dues = settings.key == event.key_field, None if speed is None else Dues(speed)
    for batch in _batches(messages):
        events = [parsed(message) for message in batch]
        keys = [_key(each.get(event.key_field)) if has_keys else None for each in events]
        places = [
            (first + at if key is None else zlib.crc32(key)) % partitions for at, key in enumerate(keys)
        ]
        sent = faults.applied(first, batch, places)
        times_us = [] if dues is None else [time_us(events[at].get(event.time_field)) for at in sent.order]
        records = OutgoingRecords(sent.values, keys, places, [0] * len(batch), sent.names)
        yield Block(
            first=first,
            records=records.taken(sent.order),
            dues_us=[] if dues is None else dues.due_us(times_us),
            duplicates=frozenset(position for position, at in enumerate(sent.order) if at in sent.duplicates),
        )
        first += len(batch)


def _key(value: object) -> bytes | None:
    return value.encode() if isinstance(value, str) else None


def _batches(messages: Values) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    size = 0
    broken: InputBroken | None = None
    try:
        for message in messages:
            if message is not None:
                batch.append(message)
                size += len(message)
                if len(batch) < MAX_CHUNK and size < BLOCK_BYTES:
                    continue
            yield batch
            batch, size = [], 0
    except InputBroken as error:
        broken = error
    if batch:
        yield batch
    if broken is not None:
        raise broken
