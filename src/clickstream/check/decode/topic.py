"""The topic's records → decoded events and rejected messages, while the consumer continues to read."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor

import polars as pl

from clickstream.check.decode.chunk import Decoded, decode, empty
from clickstream.contract.definition.event import Event
from clickstream.contract.definition.tables import PLACE
from clickstream.contract.records import OffsetRange, TopicRecords

ReadTopic = Callable[[Mapping[int, OffsetRange]], Iterable[TopicRecords]]
"""Reads the records of each partition's `[start, end)`, in chunks of any size."""

CHUNK_RECORDS = 50_000
"""Records that are decoded at once: enough to make columns pay, few enough to hold their messages."""

_CHUNKS_AHEAD = 2


def read_and_decode(
    read_topic: ReadTopic, spans: Mapping[int, OffsetRange], event: Event, future_tolerance_ms: int = 0
) -> Decoded:
    """Decode all records of these offsets; messages of events are let go chunk by chunk."""
    parts = [empty(event)]
    waiting: list[Future[Decoded]] = []
    # Decoding is polars' work, outside Python's lock: one thread beside the consumer's keeps both busy.
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="decoding") as decoder:
        for chunk in _chunks(read_topic(spans)):
            waiting.append(decoder.submit(decode, chunk, event, future_tolerance_ms))
            if len(waiting) > _CHUNKS_AHEAD:
                parts.append(waiting.pop(0).result())
        parts += [decoding.result() for decoding in waiting]
    return Decoded(pl.concat([part.events for part in parts]), pl.concat([part.rejected for part in parts]))


def _chunks(records: Iterable[TopicRecords]) -> Iterator[TopicRecords]:
    chunk = TopicRecords([], [], [], [])
    for some in records:
        chunk.partitions.extend(some.partitions)
        chunk.offsets.extend(some.offsets)
        chunk.timestamps_ms.extend(some.timestamps_ms)
        chunk.values.extend(some.values)
        if len(chunk) >= CHUNK_RECORDS:
            yield chunk
            chunk = TopicRecords([], [], [], [])
    if len(chunk):
        yield chunk


def in_topic_order(decoded: Decoded) -> Decoded:
    """The same rows by partition and offset."""
    return Decoded(decoded.events.sort(PLACE), decoded.rejected.sort(PLACE))
