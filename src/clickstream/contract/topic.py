"""What `topic` prints: the topic as its broker has it, and single messages of it."""

from dataclasses import dataclass, field

from clickstream.contract.records import OffsetRange


@dataclass(frozen=True, slots=True)
class TopicDetails:
    """A topic; `topic_id` is empty where the broker has no ids, `config` has what was set on the topic.

    `offsets` has the `[begin, end)` of each partition up to its last stable offset, `waiting` the offsets of
    partitions with an open transaction: readers of committed records get them after its end.
    """

    name: str
    bootstrap_servers: str
    topic_id: str
    offsets: dict[int, OffsetRange]
    config: dict[str, str]
    waiting: dict[int, OffsetRange] = field(default_factory=dict)

    @property
    def offset_count(self) -> int:
        """How many offsets there are: at least as many as records, as transactions leave gaps."""
        return sum(end - begin for begin, end in self.offsets.values())


@dataclass(frozen=True, slots=True)
class TopicMessage:
    """One message; its timestamp in milliseconds of the Unix epoch, below 0 where it has none."""

    partition: int
    offset: int
    timestamp_ms: int
    key: bytes | None
    value: bytes | None
