"""The landed files against their batch records, before a start or an export uses them."""

import hashlib
import os
from pathlib import Path

from clickstream.contract.definition.tables import QUERIES, Table
from clickstream.contract.run.batch_record import BatchRecord, LandedFile
from clickstream.contract.run.layout import Layout, ways_out
from clickstream.contract.run.recorded_batches import LIST_DAMAGE, UnreadableRecord, records_of
from clickstream.contract.run.skipped import SkippedRecords, read_skipped
from clickstream.errors import OutputDamaged

HASHED_BATCHES = 10
"""The newest batches of a query, whose files are read and hashed; of all others the size is looked at."""


def verified_files(layout: Layout) -> set[str]:
    """Compare records with files; the paths below OUTPUT_PATH that records name.

    The work is bounded: it reads every record and the sizes of all files, but the content of only the newest.

    Raises:
        OutputDamaged: a record is invalid or was changed, batches do not follow one another, or
            a file is missing, of another size, or one of the newest with another content. The file and the
            batch are named.
    """
    named: set[str] = set()
    skipped = read_skipped(layout)
    for query in QUERIES:
        records = _records_in_order(layout, query, skipped)
        for at, record in enumerate(records):
            for file in record.files():
                _refuse_changed(layout, record, file, hashed=at >= len(records) - HASHED_BATCHES)
                named.add(file.path)
    return named


def verified_records(layout: Layout, table: Table) -> list[BatchRecord]:
    """The records of a table's query, in order, after reading every Parquet file of the table.

    Raises:
        OutputDamaged: as in `verified_files`; every file is compared with its hash.
    """
    records = _records_in_order(layout, table.query, read_skipped(layout))
    for record in records:
        for file in record.tables[table.name].parquet:
            _refuse_changed(layout, record, file, hashed=True)
    return records


def _records_in_order(layout: Layout, query: str, skipped: SkippedRecords) -> list[BatchRecord]:
    try:
        records = records_of(layout, query)
    except UnreadableRecord as error:
        raise _damaged(layout, f"The record {error.path} cannot be read: {error.problem}") from error
    _follow_one_another(layout, query, records, skipped)
    return records


def _follow_one_another(
    layout: Layout, query: str, records: list[BatchRecord], skipped: SkippedRecords
) -> None:
    ends: dict[int, int] = {}
    watermark_ms = 0
    for batch_id, record in enumerate(records):
        if (record.query, record.batch_id) != (query, batch_id):
            raise _damaged(
                layout,
                f"Batch {batch_id} of {query} has no record: where it should be is that of batch"
                f" {record.batch_id} of {record.query}",
            )
        starts = {partition: start for partition, (start, _) in record.offsets.items()}
        goes_on = all(skipped.lead(p, ends.get(p, 0), start) for p, start in starts.items())
        if batch_id and not (goes_on and ends.keys() <= starts.keys()):
            raise _damaged(
                layout,
                f"Batch {batch_id} of {query} does not begin where batch {batch_id - 1} ended: it begins at"
                f" {starts}, the batch before ended at {ends}",
            )
        if record.previous_watermark_ms != watermark_ms:
            raise _damaged(
                layout,
                f"Batch {batch_id} of {query} has previous watermark {record.previous_watermark_ms}, but the"
                f" batch before has {watermark_ms}",
            )
        ends = {partition: end for partition, (_, end) in record.offsets.items()}
        watermark_ms = record.watermark_ms


def _refuse_changed(layout: Layout, record: BatchRecord, file: LandedFile, *, hashed: bool) -> None:
    path = f"{layout.output}/{file.path}"
    of_batch = f"of batch {record.batch_id} of {record.query}"
    try:
        size_bytes = os.stat(path).st_size  # noqa: PTH116 - a Path for each of many files costs more than the look
        difference = file.difference(size_bytes)
        if hashed and not difference:
            difference = file.difference(size_bytes, _sha256(path))
    except OSError as error:
        what = "is missing" if isinstance(error, FileNotFoundError) else f"cannot be read: {error.strerror}"
        raise _damaged(layout, f"{path} {of_batch} {what}") from error
    if difference:
        raise _damaged(layout, f"{path} {of_batch} {difference}")


def _sha256(path: str) -> str:
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _damaged(layout: Layout, what: str) -> OutputDamaged:
    return OutputDamaged(f"{what}: the output is damaged.", next_step=f"{LIST_DAMAGE}\n{ways_out(layout)}")
