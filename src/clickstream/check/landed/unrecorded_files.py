"""Files in the tables' folders that no record names."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from clickstream.check.findings import Code, Finding, Severity
from clickstream.contract.definition.tables import Table
from clickstream.contract.run.batch_record import BatchRecord, LandedFile
from clickstream.contract.run.layout import FORMATS, LANDED_NAME, Layout

_IGNORED = ("_", ".")
"""First characters of the names that Spark's and polars' readers ignore."""

Listing = dict[str, Table]
"""Files below OUTPUT_PATH as they were listed, each with its table."""


def list_files(layout: Layout, tables: Iterable[Table]) -> Listing:
    """Every file in the tables' folders that a reader would take for rows.

    To be called before the records are read: a file that lands in between is of a batch not yet recorded.
    """
    listing: Listing = {}
    for table in tables:
        for file_format in FORMATS:
            folder = layout.table_dir(table.name, file_format)
            for path in sorted(folder.rglob("*")):
                hidden = any(part.startswith(_IGNORED) for part in path.relative_to(folder).parts)
                if not hidden and path.is_file():
                    listing[path.relative_to(layout.output).as_posix()] = table
    return listing


def unrecorded_files(
    output: Path, listing: Listing, records: Iterable[BatchRecord], last_batch: dict[str, int]
) -> list[Finding]:
    """A finding for each file that no record names, and for each that is named twice.

    A file of the batch after the last recorded one is a warning: that batch has not landed, and will
    replace it. Any other is a failure: a program that reads the folder takes its rows.
    """
    named: dict[str, LandedFile] = {}
    findings: list[Finding] = []
    for record in records:
        for table_name, landed in record.tables.items():
            for entry in (*landed.parquet, *landed.csv):
                if entry.path in named:
                    findings.append(_twice(record, table_name, entry.path))
                named[entry.path] = entry
    by_hash = {(entry.size_bytes, entry.sha256): entry.path for entry in named.values()}
    for path, table in listing.items():
        # The start of a job removes leftovers: what has gone since the listing is none any more.
        if path not in named and (output / path).exists():
            findings.append(_leftover(output, path, table, by_hash, last_batch.get(table.query, -1)))
    return findings


def _leftover(
    output: Path, path: str, table: Table, by_hash: dict[tuple[int, str], str], last_batch: int
) -> Finding:
    name = LANDED_NAME.fullmatch(path.rsplit("/", 1)[-1])
    batch_id = int(name["batch"]) if name else None
    not_landed_yet = batch_id == last_batch + 1
    try:
        content = (output / path).read_bytes()
        copied = by_hash.get((len(content), hashlib.sha256(content).hexdigest()))
    except OSError:
        copied = None
    if not_landed_yet:
        what = f"is of batch {batch_id} of {table.query}, which has not landed; the next run replaces it"
    else:
        what = (
            f"doubles {copied}" if copied else "is in no batch record: readers by pattern would read its rows"
        )
    return Finding(
        Code.FILE_LEFTOVER,
        f"{path} {what}.",
        Severity.WARNING if not_landed_yet else Severity.FAILURE,
        table=table.name,
        query=table.query,
        batch_id=batch_id,
        file=path,
    )


def _twice(record: BatchRecord, table_name: str, path: str) -> Finding:
    return Finding(
        Code.FILE_TWICE,
        f"{path} is also listed by batch {record.batch_id} of {record.query}.",
        table=table_name,
        query=record.query,
        batch_id=record.batch_id,
        file=path,
    )
