"""The rows of many landed files in one file, in their order; every input is held against its record first.

The only part of the room that reads rows: it needs no Spark and no JVM, so that a compaction is done in
seconds beside a running job.
"""

import gzip
import hashlib
import io
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from clickstream.contract.batch import LandedFile
from clickstream.contract.tables import Table
from clickstream.errors import OutputDamaged

_WAYS_OUT = "See all that is wrong with `clickstream check`; nothing has been merged here."


def merge_parquet(output: Path, files: Sequence[LandedFile], target: Path, table: Table) -> None:
    """Write one Parquet file with the rows of all files, one file after another.

    Raises:
        OutputDamaged: a file is missing, is not what its record says, or has other columns than the others.
    """
    try:
        parts = [
            pl.read_parquet(io.BytesIO(_content(output, file)), hive_partitioning=False).select(
                table.column_names
            )
            for file in files
        ]
        rows = pl.concat(parts)
    except pl.exceptions.PolarsError as error:
        raise _damaged(
            f"Files of {table.name} beginning with {files[0].path} cannot be merged: {error}"
        ) from error
    expected = sum(file.rows for file in files)
    # What replaces many files is read back before it does.
    if rows.height != expected or not parquet_reads_back(rows, target):
        raise _damaged(f"Files of {table.name} beginning with {files[0].path} hold other rows than recorded")


def parquet_reads_back(rows: pl.DataFrame, target: Path) -> bool:
    """Write rows to a Parquet file; whether it reads back as they are.

    Through memory: a path may hold what polars takes for a pattern, and a full disk is an OSError then.
    """
    content = io.BytesIO()
    rows.write_parquet(content, compression="zstd")
    target.write_bytes(content.getvalue())
    return pl.read_parquet(io.BytesIO(target.read_bytes()), hive_partitioning=False).equals(rows)


def merge_csv(output: Path, files: Sequence[LandedFile], target: Path, table: Table) -> None:
    """Write one CSV file with the header once and then the bytes of all files behind theirs.

    The target's name says whether it is packed; files that are, are unpacked.

    Raises:
        OutputDamaged: a file is missing, is not what its record says, or has another header.
    """
    header = (",".join(table.column_names) + "\n").encode()
    merged = io.BytesIO()
    merged.write(header)
    for file in files:
        content = _content(output, file)
        try:
            text = gzip.decompress(content) if file.path.endswith(".gz") else content
        except (OSError, EOFError) as error:
            raise _damaged(f"{file.path} cannot be unpacked: {error}") from error
        if not text.startswith(header) or not text.endswith(b"\n"):
            raise _damaged(f"{file.path} is no CSV of {table.name} with its header")
        merged.write(text[len(header) :])
    packed = target.name.endswith(".gz")
    # No time in the packed file: the same batches give the same bytes.
    target.write_bytes(gzip.compress(merged.getvalue(), mtime=0) if packed else merged.getvalue())


def _content(output: Path, file: LandedFile) -> bytes:
    try:
        content = (output / file.path).read_bytes()
    except OSError as error:
        raise _damaged(f"{file.path} cannot be read: {error.strerror}") from error
    if len(content) != file.size_bytes or hashlib.sha256(content).hexdigest() != file.sha256:
        raise _damaged(f"{file.path} has another content than its record says")
    return content


def _damaged(what: str) -> OutputDamaged:
    return OutputDamaged(f"{what}: the output is not as it landed.", next_step=_WAYS_OUT)
