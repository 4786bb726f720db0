"""The landed rows of many batches at once, for the usual case that nothing is wrong with them.

Most of the cost of a small file is per file. So the CSV texts of many batches are joined and parsed once. If
anything is unusual, the answer is None, and `one_batch.py` reads batch by batch and reports what it is.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import polars as pl

from clickstream.check.decode.schema import BATCH, FILE
from clickstream.check.landed.csv_rows import NotTheTable, read_csv_rows
from clickstream.check.landed.one_file import GZIPPED_CSV, NamedFile, read_landed
from clickstream.contract.definition.tables import Table
from clickstream.contract.run.batch_record import BatchRecord, LandedFile
from clickstream.contract.run.layout import date_folder_of

_TEXT_AT_ONCE_BYTES = 16_000_000


def rows_together(output: Path, table: Table, records: Sequence[BatchRecord]) -> pl.DataFrame | None:
    """The Parquet rows of these batches with `FILE` and `BATCH`; None if something must be checked in detail.

    Every file is as its record says, and CSV and Parquet hold the same rows in the same order.
    """
    landed = [(record.batch_id, record.tables[table.name]) for record in records]
    if any(len(of_batch.parquet) != len(of_batch.csv) for _, of_batch in landed):
        return None
    entries = [
        (batch_id, parquet, csv)
        for batch_id, of_batch in landed
        for parquet, csv in zip(of_batch.parquet, of_batch.csv, strict=True)
    ]
    if not entries or not all(_can_be_joined(parquet, csv) for _, parquet, csv in entries):
        return None
    parts = []
    for batch_id, parquet, _ in entries:
        rows_of_file, findings = read_landed(output, NamedFile(table, "parquet", batch_id, parquet))
        if rows_of_file is None or findings:
            return None
        parts.append(rows_of_file)
    rows = pl.concat(parts)
    try:
        texts = [read_csv_rows(text, table) for text in _texts(output, table, [csv for _, _, csv in entries])]
    except (NotTheTable, OSError):
        return None
    if not rows.equals(pl.concat(texts)):
        return None
    file_of_row = np.repeat(np.arange(len(entries)), [part.height for part in parts])
    paths = pl.Series(FILE, [parquet.path for _, parquet, _ in entries], dtype=pl.Categorical)
    batches = pl.Series(BATCH, [batch_id for batch_id, _, _ in entries], dtype=pl.Int32)
    return rows.with_columns(paths.gather(file_of_row), batches.gather(file_of_row))


def _can_be_joined(parquet: LandedFile, csv: LandedFile) -> bool:
    """Whether the two have the same number of rows and one date, and the text is not packed."""
    together = parquet.rows == csv.rows and date_folder_of(parquet.path) == date_folder_of(csv.path)
    return together and not csv.path.endswith(GZIPPED_CSV)


def _texts(output: Path, table: Table, entries: Sequence[LandedFile]) -> Iterator[bytes]:
    """The texts of these files as few CSV files, each with one header.

    Raises:
        NotTheTable: a file is not as its record says, or does not end where a row does.
        OSError: a file cannot be read.
    """
    header = ",".join(table.column_names).encode() + b"\n"
    bodies: list[bytes] = []
    size_bytes = 0
    for entry in entries:
        content = (output / entry.path).read_bytes()
        if entry.difference_of(content):
            raise NotTheTable("it is not the file of its record")
        # With as many quotes as not, the last line break is the end of a row; without line breaks inside of
        # quotes, there are as many as rows.
        whole = content.endswith(b"\n") and content.count(b'"') % 2 == 0
        if not (whole and content.startswith(header) and content.count(b"\n") == entry.rows + 1):
            raise NotTheTable("its rows must be counted")
        bodies.append(content[len(header) :])
        size_bytes += len(content)
        if size_bytes >= _TEXT_AT_ONCE_BYTES:
            yield header + b"".join(bodies)
            bodies, size_bytes = [], 0
    if bodies:
        yield header + b"".join(bodies)
