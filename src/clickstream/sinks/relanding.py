"""Batches landed anew by a repair: files beside the old ones, the record in the old one's place, last.

The new files never take a name that is there. Until the record is replaced, atomically, readers see what was
damaged as it was; from then on they see the new rows. What no record names any more goes after that. A
repair that ends anywhere leaves one of the two, and leftovers that the next start or repair removes.
"""

import shutil
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from clickstream.clock import Clock
from clickstream.contract.batch import BatchRecord, LandedTable
from clickstream.contract.compacted import CompactedRecord
from clickstream.contract.layout import COMPACTED_NAME, DATE_FOLDER, FORMATS, LANDED_NAME, Layout
from clickstream.contract.tables import Table, tables_of
from clickstream.settings import SinkSettings
from clickstream.sinks.durable import sync_folder, sync_folders, write_atomically, writing
from clickstream.sinks.placing import StagedTable, place
from clickstream.sinks.rewriting import Form, Rows, StagedFile, stage_rows
from clickstream.sinks.spans import Piece, date_folder, place_pieces, spans_of

FILES_PLACED = "files_placed"
RECORD_REPLACED = "record_replaced"
POINTS = (FILES_PLACED, RECORD_REPLACED)
"""Where a repair of some batches says that it has arrived, in order; a crash test ends it there."""

_ONE_FILE = 2**40
"""Rows in a file of many batches: as many as there are."""


def land_anew(
    layout: Layout,
    settings: SinkSettings,
    records: Sequence[BatchRecord],
    rows: Mapping[str, Sequence[Rows]],
    *,
    compacted: bool,
    clock: Clock,
    reached: Callable[[str], None] = lambda _point: None,
) -> None:
    """Land some tables of a batch, or of all batches of a compaction, anew; their records replace the old.

    Call it while no job and no compaction runs.

    Args:
        layout: the run's paths.
        settings: how many rows in a file; the form where a record does not tell it.
        records: what the batches are to be recorded with, in order; of the tables in `rows`, files that
            they name tell the form, and give way.
        rows: for each table to land, the rows of every batch.
        compacted: whether they are in one compaction record; else there is one batch.
        clock: for the compaction record.
        reached: told of each of `POINTS` in turn.

    Raises:
        FolderNotWritable: the output cannot be written; what was there is as it was.
    """
    first, last = records[0].batch_id, records[-1].batch_id
    folder = layout.staging_dir(records[0].query, first, uuid.uuid4().hex[:12])
    tables = [table for table in tables_of(records[0].query) if table.name in rows]
    with writing(layout.output):
        for table in tables:
            of_batches = list(zip((each.batch_id for each in records), rows[table.name], strict=True))
            there = _files_of(layout, table, first, last, compacted=compacted)
            part = max(there.values(), default=-1) + 1
            staged = stage_rows(
                table,
                of_batches,
                folder,
                _form(records, table, settings),
                rows_per_file=_ONE_FILE if compacted else settings.max_records_per_file,
                first_part=part,
            )
            if compacted:
                records = _placed_together(layout, table, records, of_batches, staged)
            else:
                landed = place(layout, table, first, _staged_table(staged), first_part=part, repaired=True)
                records = [replace(records[0], tables={**records[0].tables, table.name: landed})]
        reached(FILES_PLACED)
        if compacted:
            whole = CompactedRecord(int(clock.now().timestamp() * 1_000), tuple(records))
            write_atomically(layout.compacted_path(records[0].query, first, last), whole.to_json())
        else:
            write_atomically(layout.record_path(records[0].query, first), records[0].to_json())
        reached(RECORD_REPLACED)
        named = {layout.output / file.path for record in records for file in record.files()}
        for table in tables:
            there = _files_of(layout, table, first, last, compacted=compacted)
            _remove([path for path in there if path not in named])
        shutil.rmtree(folder, ignore_errors=True)
        for above in (folder.parent, folder.parent.parent):
            with suppress(OSError):  # not empty, or never made
                above.rmdir()


def remove_record(path: Path) -> None:
    """Remove a record that says nothing, durably.

    Raises:
        FolderNotWritable: it cannot be removed.
    """
    with writing(path.parent):
        path.unlink(missing_ok=True)
        sync_folder(path.parent)


def _form(records: Sequence[BatchRecord], table: Table, settings: SinkSettings) -> Form:
    """As the batches' own files lie, where records name any; else as the settings have it."""
    landed = [record.tables[table.name] for record in records]
    parquet = [file for each in landed for file in each.parquet]
    csv = [file for each in landed for file in each.csv]
    return Form(
        dated=any(date_folder(file) for file in parquet) if parquet else settings.partition_by_date,
        packed=any(file.path.endswith(".gz") for file in csv) if csv else settings.csv_compression == "gzip",
    )


def _files_of(layout: Layout, table: Table, first: int, last: int, *, compacted: bool) -> dict[Path, int]:
    """The files that lie there under these batches' names, whoever names them, and their parts."""
    found: dict[Path, int] = {}
    for file_format in FORMATS:
        for path in layout.table_files(table.name, file_format):
            name = (COMPACTED_NAME if compacted else LANDED_NAME).fullmatch(path.name)
            if name is None:
                continue
            span = (name["first"], name["last"]) if compacted else (name["batch"], name["batch"])
            if tuple(map(int, span)) == (first, last):
                found[path] = int(name["part"])
    return found


def _staged_table(staged: list[StagedFile]) -> StagedTable:
    return StagedTable(
        parquet=tuple(file.parquet for file in staged),
        csv=tuple(file.csv for file in staged),
        rows=tuple(sum(file.rows.values()) for file in staged),
    )


def _placed_together(
    layout: Layout,
    table: Table,
    records: Sequence[BatchRecord],
    of_batches: Sequence[tuple[int, Rows]],
    staged: list[StagedFile],
) -> list[BatchRecord]:
    """The records with spans of the new files, which lie in their places."""
    pieces = [
        Piece(table, file_format, file.date, path, file.rows)
        for file_format in FORMATS
        for file in staged
        for path in [file.parquet if file_format == "parquet" else file.csv]
    ]
    placed = place_pieces(layout, pieces, records[0].batch_id, records[-1].batch_id)
    heights = {batch: rows.height for batch, rows in of_batches}
    counted = [
        replace(record, tables={**record.tables, table.name: LandedTable(heights[record.batch_id], (), ())})
        for record in records
    ]
    return [
        replace(record, tables={**record.tables, table.name: spans_of(record, table.name, placed)})
        for record in counted
    ]


def _remove(files: list[Path]) -> None:
    for path in files:
        path.unlink()
    sync_folders(path.parent for path in files)
    for path in files:
        if DATE_FOLDER.fullmatch(path.parent.name):
            with suppress(OSError):  # not empty
                path.parent.rmdir()
