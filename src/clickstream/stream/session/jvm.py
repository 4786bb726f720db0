"""The job's JVM as a process: its pid, its end, and the lock that lives exactly as long as it does."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from py4j.protocol import Py4JError, Py4JJavaError, Py4JNetworkError  # type: ignore[import-untyped]
from pyspark import SparkContext
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from clickstream.contract.java_error import root_of
from clickstream.errors import ClickstreamError, FolderNotWritable, PartDied, RunInProgress
from clickstream.stream.ending import in_words

JVM_GONE = (Py4JError, ConnectionError)
"""What a call raises where the JVM is gone: the second where its socket is closed before it is asked.

A Java exception is one of the first, too, but the JVM that raises it lives: see `is_gone`.
"""

_ENDS_WITHIN_S = 2.0
"""Between the end of a JVM's sockets and that of its process."""

# The JVM forgets, closes and unlocks a file that this side lets go of.
_locked_by: "WeakKeyDictionary[SparkSession, dict[Path, Any]]" = WeakKeyDictionary()


@contextmanager
def needing_the_jvm() -> Iterator[None]:
    """Say it in words when the JVM ends within the block, or raises something.

    Raises:
        PartDied: it ended, or it raised an error that the kit does not know.
        ClickstreamError: what it raised; see `ending`.
    """
    try:
        yield
    except (PySparkException, *JVM_GONE) as error:
        raise jvm_failure(error) from error


def jvm_failure(error: BaseException) -> ClickstreamError:
    """The error for what a call of the JVM raised: its end, or an exception of Java."""
    if not is_gone(error):
        return in_words("The job ended", error)
    code = _exit_code()
    if code is None and not isinstance(error, (Py4JNetworkError, ConnectionError)):
        return in_words("The job ended", error)
    if code is None:
        return PartDied(
            f"The connection to the job's JVM broke, but the JVM still runs: {root_of(error)}.",
            next_step="Start the job again: it continues where it was.",
        )
    return PartDied(
        f"The job's JVM ended while its queries ran, {_in_words(code)}.",
        next_step="See logs/spark.log below STATE_PATH for its last lines. Start the job again: it continues"
        " where it was.",
    )


def is_gone(error: BaseException) -> bool:
    """Whether an error says that the JVM no longer answers, and not that it raised an exception."""
    # With a trace, it is the JVM that says what it makes of the call.
    answered = isinstance(error, Py4JJavaError) or (isinstance(error, Py4JError) and "Trace:" in str(error))
    return isinstance(error, JVM_GONE) and not answered


def _exit_code() -> int | None:
    """The exit code of the job's JVM; None while it runs. An unknown one counts as 0."""
    process: Any = getattr(SparkContext._gateway, "proc", None)
    if process is None:
        return 0
    try:
        return int(process.wait(_ENDS_WITHIN_S))
    except subprocess.TimeoutExpired:
        return None


def _in_words(code: int) -> str:
    if code >= 0:
        return f"with exit code {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    # The system's own way to free memory leaves no other trace.
    return f"killed by {name}" + (
        ", perhaps because the machine ran out of memory" if name == "SIGKILL" else ""
    )


def jvm_pid(session: SparkSession) -> int:
    """The process id of the JVM that the session lives in."""
    jvm: Any = session.sparkContext._jvm
    return int(jvm.java.lang.ProcessHandle.current().pid())


def hold_while_the_jvm_lives(session: SparkSession, path: Path) -> None:
    """Let the JVM lock a file for as long as it lives, however this process ends; again does nothing.

    The lock is a java.nio FileLock, on Linux and macOS one of POSIX: the system gives it back with the end
    of the JVM's process. The JVM's pid is written into the file, for people.

    Raises:
        RunInProgress: another process holds the lock.
        FolderNotWritable: the file system has no locks, or the file cannot be written.
    """
    locked = _locked_by.setdefault(session, {})
    if path in locked:
        return
    jvm: Any = session.sparkContext._jvm
    try:
        file = jvm.java.io.RandomAccessFile(str(path), "rw")
        lock = file.getChannel().tryLock()
        if lock is not None:
            locked[path] = file
            file.setLength(0)
            file.writeBytes(f"{jvm_pid(session)}\n")
            return
        file.close()
    except Py4JJavaError as error:
        raise FolderNotWritable(
            f"The JVM of this job cannot lock {path}: {root_of(error)}.",
            next_step="Make the folder writable, or set CHECKPOINT_PATH to a file system that has locks.",
        ) from error
    raise RunInProgress(
        f"The JVM of another job holds {path}.",
        next_step="Stop that job first, or give this one another CHECKPOINT_PATH and OUTPUT_PATH.",
    )
