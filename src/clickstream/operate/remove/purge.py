"""Remove from the cache what the kit has fetched into it, and nothing else."""

import shutil
from contextlib import suppress
from pathlib import Path

from filelock import FileLock

from clickstream.errors import FolderNotWritable
from clickstream.operate.remove.reset import refuse_running_parts
from clickstream.runtime.java.jars import KAFKA, SPARK_KAFKA, cache_folder
from clickstream.runtime.java.lockfile import read_lock
from clickstream.settings import Settings


def what_purge_removes(settings: Settings) -> list[tuple[Path, int]]:
    """The jars of our locks that are in the cache, each with its size in bytes.

    Raises:
        RunInProgress: parts run here, with these jars; they are named.
    """
    refuse_running_parts(settings)
    return [(path, path.stat().st_size) for path in _locked(settings) if path.is_file()]


def purge(settings: Settings) -> list[Path]:
    """Remove these jars, what a broken-off fetch left, and the folders that are empty then.

    Raises:
        RunInProgress: parts run here.
        FolderNotWritable: something cannot be removed.
    """
    refuse_running_parts(settings)
    folder = _jars(settings)
    if not folder.is_dir():
        return []
    removed = []
    try:
        # The lock file stays: another process may wait for it, to fetch.
        with FileLock(folder / "fetching.lock"):
            for scratch in folder.glob(".fetching-*"):
                shutil.rmtree(scratch)
            for path in _locked(settings):
                if path.is_file():
                    path.unlink()
                    removed.append(path)
                _remove_empty(path.parent, folder)
    except OSError as error:
        raise FolderNotWritable(
            f"{error.filename} cannot be removed: {error.strerror}.",
            next_step="Make its folder writable, or remove it yourself.",
        ) from error
    return removed


def _locked(settings: Settings) -> list[Path]:
    folder = _jars(settings)
    names = dict.fromkeys(jar.relative_path for lock in (KAFKA, SPARK_KAFKA) for jar in read_lock(lock))
    return [folder / name for name in names]


def _jars(settings: Settings) -> Path:
    return cache_folder(settings.paths.cache) / "jars"


def _remove_empty(folder: Path, below: Path) -> None:
    # A folder with anything else in it stays, and so do those above it.
    with suppress(OSError):
        while folder != below:
            folder.rmdir()
            folder = folder.parent
