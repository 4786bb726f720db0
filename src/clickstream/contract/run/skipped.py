"""The records of the topic that a run skips, because Spark cannot read them and the user chose to skip them.

Spark converts the Kafka timestamp of every record from milliseconds to microseconds. If that overflows,
the batch fails at every attempt. `_landed/skipped.json` is written before anything skips a record; job and
check accept a gap between two batches only for records that are listed there.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

from clickstream.contract.run.layout import Layout, ways_out
from clickstream.contract.run.run_file import written_run_id
from clickstream.contract.run.sealing import seal, unseal
from clickstream.errors import OutputDamaged

LARGEST_TIMESTAMP_MS = (2**63 - 1) // 1_000
"""The largest Kafka timestamp, in milliseconds, positive or negative, that Spark can read."""

_VERSION = 1


def is_unreadable(timestamp_ms: int) -> bool:
    """Whether Spark fails at a record with this Kafka timestamp."""
    return abs(timestamp_ms) > LARGEST_TIMESTAMP_MS


@dataclass(frozen=True, slots=True, order=True)
class SkippedRecord:
    """A record of the topic by its place; `timestamp_ms` is its Kafka timestamp."""

    partition: int
    offset: int
    timestamp_ms: int

    def __str__(self) -> str:
        return f"{self.partition}:{self.offset}"


class SkippedRecords:
    """The records that a run skips, each once, in the order of the topic."""

    def __init__(self, records: Iterable[SkippedRecord] = ()) -> None:
        by_place = {(record.partition, record.offset): record for record in records}
        self._by_place = {place: by_place[place] for place in sorted(by_place)}

    def __iter__(self) -> Iterator[SkippedRecord]:
        return iter(self._by_place.values())

    def __len__(self) -> int:
        return len(self._by_place)

    def first_in(self, partition: int, start: int, end: int) -> int | None:
        """The first skipped offset in `[start, end)`, if there is one."""
        return next((at for of, at in self._by_place if of == partition and start <= at < end), None)

    def past(self, partition: int, offset: int) -> int:
        """The first offset from this one on that is not skipped."""
        while (partition, offset) in self._by_place:
            offset += 1
        return offset

    def lead(self, partition: int, end: int, start: int) -> bool:
        """Whether a batch may begin at `start` after one that ended at `end`: next to it, or past skips."""
        return end <= start <= self.past(partition, end)

    def to_json(self, run_id: str) -> str:
        """One JSON object that carries its own hash."""
        content = [asdict(record) for record in self]
        return seal({"skipped_version": _VERSION, "run_id": run_id, "records": content})

    @classmethod
    def from_json(cls, text: str, run_id: str | None) -> "SkippedRecords":
        """Read what `to_json` wrote for the run; for any run if `run_id` is None.

        Raises:
            ValueError: the text is not such an object, was changed, or is another run's.
        """
        content = unseal(text)
        try:
            if content["skipped_version"] != _VERSION:
                raise ValueError(f"version {content['skipped_version']} of it is unknown")
            if run_id is not None and content["run_id"] != run_id:
                raise ValueError(f"it belongs to the run {content['run_id']}")
            if not all(type(part) is int for record in content["records"] for part in record.values()):
                raise TypeError("a partition, offset or timestamp is not a whole number")
            return cls(SkippedRecord(**record) for record in content["records"])
        except (LookupError, TypeError, AttributeError) as error:
            raise ValueError("it does not list skipped records") from error


NOTHING_SKIPPED = SkippedRecords()


def read_skipped(layout: Layout) -> SkippedRecords:
    """The records that a run skips; none if there is no such file.

    Raises:
        OutputDamaged: the file cannot be read, was changed, or belongs to another run.
    """
    path = layout.skipped_path()
    try:
        return SkippedRecords.from_json(path.read_text(encoding="utf-8"), written_run_id(layout))
    except FileNotFoundError:
        return NOTHING_SKIPPED
    except (OSError, ValueError) as error:
        raise OutputDamaged(
            f"{path} cannot be used: {error}.", next_step=f"Restore it from a copy. {ways_out(layout)}"
        ) from error
