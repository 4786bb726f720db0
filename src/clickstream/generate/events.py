"""The stream of a seed: for every index one record, whoever asks for it and in whatever pieces."""

import itertools
import zlib
from collections.abc import Callable, Iterator
from fractions import Fraction

import numpy as np

from clickstream.contract.records import OutgoingRecords
from clickstream.generate.columns import drawn_events
from clickstream.generate.draws import Draws
from clickstream.generate.encoding import EventEncoder
from clickstream.generate.faults import chosen_faults, lateness_us, spoiled
from clickstream.generate.population import population
from clickstream.generate.timeline import Timeline
from clickstream.settings import GeneratorSettings

MAX_CHUNK = 5_000
"""Most records made at once; more no longer fit the processor's caches and cost twice as much each."""

_US_PER_MS = 1_000


class EventStream:
    """The records of a seed, a start time and a partition count: the same bytes on every machine.

    A user's records all go to one partition, the one that librdkafka's `consistent` partitioner (CRC-32 of
    the key) would choose; the Kafka timestamp is the nominal time, also where the event comes late.

    Args:
        settings: seed, rate, and the shares of late and malformed records.
        partitions: partitions of the topic, at least 1.
        start_us: nominal time of record 0, microseconds since the Unix epoch; see `timeline.start_us_of`.
    """

    def __init__(self, settings: GeneratorSettings, partitions: int, start_us: int) -> None:
        users = population(settings.seed)
        keys = [user.user_id.encode() for user in users]
        self._seed = settings.seed
        self._timeline = Timeline(start_us, settings.rate_per_s)
        self._late_rate, self._late_s = Fraction(repr(settings.late_rate)), settings.late_s
        self._malformed_rate = Fraction(repr(settings.malformed_rate))
        self._encoder = EventEncoder(users)
        self._keys = np.array(keys, dtype=np.object_)
        self._partitions = np.array([zlib.crc32(key) % partitions for key in keys], dtype=np.int64)

    @property
    def rate_per_s(self) -> Fraction:
        """Records per second of event time, exactly."""
        return self._timeline.rate_per_s

    def records(self, first: int, count: int) -> OutgoingRecords:
        """Records `first` to `first + count - 1`, in order; at most MAX_CHUNK at a time is fastest.

        Raises:
            UsageError: the rate is so low that the last of them lies after the year 9999.
        """
        draws = Draws(self._seed, first, count)
        nominal_us = self._timeline.nominal_us(first, count)
        events = drawn_events(draws, nominal_us - lateness_us(draws, self._late_rate, self._late_s))
        faults = chosen_faults(draws, self._malformed_rate)
        return OutgoingRecords(
            values=spoiled(self._encoder.encode(events), faults),
            keys=self._keys[events.user].tolist(),
            partitions=self._partitions[events.user].tolist(),
            timestamps_ms=(nominal_us // _US_PER_MS).tolist(),
        )


def never() -> bool:
    """The answer to "shall this stop?" of a run that ends by itself."""
    return False


def chunks(
    stream: EventStream, count: int | None, *, stop_requested: Callable[[], bool] = never
) -> Iterator[OutgoingRecords]:
    """The first `count` records of a stream as fast as they are made; without end for None.

    `stop_requested` is asked before every chunk.
    """
    for first in itertools.count(0, MAX_CHUNK):
        size = MAX_CHUNK if count is None else min(MAX_CHUNK, count - first)
        if size <= 0 or stop_requested():
            return
        yield stream.records(first, size)
