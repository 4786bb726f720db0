"""The lines of a file or a pipe, one after the other, byte for byte; plain, gzip or zstd."""

import gzip
import io
import select
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from clickstream.errors import InputBroken

MAX_LINE_BYTES = 1_000_000
"""Longest line, in bytes: more does not fit a Kafka message by librdkafka's default."""

READ_BYTES = 2**20
"""Bytes that are read at once."""

Values = Iterator[bytes | None]
"""Messages in order; None says that a pipe has nothing more for now."""

Broken = Callable[[int, str], InputBroken]
"""Line number from 1 and reason, to the error that names them."""

_POLL_S = 0.2
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def plain_bytes(path: Path) -> Iterator[bytes]:
    """The bytes of a file."""
    with path.open("rb") as file:
        while chunk := file.read1(READ_BYTES):
            yield chunk


def pipe_bytes(pipe: io.BufferedReader) -> Iterator[bytes]:
    """The bytes of a pipe as they come; empty ones while it has none, so that its reader can stop."""
    # What `peek` has read ahead is no longer in the pipe.
    chunk = pipe.read1(READ_BYTES)
    while chunk:
        yield chunk
        while not select.select([pipe], [], [], _POLL_S)[0]:
            yield b""
        chunk = pipe.read1(READ_BYTES)


def gzip_bytes(file: Path | io.BufferedReader) -> Iterator[bytes]:
    """The unpacked bytes of a gzip file or pipe, also of one with several members."""
    with gzip.open(file) as unpacked:
        while chunk := unpacked.read1(READ_BYTES):
            yield chunk


def zstd_bytes(file: Path | io.BufferedReader) -> Iterator[bytes]:
    """The unpacked bytes of a zstd file or pipe, also of one with several frames."""
    from backports import zstd  # only here: other producers do without it

    with zstd.open(file) as unpacked:
        try:
            while chunk := unpacked.read1(READ_BYTES):
                yield chunk
        except zstd.ZstdError as error:
            raise OSError(f"the zstd data is damaged ({error})") from error


def lines(chunks: Iterator[bytes], broken: Broken, *, live: bool) -> Values:
    """Split bytes into lines without their line feeds; a last one may lack its line feed.

    A byte-order mark before the first line is left out. `live` says None after every piece of a pipe.

    Raises:
        InputBroken: the bytes cannot be read on, or a line is too long for a message.
    """
    number, rest = 0, b""
    try:
        for chunk in chunks:
            found = (rest + chunk).split(b"\n")
            rest = found.pop()
            for line in found:
                number += 1
                yield _line(line, number, broken)
            if len(rest) > MAX_LINE_BYTES:
                _line(rest, number + 1, broken)
            if live:
                yield None
    except EOFError as error:
        raise broken(number + 1, "the compressed data is cut off there") from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise broken(number + 1, f"the gzip data is damaged ({error})") from error
    except OSError as error:
        raise broken(number + 1, error.strerror or str(error)) from error
    if rest:
        yield _line(rest, number + 1, broken)


def _line(line: bytes, number: int, broken: Broken) -> bytes:
    if len(line) > MAX_LINE_BYTES:
        raise broken(number, f"it is longer than the {MAX_LINE_BYTES:,} bytes of a message")
    return line.removeprefix(_BYTE_ORDER_MARK) if number == 1 else line
