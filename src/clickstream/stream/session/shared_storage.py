"""Whether what executors write is what the driver sees: tried at the start, where they are elsewhere."""

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from clickstream.contract.java_error import root_of
from clickstream.contract.run.layout import local_uri
from clickstream.errors import UsageError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

WriteFiles = Callable[[Path, int], None]
"""Lets executors write so many files into a folder, each in a separate task."""

_TRIAL = "_shared_storage_trial"
_FILES_PER_CORE = 2
"""Enough that every executor gets some."""


def refuse_unshared(folders: Iterable[Path], write_files: WriteFiles, files: int) -> None:
    """Return only when the driver sees every file that executors write into these folders, `files` in each.

    An executor that joins later is not tried. Leaves nothing behind.

    Raises:
        UsageError: files are missing, or could not be written; names the folder.
    """
    for folder in folders:
        trial = folder / _TRIAL
        shutil.rmtree(trial, ignore_errors=True)
        why = ""
        try:
            folder.mkdir(parents=True, exist_ok=True)
            write_files(trial, files)
        except Exception as error:  # whatever Spark raises, it means: they cannot write there
            if type(error).__name__ in {"Py4JNetworkError", "ConnectionRefusedError"}:
                raise  # the driver itself is gone
            why = f" ({root_of(error)})"
        seen = len(list(trial.glob("part-*")))
        shutil.rmtree(trial, ignore_errors=True)
        if seen != files:
            raise UsageError(
                f"The driver sees only {seen} of the {files} test files of the executors in {folder}{why}:"
                " OUTPUT_PATH and CHECKPOINT_PATH must be on storage that driver and executors share.",
                next_step="Mount it at the same place on all of them, writable to their user.",
            )


def by_executors(session: "SparkSession") -> WriteFiles:
    """Files written by a Spark job, a row in each."""

    def write_files(folder: Path, count: int) -> None:
        session.range(0, count, 1, count).write.parquet(local_uri(folder))

    return write_files


def trial_files(session: "SparkSession") -> int:
    """How many files try all executors that the job has now."""
    return _FILES_PER_CORE * int(session.sparkContext.defaultParallelism)
