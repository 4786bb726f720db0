"""The ledger of what was sent: a file per producer process, a JSON object per line, only ever appended to.

    {"line": "opening", …}   which topic, which stream, which process; written before anything is sent
    {"line": "sent", …}      what has become of the records so far; again every few seconds
    {"line": "closing", …}   the same once more, when every record has its delivery report

Counts and spans are those since the opening; faults are those since the line before, so that a producer
keeps none of them in memory for long. A producer that was killed leaves no closing line, and at worst a last
line that is torn: readers leave that one out.
"""

import json
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

LEDGER_VERSION = 1

FaultPlaces = Mapping[str, Mapping[int, Iterable[int]]]
"""Fault → partition → offsets of the records that carry it."""


@dataclass(frozen=True, slots=True)
class SentFile:
    """The file that a producer reads. Of standard input, whose `path` is `-`, nothing else is known.

    `size_bytes` and `beginning`, the SHA-256 of its first bytes, tell it from another file of this path.
    `terms` are the settings that decide about the bytes of its records, by name. `sent` counts the records
    that earlier producers sent, by partition: this one sends those after them.
    """

    path: str
    size_bytes: int = 0
    beginning: str = ""
    terms: Mapping[str, str] = field(default_factory=dict)
    sent: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LedgerOpening:
    """Whose ledger it is.

    `topic_id` is empty where the broker cannot tell. `acks` is MSG_ACKS: with 0 an acknowledgement means
    nothing. `start_time` is the event time of the stream's first event as it was asked for, empty for now.
    `started_at` is ISO-8601. `host`, `pid` and `process_started_at_s` (Unix epoch) say which process writes.
    `topic_ends` has the end offset of each partition before anything was sent. `file` is None if the records
    are generated.
    """

    topic: str
    topic_id: str
    acks: str
    seed: int
    start_time: str
    started_at: str
    host: str
    pid: int
    process_started_at_s: float
    topic_ends: Mapping[int, int] = field(default_factory=dict)
    file: SentFile | None = None


@dataclass(frozen=True, slots=True)
class AcknowledgedSpan:
    """Acknowledged records of one partition: how many, and the first and last offset known of them.

    Offsets are -1 if the broker gave none. Records of other producers may be in between.
    """

    records: int
    first: int = -1
    last: int = -1


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a producer's records.

    `partitions` has the acknowledged ones by partition. `faults` has the places of acknowledged records with
    faults; `unplaced` counts those whose offset the broker did not tell.
    """

    produced: int = 0
    acknowledged: int = 0
    failed: int = 0
    partitions: Mapping[int, AcknowledgedSpan] = field(default_factory=dict)
    faults: FaultPlaces = field(default_factory=dict)
    unplaced: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SentLedger:
    """One producer's ledger as read back, with all faults; `closed` says that nothing is missing in it."""

    opening: LedgerOpening
    sent: Sent
    closed: bool


def opening_line(opening: LedgerOpening) -> str:
    """The first line of a ledger, with its line break."""
    entry = {"line": "opening", "ledger_version": LEDGER_VERSION, **asdict(opening)}
    entry["topic_ends"] = _by_text(opening.topic_ends)
    if opening.file is not None:
        entry["file"] = {**asdict(opening.file), "sent": _by_text(opening.file.sent)}
    return _line(entry)


def sent_line(sent: Sent, *, closing: bool) -> str:
    """A further line of a ledger, with its line break."""
    return _line(
        {
            "line": "closing" if closing else "sent",
            "produced": sent.produced,
            "acknowledged": sent.acknowledged,
            "failed": sent.failed,
            "partitions": {
                str(partition): [span.records, span.first, span.last]
                for partition, span in sorted(sent.partitions.items())
            },
            "faults": {
                fault: {str(partition): list(offsets) for partition, offsets in sorted(places.items())}
                for fault, places in sorted(sent.faults.items())
            },
            "unplaced": dict(sorted(sent.unplaced.items())),
        }
    )


def read_ledger(content: bytes) -> SentLedger | None:
    """Read what a producer has written so far; None where not even the opening is whole: it sent nothing.

    Raises:
        ValueError: the content is not a ledger; says why.
    """
    # Text after the last line break is not complete yet.
    lines = content.split(b"\n")[:-1]
    if not lines:
        return None
    try:
        opening = _opening(json.loads(lines[0]))
        faults: dict[str, dict[int, array[int]]] = {}
        sent, closed = Sent(), False
        for number, text in enumerate(lines[1:], start=2):
            if closed:
                raise ValueError(f"line {number} is after the closing line")
            entry = json.loads(text)
            closed = {"sent": False, "closing": True}[entry["line"]]
            sent = _sent(entry, faults)
    except (LookupError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise ValueError(f"not a ledger: {type(error).__name__}: {error}") from error
    return SentLedger(opening, sent, closed)


def _line(content: dict[str, Any]) -> str:
    return json.dumps(content, separators=(",", ":")) + "\n"


def _opening(entry: dict[str, Any]) -> LedgerOpening:
    version = entry.pop("ledger_version")
    if entry.pop("line") != "opening" or version != LEDGER_VERSION:
        raise ValueError(f"it does not open as a ledger of version {LEDGER_VERSION}")
    entry["topic_ends"] = _by_partition(entry["topic_ends"])
    if entry["file"] is not None:
        entry["file"] = _file(**entry["file"])
    opening = LedgerOpening(**entry)
    if type(opening.topic) is not str or type(opening.topic_id) is not str or type(opening.acks) is not str:
        raise ValueError("its opening names no topic")
    return opening


def _file(
    path: object, size_bytes: object, beginning: object, terms: Mapping[str, object], sent: Mapping[str, int]
) -> SentFile:
    return SentFile(
        path=str(path),
        size_bytes=_count(size_bytes),
        beginning=str(beginning),
        terms={name: str(value) for name, value in terms.items()},
        sent=_by_partition(sent),
    )


def _sent(entry: dict[str, Any], faults: dict[str, dict[int, "array[int]"]]) -> Sent:
    for fault, places in entry["faults"].items():
        of_fault = faults.setdefault(fault, {})
        for partition, offsets in places.items():
            of_fault.setdefault(int(partition), array("q")).extend(array("q", offsets))
    counts = {name: _count(entry[name]) for name in ("produced", "acknowledged", "failed")}
    return Sent(
        **counts,
        partitions={
            int(partition): AcknowledgedSpan(_count(records), int(first), int(last))
            for partition, (records, first, last) in entry["partitions"].items()
        },
        faults=faults,
        unplaced={fault: _count(count) for fault, count in entry["unplaced"].items()},
    )


def _by_text(counts: Mapping[int, int]) -> dict[str, int]:
    return {str(partition): count for partition, count in sorted(counts.items())}


def _by_partition(counts: Mapping[str, int]) -> dict[int, int]:
    return {int(partition): _count(count) for partition, count in counts.items()}


def _count(value: object) -> int:
    if type(value) is not int or value < 0:
        raise ValueError(f"{value!r} is not a count")
    return value
