"""The topic as its broker has it, and single messages of it."""

from dataclasses import dataclass, field

from clickstream.contract.records import OffsetRange


@dataclass(frozen=True, slots=True)
class TopicStatus:
    """A topic as its broker has it now: `[begin, end)` of every partition, up to its last stable offset.

    `status` asks for no more. `topic_id` is empty where the broker has no ids, `config` has what was set on
    the topic, `waiting` the offsets of partitions with an open transaction: readers of committed records get
    them after its end.
    """

    name: str
    bootstrap_servers: str
    offsets: dict[int, OffsetRange]
    topic_id: str = ""
    config: dict[str, str] = field(default_factory=dict)
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
