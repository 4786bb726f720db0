"""Which offsets were acknowledged: by partition, and of the records that have faults."""

from confluent_kafka import Message

from clickstream.contract.ledger import AcknowledgedSpan


class PartitionTally:
    """The acknowledged records of one partition: how many, the first, and the one last reported."""

    __slots__ = ("_last", "first", "newest", "records")

    def __init__(self) -> None:
        self.records = 0
        self.first: Message | None = None
        self.newest: Message | None = None
        self._last = -1

    def span(self) -> AcknowledgedSpan:
        """How many, and from which offset to which, as far as the broker reported."""
        # Reports come in the order of offsets but where an unordered producer had to try again.
        self._last = max(self._last, _offset(self.newest))
        return AcknowledgedSpan(self.records, _offset(self.first), self._last)


class FaultTally:
    """Places of the acknowledged records with faults, until `take_places` is called."""

    def __init__(self) -> None:
        self.noted = 0
        self.unplaced: dict[str, int] = {}
        """Acknowledged, but the broker did not report the offset; by fault, since the beginning."""
        self._places: dict[str, dict[int, list[int]]] = {}

    def note(self, faults: tuple[str, ...], message: Message) -> None:
        """A record with these faults was acknowledged."""
        offset, partition = _offset(message), message.partition()
        for fault in faults:
            if offset < 0 or partition is None:
                self.unplaced[fault] = self.unplaced.get(fault, 0) + 1
            else:
                self._places.setdefault(fault, {}).setdefault(partition, []).append(offset)
                self.noted += 1

    def take_places(self) -> dict[str, dict[int, list[int]]]:
        """The places noted since this was last asked: fault → partition → offsets."""
        places, self._places, self.noted = self._places, {}, 0
        return places


def _offset(message: Message | None) -> int:
    """-1 where there is none: without acks, and after a retry that the broker knew already."""
    offset = None if message is None else message.offset()
    return -1 if offset is None or offset < 0 else offset
