"""Which tables of which batches are not as they landed, one query at a time."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from clickstream.check.batches import put_in_order
from clickstream.check.expected.rows import BATCH, Expected
from clickstream.check.findings import Code, Finding
from clickstream.check.records import problem_of, read_file, read_records
from clickstream.check.run import Query
from clickstream.check.spark_log import SparkLog
from clickstream.check.table_check import check_tables
from clickstream.contract.batch import BatchRecord, LandedTable
from clickstream.contract.landed import RecordFile, record_files
from clickstream.contract.layout import Layout
from clickstream.contract.tables import tables_of
from clickstream.contract.terms import RunTerms

_NOT_AS_LANDED = frozenset(
    {Code.FILE_MISSING, Code.FILE_CHANGED, Code.FILE_UNREADABLE, Code.FILE_SCHEMA, Code.FORMATS_DIFFER}
)


@dataclass(frozen=True, slots=True)
class Unit:
    """What is landed anew together: one batch, or the batches of one compaction record."""

    first: int
    last: int
    compacted: bool


Damage = Mapping[Unit, Mapping[str, tuple[str, ...]]]
"""Of each damaged unit its damaged tables, each with sentences on what is wrong."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """The batches and usable records of a query, and the record files that say nothing.

    Where a compaction record says nothing, the single ones of its batches count as long as they lie there.
    """

    query: Query
    problems: Mapping[int, str]
    """Sentences on unusable records, by batch."""
    unusable: tuple[RecordFile, ...]


def recorded(layout: Layout, name: str, terms: RunTerms, log: SparkLog) -> Recorded:
    """Read the records of a query, those below an unusable compaction record too."""
    read = read_records(layout, name, terms)
    by_batch = dict(read.by_batch)
    unusable = [file for file in record_files(layout, name) if _says_nothing(file)]
    for file in unusable:
        if file.compacted:
            by_batch.update(_singles(layout, name, terms, file))
    batches, _gaps = put_in_order(name, by_batch, log)
    problems = {
        finding.batch_id: finding.sentence for finding in read.findings if finding.batch_id is not None
    }
    return Recorded(Query(batches, dict(sorted(by_batch.items())), 0), problems, tuple(unusable))


def _says_nothing(file: RecordFile) -> bool:
    try:
        return not read_file(file)[0]
    except FileNotFoundError:
        return True


def _singles(
    layout: Layout, name: str, terms: RunTerms, file: RecordFile
) -> Iterator[tuple[int, BatchRecord]]:
    for path in layout.record_paths(name):
        batch_id = int(path.stem)
        if file.first <= batch_id <= file.last:
            single = RecordFile(path, batch_id, batch_id, compacted=False)
            if not _says_nothing(single):
                (record,) = single.read()
                if not problem_of(record, batch_id, name, terms):
                    yield batch_id, record


def damage_of(
    layout: Layout, query: Query, expected: Mapping[str, Expected], problems: Mapping[int, str]
) -> dict[Unit, dict[str, tuple[str, ...]]]:
    """Everything of a query that is not as it landed: its files are read, all of them.

    Args:
        layout: the run's paths.
        query: its batches and usable records.
        expected: only carried through the comparison, whose outcome is not looked at here.
        problems: sentences on unusable records, by batch.
    """
    name = query.batches.query
    units = _units(layout, query)
    damage: dict[Unit, dict[str, tuple[str, ...]]] = {}

    def add(unit: Unit, table: str, sentence: str) -> None:
        tables = damage.setdefault(unit, {})
        tables[table] = (*tables.get(table, ()), sentence)

    for batch_id in range(len(query.batches)):
        if batch_id not in query.records:
            sentence = problems.get(batch_id, f"Batch {batch_id} of {name} has no record.")
            for table in tables_of(name):
                add(units[batch_id], table.name, sentence)
    for finding in check_tables(layout.output, query, expected).findings:
        if finding.code in _NOT_AS_LANDED:
            batch_id, table_name = _place(finding)
            add(units[batch_id], table_name, finding.sentence)
    return damage


def _units(layout: Layout, query: Query) -> dict[int, Unit]:
    """The unit of every batch."""
    units = {batch_id: Unit(batch_id, batch_id, compacted=False) for batch_id in range(len(query.batches))}
    for file in record_files(layout, query.batches.query):
        if file.compacted and not _says_nothing(file):
            whole = Unit(file.first, file.last, compacted=True)
            units.update(dict.fromkeys(range(file.first, file.last + 1), whole))
    return units


def _place(finding: Finding) -> tuple[int, str]:
    if finding.batch_id is None or finding.table is None:
        raise AssertionError(finding)
    return finding.batch_id, finding.table


def disagreeing_rows(
    output: Path,
    query: Query,
    expected: Mapping[str, Expected],
    damage: Damage,
    in_topic: frozenset[int],
) -> dict[str, int]:
    """How many rows of sound batches are not what the topic gives, by table where there are any.

    Args:
        output: the run's output.
        query: its batches and usable records.
        expected: what each table must hold.
        damage: what is not looked at.
        in_topic: the batches whose rows the topic can still give.
    """
    sound = {
        table.name: in_topic & query.records.keys() - _damaged(damage, table.name)
        for table in tables_of(query.batches.query)
    }
    records = {
        batch_id: replace(
            record,
            tables={
                name: landed if batch_id in sound[name] else LandedTable(0, (), ())
                for name, landed in record.tables.items()
            },
        )
        for batch_id, record in query.records.items()
    }
    must = {
        name: replace(each, rows=each.rows.filter(pl.col(BATCH).is_in(list(sound[name]))))
        for name, each in expected.items()
    }
    verdicts = check_tables(output, replace(query, records=records), must).tables
    return {verdict.table: verdict.mismatched_rows for verdict in verdicts if verdict.mismatched_rows}


def _damaged(damage: Damage, table: str) -> set[int]:
    return {
        batch_id
        for unit, tables in damage.items()
        if table in tables
        for batch_id in range(unit.first, unit.last + 1)
    }
