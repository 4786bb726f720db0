"""One landed file: whether it is as its record says, and its rows."""

import io
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from clickstream.check.decode.schema import schema_of
from clickstream.check.findings import Code, Finding
from clickstream.check.landed.csv_rows import NotTheTable, read_csv_rows
from clickstream.contract.definition.tables import Table
from clickstream.contract.run.batch_record import LandedFile
from clickstream.contract.run.layout import DATE_COLUMN, NO_DATE, date_folder_of
from clickstream.settings import kit_environment

GZIPPED_CSV = ".csv.gz"
"""Suffix of a CSV file that is compressed with gzip; each record names its own files."""

_FOREIGN_READER = (
    "import sys, polars; polars.read_parquet(sys.stdin.buffer).write_ipc_stream(sys.stdout.buffer)"
)
_PATIENCE_S = 60


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file as a record names it: of which table, format and batch."""

    table: Table
    file_format: str
    batch_id: int
    entry: LandedFile

    def finding(self, code: Code, what: str) -> Finding:
        """A finding about this file: `what` is the end of a sentence that begins with its path."""
        return Finding(
            code,
            f"{self.entry.path} (batch {self.batch_id} of {self.table.query}) {what}.",
            table=self.table.name,
            query=self.table.query,
            batch_id=self.batch_id,
            file=self.entry.path,
        )


def read_landed(output: Path, named: NamedFile) -> tuple[pl.DataFrame | None, list[Finding]]:
    """Read a whole file and compare it with its record: existence, size, hash, rows, schema and date.

    Returns its rows, None where they cannot be had, and what is wrong with it.
    """
    path = output / named.entry.path
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None, [named.finding(Code.FILE_MISSING, "is missing")]
    except OSError as error:
        return None, [named.finding(Code.FILE_UNREADABLE, f"cannot be read: {error.strerror or error}")]
    difference = named.entry.difference_of(content)
    changed = named.finding(Code.FILE_CHANGED, difference) if difference else None
    rows, problem = _rows(content, named, trusted=changed is None)
    findings = [finding for finding in (changed, problem) if finding is not None]
    if rows is not None and rows.height != named.entry.rows:
        what = f"holds {rows.height:,} rows, its record says {named.entry.rows:,}"
        findings.append(named.finding(Code.FILE_CHANGED, what))
    if rows is not None:
        findings += _misplaced(rows, named)
    return rows, findings


def _misplaced(rows: pl.DataFrame, named: NamedFile) -> list[Finding]:
    """Whether a file in the folder of a date has rows of another date."""
    folder = date_folder_of(named.entry.path)
    if not folder or rows.is_empty():
        return []
    moment = pl.col(named.table.dated_by)
    # Null before it is written out: not every moment of 64 bits has a text.
    sayable = pl.when(moment.dt.year().is_between(1, 9999)).then(moment)
    date = (pl.lit(f"{DATE_COLUMN}=") + sayable.dt.strftime("%Y-%m-%d")).fill_null(NO_DATE)
    others = rows.select(date.alias(DATE_COLUMN)).filter(pl.col(DATE_COLUMN) != folder)[DATE_COLUMN]
    if others.is_empty():
        return []
    return [named.finding(Code.FILE_MISPLACED, f"holds {len(others):,} rows of {others[0]}")]


def _rows(content: bytes, named: NamedFile, *, trusted: bool) -> tuple[pl.DataFrame | None, Finding | None]:
    if named.file_format == "csv":
        try:
            gzipped = named.entry.path.endswith(GZIPPED_CSV)
            return read_csv_rows(content, named.table, gzipped=gzipped), None
        except NotTheTable as error:
            return None, named.finding(Code.FILE_SCHEMA, f"is not a CSV file of {named.table.name}: {error}")
    rows = _parquet_rows(content) if trusted else _rows_of_changed(content)
    if rows is None:
        return None, named.finding(Code.FILE_UNREADABLE, "cannot be read as Parquet")
    differs = _schema_difference(rows.schema, schema_of(named.table))
    return (None, named.finding(Code.FILE_SCHEMA, differs)) if differs else (rows, None)


def _parquet_rows(content: bytes) -> pl.DataFrame | None:
    try:
        return pl.read_parquet(io.BytesIO(content), hive_partitioning=False)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError):
        return None


def _rows_of_changed(content: bytes) -> pl.DataFrame | None:
    """The rows of a changed Parquet file, read by a child: it can end the process that reads it."""
    try:
        reader = subprocess.run(
            [sys.executable, "-P", "-c", _FOREIGN_READER],
            env=kit_environment({}),
            input=content,
            capture_output=True,
            timeout=_PATIENCE_S,
            check=True,
        )
        return pl.read_ipc_stream(reader.stdout)
    except (OSError, subprocess.SubprocessError, pl.exceptions.PolarsError):
        return None


def _schema_difference(landed: pl.Schema, expected: pl.Schema) -> str:
    if landed.names() != expected.names():
        return f"has the columns {', '.join(landed.names())}, not {', '.join(expected.names())}"
    for name, dtype in expected.items():
        if landed[name] != dtype:
            return f"has {name} as {landed[name]}, not as {dtype}"
    return ""
