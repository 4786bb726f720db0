"""The job's JVM as a process: its pid, its end, and the lock that lives exactly as long as it does."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from py4j.protocol import Py4JError, Py4JJavaError  # type: ignore[import-untyped]
from pyspark.sql import SparkSession

from clickstream.errors import PartDied, RunInProgress

JVM_GONE = (Py4JError, ConnectionError)
"""The second comes where the JVM's socket is closed before it is asked."""

# The JVM forgets, closes and unlocks a file that this side lets go of.
_locked_by: "WeakKeyDictionary[SparkSession, dict[Path, Any]]" = WeakKeyDictionary()


@contextmanager
def needing_the_jvm() -> Iterator[None]:
    """Say it in words when the JVM ends within the block.

    Raises:
        PartDied: it did.
    """
    try:
        yield
    except JVM_GONE as error:
        raise PartDied(
            "The job's JVM ended while its queries ran.",
            next_step="See the job's log; start it again, it goes on where it was.",
        ) from error


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
        raise RunInProgress(
            f"The JVM of this job cannot lock {path}: {error.java_exception!s}.",
            next_step="See that the folder can be written and that its file system knows locks.",
        ) from error
    raise RunInProgress(
        f"The JVM of another job holds {path}.",
        next_step="Stop that job first, or give this one another CHECKPOINT_PATH and OUTPUT_PATH.",
    )
