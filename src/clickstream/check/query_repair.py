"""The damage of one query to a plan: what the topic and the other records still tell of it, and what not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import polars as pl

from clickstream.check.damage import Recorded, Unit, damage_of, disagreeing_rows
from clickstream.check.expected.rows import BATCH, Expected
from clickstream.check.files_still_there import landed_without_record
from clickstream.check.lost_records import LostRecords
from clickstream.check.repair_plan import Loss, Remedy, Removal
from clickstream.check.schema import plain, schema_of
from clickstream.check.spark_log import SparkLog
from clickstream.contract.batch import BatchRecord
from clickstream.contract.landed import record_files
from clickstream.contract.layout import Layout
from clickstream.contract.records import OffsetRange
from clickstream.contract.tables import EVENTS_RAW, Table, tables_of

Ranges = Mapping[int, OffsetRange]


class QueryRepair:
    """Plans the repair of one query.

    Args:
        layout: the run's paths.
        known: the query's batches, its usable records and those that say nothing.
        log: what is left of Spark's log of it.
        lost: what lost records said.
        expected: what each of its tables must hold, as far as the topic has it.
        ranges: the offsets that the topic has.
        gone: why it has none of what was read, as the end of a sentence; empty where it may have.
    """

    def __init__(
        self,
        layout: Layout,
        known: Recorded,
        log: SparkLog,
        lost: LostRecords,
        expected: Mapping[str, Expected],
        ranges: Ranges,
        gone: str,
    ) -> None:
        self._layout = layout
        self._known = known
        self._query = known.query
        self._name = known.query.batches.query
        self._log = log
        self._lost = lost
        self._expected = expected
        self._ranges = ranges
        self._gone = gone
        self._in_topic = self._batches_in_topic()
        self.disagreeing: dict[str, int] = {}
        """Rows of sound batches that are not what the topic gives, by table; known once there is a plan."""

    def plan(self) -> tuple[list[Remedy], list[Loss]]:
        """What of the damage can be landed anew, and what cannot, in the order of batches."""
        damage = damage_of(self._layout, self._query, self._expected, self._known.problems)
        if damage:
            self.disagreeing = disagreeing_rows(
                self._layout.output, self._query, self._expected, damage, self._in_topic
            )
        remedies: list[Remedy] = []
        lost: list[_Lost] = []
        for unit, tables in sorted(damage.items(), key=lambda entry: entry[0].first):
            records = self._records(unit)
            if isinstance(records, str):
                lost.append(_Lost(unit.first, unit.last, tuple(tables), records))
            else:
                remedies.append(self._remedy(unit, tables, records))
        losses = [self._loss(each) for each in _merged(lost)]
        return remedies, [*losses, *self._beyond()]

    def _records(self, unit: Unit) -> tuple[BatchRecord, ...] | str:
        """The records of a unit's batches, or why it cannot be landed anew."""
        if self.disagreeing:
            by_table = ", ".join(f"{rows:,} rows of {table}" for table, rows in self.disagreeing.items())
            return f"{by_table} in batches that are as they landed are not what the topic gives"
        batches = range(unit.first, unit.last + 1)
        if unit.compacted and not self._query.records.keys() >= set(batches):
            return "its compaction record is whole, but says what cannot be of this batch"
        if not self._in_topic.issuperset(batches if self._name == EVENTS_RAW.query else [unit.last]):
            return self._gone or "the topic no longer has all offsets that its rows come from"
        if self._name != EVENTS_RAW.query:
            # A window's rows depend on the watermark of every batch before, and that on where each was cut.
            unknown = self._lost.first_unknown()
            if unknown is not None and unknown < unit.first:
                return f"nothing tells where batch {unknown} before it ended, on which its rows depend"
            contradiction = next(filter(None, map(self._lost.contradiction, batches)), "")
            if contradiction:
                return contradiction
        records: list[BatchRecord] = []
        for batch_id in batches:
            record = self._query.records.get(batch_id) or self._lost.record(batch_id)
            if isinstance(record, str):
                return record
            records.append(record)
        return tuple(records)

    def _remedy(
        self, unit: Unit, tables: Mapping[str, tuple[str, ...]], records: tuple[BatchRecord, ...]
    ) -> Remedy:
        why = tuple(dict.fromkeys(sentence for sentences in tables.values() for sentence in sentences))
        if unit.first not in self._query.records and not unit.compacted:
            records, tables = self._with_files(unit.first, records[0], tables)
        order = [table for table in tables_of(self._name) if table.name in tables]
        marked = tuple(
            replace(record, repaired=_in_order(self._name, {*record.repaired, *tables})) for record in records
        )
        return Remedy(
            self._name,
            marked,
            unit.compacted,
            {table.name: self._rows(table, unit) for table in order},
            why,
        )

    def _with_files(
        self, batch_id: int, record: BatchRecord, tables: Mapping[str, tuple[str, ...]]
    ) -> tuple[tuple[BatchRecord], Mapping[str, tuple[str, ...]]]:
        """The record with the files that hold what they must, and the tables that are left to land."""
        left = dict(tables)
        for table in tables_of(self._name):
            rows = self._expected[table.name].rows.filter(pl.col(BATCH) == batch_id)
            landed = landed_without_record(self._layout, table, batch_id, rows)
            if landed is not None:
                record = replace(record, tables={**record.tables, table.name: landed})
                del left[table.name]
        return (record,), left

    def _rows(self, table: Table, unit: Unit) -> tuple[pl.DataFrame, ...]:
        rows = self._expected[table.name].rows
        here = plain(rows.filter(pl.col(BATCH).is_between(unit.first, unit.last)))
        by_batch = here.partition_by(BATCH, as_dict=True, maintain_order=True)
        none = here.clear()
        schema = schema_of(table)
        return tuple(
            by_batch.get((batch_id,), none).select(schema.names()).cast(schema)
            for batch_id in range(unit.first, unit.last + 1)
        )

    def _loss(self, lost: "_Lost") -> Loss:
        batches = self._query.batches.offsets
        starts, last = batches[lost.first], batches[lost.last]
        ends_known = self._lost.ends_known(lost.last)
        offsets = {
            partition: (start, end if ends_known else None)
            for partition in sorted({*starts, *last})
            for start, end in [(starts.get(partition, (0, 0))[0], last.get(partition, (0, 0))[1])]
        }
        low, high = self._lost.watermark_ms(lost.first - 1), self._lost.watermark_ms(lost.last)
        windows = None if low is None or high is None or self._name == EVENTS_RAW.query else (low, high)
        return Loss(self._name, lost.first, lost.last, lost.tables, offsets, windows, lost.why)

    def _batches_in_topic(self) -> frozenset[int]:
        """The batches whose rows the topic can give: for windows, it needs all that was read before, too."""
        held = [all(map(self._holds, offsets.items())) for offsets in self._query.batches.offsets]
        if self._name != EVENTS_RAW.query:
            first_gap = held.index(False) if False in held else len(held)
            return frozenset(range(first_gap))
        return frozenset(batch_id for batch_id, is_held in enumerate(held) if is_held)

    def _holds(self, span: tuple[int, OffsetRange]) -> bool:
        partition, (start, end) = span
        first, behind = self._ranges.get(partition, (0, 0))
        return start >= end or (first <= start and end <= behind)

    def removals(self, losses: list[Loss]) -> list[Removal]:
        """Records that say nothing, and only hide what is right without them."""
        found: list[Removal] = []
        known = len(self._query.batches)
        for file in self._known.unusable:
            lost = any(loss.first <= file.last and file.first <= loss.last for loss in losses)
            if file.compacted and not lost and file.last < known:
                why = f"The record of the batches {file.first} to {file.last} of {self._name} cannot be read."
                found.append(Removal(file.path, self._name, why))
        for file in record_files(self._layout, self._name):
            if not file.compacted and file.first >= known and file.first in self._log.offsets:
                why = (
                    f"The record of batch {file.first} of {self._name} cannot be used; Spark has not"
                    " committed the batch, and the next start lands it again."
                )
                found.append(Removal(file.path, self._name, why))
        return found

    def _beyond(self) -> Iterator[Loss]:
        """Unusable records behind the last batch of which anything else is known."""
        ends = {p: end for offsets in self._query.batches.offsets for p, (_, end) in offsets.items()}
        for file in record_files(self._layout, self._name):
            if file.last >= len(self._query.batches) and file.first not in self._log.offsets:
                yield Loss(
                    self._name,
                    file.first,
                    file.last,
                    tuple(table.name for table in tables_of(self._name)),
                    {partition: (end, None) for partition, end in sorted(ends.items())},
                    None,
                    "nothing but its unusable record tells which offsets it read",
                )


@dataclass(frozen=True, slots=True)
class _Lost:
    first: int
    last: int
    tables: tuple[str, ...]
    why: str


def _in_order(query: str, names: set[str]) -> tuple[str, ...]:
    return tuple(table.name for table in tables_of(query) if table.name in names)


def _merged(lost: list[_Lost]) -> list[_Lost]:
    """What follows one another, of the same tables and for the same reason, as one."""
    merged: list[_Lost] = []
    for each in lost:
        before = merged[-1] if merged else None
        if before and (before.last + 1, before.tables, before.why) == (each.first, each.tables, each.why):
            merged[-1] = replace(before, last=each.last)
        else:
            merged.append(each)
    return merged
