"""stdout and stderr of a command: a closed pipe or a full disk ends it in order, without a traceback."""

import io
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from clickstream.errors import EnvironmentNotReady

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

CLOSED_EXIT_CODE = 141
"""128 + SIGPIPE, the code that shells and `set -o pipefail` know for a closed pipe."""


class OutputClosed(SystemExit):
    """The reader of our output closed the pipe: the command ends, and its result is not known outside."""

    def __init__(self) -> None:
        super().__init__(CLOSED_EXIT_CODE)


class _Readers:
    """Whether the readers of stdout and stderr are still there."""

    def __init__(self) -> None:
        self.gone = False
        self.finishing = 0
        self.raised = False

    def check(self) -> None:
        """End the command once after a pipe was closed, unless it finishes what it has begun.

        Raises:
            OutputClosed: in the main thread, the first time.
        """
        if (
            not self.gone
            or self.raised
            or self.finishing
            or threading.current_thread() is not threading.main_thread()
        ):
            return
        self.raised = True
        raise OutputClosed


_readers = _Readers()


class _Output(io.FileIO):
    """A standard stream; from the moment at which its pipe is closed, what is written to it is dropped."""

    def write(self, data: "ReadableBuffer", /) -> int:
        try:
            written = super().write(data)
        except BrokenPipeError:
            self._drop_what_follows()
            _readers.gone = True
            written = memoryview(data).nbytes
        except OSError as error:
            self._drop_what_follows()
            raise EnvironmentNotReady(
                f"The output cannot be written: {error.strerror}.",
                next_step="Free some space, or send the output elsewhere, and run the command again.",
            ) from error
        _readers.check()
        return written

    def _drop_what_follows(self) -> None:
        # The file descriptor itself: children and what is flushed at exit write to it as well.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.fileno())
        os.close(nowhere)


def take_over() -> None:
    """Replace stdout and stderr by streams that survive what a reader can do; for the whole process."""
    sys.stdout = _taken_over(sys.stdout)
    sys.stderr = _taken_over(sys.stderr, line_buffering=True)


def _taken_over(stream: TextIO | None, *, line_buffering: bool = False) -> TextIO:
    if stream is None:  # closed by the caller (`>&-`): what is printed vanishes, as with Python's print
        return Path(os.devnull).open("w", encoding="utf-8")
    stream.flush()
    return io.TextIOWrapper(
        io.BufferedWriter(_Output(stream.fileno(), "wb", closefd=False)),
        encoding=stream.encoding,
        errors="replace",  # no output fails for a character that its encoding lacks
        line_buffering=line_buffering or stream.isatty(),
    )


def flush() -> None:
    """Write out what is buffered.

    Raises:
        OutputClosed: a pipe is closed.
        EnvironmentNotReady: it cannot be written.
    """
    for stream in (sys.stdout, sys.stderr):
        stream.flush()


def closed() -> bool:
    """Whether a pipe was closed, so that what this command printed is not all known outside."""
    return _readers.gone


@contextmanager
def finishing() -> Iterator[Callable[[], bool]]:
    """Let the block end its work though a pipe was closed, then end the command.

    Yields `closed`, for work without an end.

    Raises:
        OutputClosed: at the end of the block, unless it ends in an error, which is raised.
    """
    _readers.finishing += 1
    try:
        yield closed
    finally:
        _readers.finishing -= 1
    _readers.check()


def write_at_once(stream: TextIO, text: str) -> None:
    """Write from within a signal's handler, where a stream's buffer may be in use."""
    with suppress(OSError):
        os.write(stream.fileno(), text.encode(stream.encoding, errors="replace"))
