"""What balancing the ledgers came to: figures, for a report to put into words."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FaultAccount:
    """What became of the records that were sent with one fault; all counts are of acknowledged records.

    acknowledged = landed + rejected + not_read: among the events, rejected, or neither: not yet read by the
    job, not in the topic, or acknowledged without an offset. `late_dropped` has, by table with windows, how
    many of the landed ones its late filter dropped.
    """

    fault: str
    acknowledged: int
    landed: int
    rejected: int
    not_read: int
    late_dropped: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class LedgerVerdict:
    """The ledgers of the run's topic against the topic and what landed of it.

    Of the `producers`, `closed` have closed their ledger, `running` still send, the others were killed.
    `in_topic` counts the records that the job has read and the topic's offsets that it has not. No ledger
    acknowledges `from_running` of them, which came since the last line of a producer that still runs, and
    `from_others`: from another producer, or from a killed one after its last line. Of the `committed`
    records, which the job has read, `landed` are events and `rejected` are not.
    """

    producers: int
    closed: int
    running: int
    produced: int
    acknowledged: int
    failed: int
    in_topic: int
    from_running: int
    from_others: int
    committed: int
    landed: int
    rejected: int
    faults: tuple[FaultAccount, ...]
