"""A file or a pipe of events: which kind it is, and its messages in order."""

import io
import shlex
import sys
import zlib
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, cast

from clickstream.contract.definition.event import Event
from clickstream.errors import InputBroken, UsageError
from clickstream.generate.from_file.csv_rows import csv_messages, header_of
from clickstream.generate.from_file.lines import (
    Values,
    gzip_bytes,
    lines,
    pipe_bytes,
    plain_bytes,
    zstd_bytes,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

STDIN = "-"
"""The name of standard input as a file."""

_GZIP, _ZSTD, _PARQUET = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PAR1"


def open_input(file: str, event: Event, stdin: io.BufferedReader | None = None) -> Values:
    """Open a file, or standard input for `-`, find out what it is, and return its messages in order.

    Its first bytes tell gzip, zstd and Parquet. CSV has the ending `.csv`, or begins with a header that names
    a field of the event. Everything else is NDJSON: each line is a message, whatever is in it.

    Raises:
        UsageError: it cannot be opened, cannot be read from a pipe, or has no field of the event.
        InputBroken: while the messages are read.
    """
    name = "standard input" if file == STDIN else file
    path = Path(file)
    pipe = (stdin or _standard_input()) if file == STDIN else None
    if pipe is None and path.exists() and not (path.is_file() or path.is_dir()):
        raise UsageError(
            f"{name} is a pipe or a device: only a file can be read twice.",
            next_step=f"Send it to standard input: cat {shlex.quote(file)} | clickstream produce --from -",
        )
    broken = partial(_broken, name)
    try:
        head = _head(path) if pipe is None else pipe.peek()
    except OSError as error:
        raise UsageError(
            f"{name} cannot be opened: {error.strerror or error}.",
            next_step="Give the path of a file, or - for standard input.",
        ) from error
    if head.startswith(_PARQUET):
        if pipe:
            raise UsageError(
                "Standard input is Parquet, which is read from a file only.",
                next_step="Give its path: clickstream produce --from FILE",
            )
        from clickstream.generate.from_file.parquet_rows import parquet_messages  # imports polars

        return parquet_messages(path, event, name, broken)
    chunks: Iterator[bytes]
    if head.startswith(_GZIP):
        chunks = gzip_bytes(pipe or path)
    elif head.startswith(_ZSTD):
        chunks = zstd_bytes(pipe or path)
    else:
        chunks = pipe_bytes(pipe) if pipe else plain_bytes(path)
    first, chunks = _with_first(chunks)
    found = lines(chunks, broken, live=pipe is not None)
    if ".csv" in {suffix.lower() for suffix in path.suffixes[-2:]} or _has_header(first, event):
        return csv_messages(found, event, name, broken)
    return found


def _standard_input() -> io.BufferedReader:
    if sys.stdin is None:
        raise UsageError("Standard input is closed.", next_step="Send events to it, or give a file.")
    return cast("io.BufferedReader", sys.stdin.buffer)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(len(_ZSTD))


def _with_first(chunks: "Iterator[bytes]") -> "tuple[bytes, Iterator[bytes]]":
    """The first chunk, and all of them; what reading it raises is raised when it is read again."""
    try:
        first = next(chunks, b"")
    except (OSError, EOFError, zlib.error) as error:
        return b"", _raising(error)
    return first, chain([first], chunks)


def _raising(error: Exception) -> "Iterator[bytes]":
    raise error
    yield b""


def _has_header(first: bytes, event: Event) -> bool:
    names = header_of(first.split(b"\n")[0].decode(errors="replace").strip("\ufeff\r"))
    return not set(names).isdisjoint(event.names)


def _broken(name: str, line: int, why: str) -> InputBroken:
    return InputBroken(f"{name} breaks at line {line:,}: {why}.", next_step="Fix it and try again.")
