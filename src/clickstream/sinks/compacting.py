"""Small files of old batches merged into few, without a moment in which a reader sees less or more.

A group of batches is merged aside, its files get their names, and a compaction record, written last and
atomically, takes the place of the single ones: from then on readers that go by records see the merged
files, with every batch still told apart. What it replaces goes later, files before records, so that each
file is named by a record as long as it is there. A compaction that ends anywhere leaves one valid view.
"""

import shutil
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from clickstream.clock import Clock
from clickstream.contract.batch import BatchRecord, LandedFile
from clickstream.contract.compacted import CompactedRecord
from clickstream.contract.layout import FORMATS, Layout
from clickstream.contract.tables import QUERIES, Table, tables_of
from clickstream.duration import Duration
from clickstream.settings import SinkSettings
from clickstream.sinks.durable import write_atomically, writing
from clickstream.sinks.grouping import groups
from clickstream.sinks.merging import merge_csv, merge_parquet
from clickstream.sinks.replaced import (
    REPLACED_FILES_REMOVED,
    REPLACED_RECORDS_REMOVED,
    alone,
    remove_replaced,
    remove_unfinished,
)
from clickstream.sinks.spans import Piece, date_folder, place_pieces, spans_of

MERGED = "merged"
MERGED_MOVED = "merged_moved"
COMPACTED = "compacted"
POINTS = (MERGED, MERGED_MOVED, COMPACTED, REPLACED_FILES_REMOVED, REPLACED_RECORDS_REMOVED)
"""Where a compaction says that it has arrived, in order; a crash test ends it there."""

FEWEST_KEPT = 2
"""The newest batches that are never merged: Spark may run the last one or two again."""


@dataclass(frozen=True, slots=True)
class Compaction:
    """What one run of `compact` did: batches merged, their files before and after, and files removed."""

    batches: int
    files_before: int
    files_after: int
    files_removed: int


def compact(
    layout: Layout,
    settings: SinkSettings,
    *,
    keep: int,
    remove_after: Duration,
    clock: Clock,
    reached: Callable[[str], None] = lambda _point: None,
) -> Compaction:
    """Merge the small files of all but the newest batches; safe beside a running job.

    Args:
        layout: the run's paths.
        settings: whether merged CSV files are packed.
        keep: how many of the newest batches of each query to leave alone, at least `FEWEST_KEPT`.
        remove_after: how long replaced files stay, for readers that have listed them and not yet opened them.
        clock: says how old a compaction is.
        reached: told of each of `POINTS` in turn.

    Raises:
        RunInProgress: another compaction of this output is running.
        OutputDamaged: a record or a file is not as it landed; its group stays as it was.
        FolderNotWritable: the output cannot be written.
    """
    batches = before = after = 0
    with alone(layout), writing(layout.output):
        remove_unfinished(layout)
        for query in QUERIES:
            for group in groups(layout, query, keep=max(keep, FEWEST_KEPT)):
                record = _compact_group(layout, settings, group, clock, reached)
                batches += len(group)
                before += sum(len(each.files()) for each in group)
                after += len(record.files())
        removed = remove_replaced(layout, remove_after, clock, reached)
    return Compaction(batches, before, after, removed)


def _compact_group(
    layout: Layout,
    settings: SinkSettings,
    group: tuple[BatchRecord, ...],
    clock: Clock,
    reached: Callable[[str], None],
) -> CompactedRecord:
    folder = layout.compacting_dir() / uuid.uuid4().hex[:12]
    merged = {
        table.name: _merge(layout, settings, table, group, folder) for table in tables_of(group[0].query)
    }
    reached(MERGED)
    first, last = group[0].batch_id, group[-1].batch_id
    placed = {name: place_pieces(layout, pieces, first, last) for name, pieces in merged.items()}
    reached(MERGED_MOVED)
    batches = tuple(
        replace(record, tables={name: spans_of(record, name, placed[name]) for name in record.tables})
        for record in group
    )
    record = CompactedRecord(int(clock.now().timestamp() * 1_000), batches)
    path = layout.compacted_path(group[0].query, first, last)
    write_atomically(path, record.to_json())
    shutil.rmtree(layout.compacting_dir(), ignore_errors=True)
    reached(COMPACTED)
    return record


def _merge(
    layout: Layout, settings: SinkSettings, table: Table, group: tuple[BatchRecord, ...], folder: Path
) -> list[Piece]:
    """Merge every date's files of a table, in both formats, below the folder; in the order of dates."""
    pieces: list[Piece] = []
    for file_format in FORMATS:
        by_date: dict[str, list[LandedFile]] = {}
        rows: dict[str, dict[int, int]] = {}
        for record in group:
            landed = record.tables[table.name]
            for file in landed.parquet if file_format == "parquet" else landed.csv:
                date = date_folder(file)
                by_date.setdefault(date, []).append(file)
                of_date = rows.setdefault(date, {})
                of_date[record.batch_id] = of_date.get(record.batch_id, 0) + file.rows
        suffix = "csv.gz" if file_format == "csv" and settings.csv_compression == "gzip" else file_format
        for number, date in enumerate(sorted(by_date)):
            staged = folder / table.name / f"{number:05d}.{suffix}"
            staged.parent.mkdir(parents=True, exist_ok=True)
            merge = merge_parquet if file_format == "parquet" else merge_csv
            merge(layout.output, by_date[date], staged, table)
            pieces.append(Piece(table, file_format, date, staged, rows[date]))
    return pieces
