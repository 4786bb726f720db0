"""Streams and their records, as tests of the generator and of producing ask for them."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace

from clickstream.clicks import CLICKS
from clickstream.contract.records import OutgoingRecords
from clickstream.generate.events import EventStream, Part
from clickstream.settings import GeneratorSettings

NEW_YEAR_US = 1_767_225_600_000_000  # 2026-01-01T00:00:00Z


def a_stream(
    partitions: int = 3, start_us: int = NEW_YEAR_US, part: Part | None = None, **settings: object
) -> EventStream:
    """A stream of the default settings but for those given."""
    return EventStream(CLICKS, GeneratorSettings(**settings), partitions, start_us, part or Part())


def a_sound_stream(**settings: object) -> EventStream:
    """A stream in which nothing goes wrong but what is asked for."""
    return a_stream(**{"LATE_RATE": 0, "MALFORMED_RATE": 0, **settings})


def joined(parts: Iterable[OutgoingRecords]) -> OutgoingRecords:
    """All records in a row."""
    whole = OutgoingRecords([], [], [], [])
    faults: dict[int, tuple[str, ...]] = {}
    for part in parts:
        faults |= {len(whole) + position: names for position, names in part.faults.items()}
        whole.values.extend(part.values)
        whole.keys.extend(part.keys)
        whole.partitions.extend(part.partitions)
        whole.timestamps_ms.extend(part.timestamps_ms)
    return replace(whole, faults=faults)


Row = tuple[bytes | None, bytes | None, int, int]


def rows(records: OutgoingRecords) -> list[Row]:
    """One tuple per record: value, key, partition, timestamp."""
    return list(zip(records.values, records.keys, records.partitions, records.timestamps_ms, strict=True))


def digest(records: OutgoingRecords) -> str:
    """A hash of everything that is sent."""
    sha256 = hashlib.sha256()
    for row in rows(records):
        sha256.update(repr(row).encode())
    return sha256.hexdigest()
