"""What `topic` tells: the topic as its broker has it, and single messages of it."""

from dataclasses import dataclass

from clickstream.contract.records import OffsetRange


@dataclass(frozen=True, slots=True)
class TopicDetails:
    """A topic; `topic_id` is empty where the broker has no ids, `config` has what was set on the topic."""

    name: str
    bootstrap_servers: str
    topic_id: str
    offsets: dict[int, OffsetRange]
    config: dict[str, str]

    @property
    def records(self) -> int:
        """How many offsets there are."""
        return sum(end - begin for begin, end in self.offsets.values())


@dataclass(frozen=True, slots=True)
class TopicMessage:
    """One message; its timestamp in milliseconds of the Unix epoch, below 0 where it has none."""

    partition: int
    offset: int
    timestamp_ms: int
    key: bytes | None
    value: bytes | None
