"""Files in the tables' folders that no record names."""

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

from clickstream.check.findings import Code, Finding, Severity
from clickstream.contract.batch import BatchRecord, LandedFile
from clickstream.contract.landed import replaced_records
from clickstream.contract.layout import COMPACTED_NAME, FORMATS, Layout
from clickstream.contract.tables import QUERIES, TABLES, Table

_BATCH_OF = re.compile(r"batch-([0-9]{12})-[0-9]{5}\.[a-z.]+")
_PASSED_OVER = ("_", ".")
"""First characters of names that Spark's and polars' readers pass over."""

Listing = dict[str, Table]
"""Files below OUTPUT_PATH as they were listed, each with the table it lies under."""


def list_files(layout: Layout) -> Listing:
    """Every file in the tables' folders that a reader would take for rows.

    To be called before the records are read: a file that lands in between is of a batch not yet recorded.
    """
    listing: Listing = {}
    for table in TABLES:
        for file_format in FORMATS:
            folder = layout.table_dir(table.name, file_format)
            for path in sorted(folder.rglob("*")):
                hidden = any(part.startswith(_PASSED_OVER) for part in path.relative_to(folder).parts)
                if not hidden and path.is_file():
                    listing[path.relative_to(layout.output).as_posix()] = table
    return listing


def without_replaced(layout: Layout, listing: Listing) -> Listing:
    """The listing without files that a compaction has replaced: they stay for readers on their way."""
    replaced = {
        file.path for query in QUERIES for each in replaced_records(layout, query) for file in each.files()
    }
    return {path: table for path, table in listing.items() if path not in replaced}


def unrecorded_files(
    output: Path, listing: Listing, records: Iterable[BatchRecord], last_batch: dict[str, int]
) -> list[Finding]:
    """A finding for each file that no record names, and for each that is named twice.

    A file of the batch after the last recorded one is a warning: that batch has not landed, and will
    replace it; so is one of a compaction that has not come to its record. Any other would be read as rows
    by everybody who reads the folder: a failure.
    """
    named: dict[str, LandedFile] = {}
    claimed: dict[str, int] = {}
    findings: list[Finding] = []
    for record in records:
        for table_name, landed in record.tables.items():
            for entry in (*landed.parquet, *landed.csv):
                # The batches of a compacted file have its rows one after another.
                if entry.path in named and entry.first_row != claimed[entry.path]:
                    findings.append(_twice(record, table_name, entry.path))
                named[entry.path] = entry
                claimed[entry.path] = entry.first_row + entry.rows
    findings += [
        _unclaimed(path, listing.get(path), claimed[path], entry.rows_in_file)
        for path, entry in named.items()
        if claimed[path] != entry.rows_in_file
    ]
    by_hash = {(entry.size_bytes, entry.sha256): entry.path for entry in named.values()}
    for path, table in listing.items():
        # What has gone since the listing, a compaction has removed.
        if path not in named and (output / path).exists():
            findings.append(_leftover(output, path, table, by_hash, last_batch.get(table.query, -1)))
    return findings


def _leftover(
    output: Path, path: str, table: Table, by_hash: dict[tuple[int, str], str], last_batch: int
) -> Finding:
    name = _BATCH_OF.fullmatch(path.rsplit("/", 1)[-1])
    batch_id = int(name[1]) if name else None
    unfinished = COMPACTED_NAME.fullmatch(path.rsplit("/", 1)[-1]) is not None
    not_landed_yet = unfinished or batch_id == last_batch + 1
    try:
        content = (output / path).read_bytes()
        copied = by_hash.get((len(content), hashlib.sha256(content).hexdigest()))
    except OSError:
        copied = None
    if unfinished:
        what = "is of a compaction that has not ended; the next `clickstream compact` removes it"
    elif not_landed_yet:
        what = f"is of batch {batch_id} of {table.query}, which has not landed; the next run replaces it"
    else:
        what = f"doubles {copied}" if copied else "is named by no batch record: a reader would take its rows"
    return Finding(
        Code.FILE_LEFTOVER,
        f"{path} {what}.",
        Severity.WARNING if not_landed_yet else Severity.FAILURE,
        table=table.name,
        query=table.query,
        batch_id=batch_id,
        file=path,
    )


def _unclaimed(path: str, table: Table | None, claimed: int, rows: int) -> Finding:
    return Finding(
        Code.FILE_LEFTOVER,
        f"{path} has {rows:,} rows, batches name {claimed:,} of them: a reader would take the others too.",
        table=table.name if table else None,
        query=table.query if table else None,
        file=path,
    )


def _twice(record: BatchRecord, table_name: str, path: str) -> Finding:
    return Finding(
        Code.FILE_TWICE,
        f"{path} is named once more by batch {record.batch_id} of {record.query}.",
        table=table_name,
        query=record.query,
        batch_id=record.batch_id,
        file=path,
    )
