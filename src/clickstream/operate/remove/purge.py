"""Remove what the kit has fetched into the user's cache: the jars, which the next run fetches again."""

import shutil
from pathlib import Path

from filelock import FileLock

from clickstream.errors import FolderNotWritable
from clickstream.operate.remove.left_behind import size_bytes
from clickstream.operate.remove.reset import refuse_running_parts
from clickstream.runtime.java.jars import FETCHING_LOCK, cache_folder
from clickstream.settings import Settings


def what_purge_removes(settings: Settings) -> list[tuple[str, int | None]]:
    """The folder of jars in the cache with its size in bytes; nothing if it is empty."""
    refuse_running_parts(settings)
    return [(str(_jars(settings)), size_bytes(_jars(settings)))] if _in(_jars(settings)) else []


def purge(settings: Settings) -> None:
    """Remove all that is in it.

    Raises:
        FolderNotWritable: something cannot be removed.
    """
    refuse_running_parts(settings)
    folder = _jars(settings)
    if not folder.is_dir():
        return
    try:
        with FileLock(folder / FETCHING_LOCK):
            for path in _in(folder):
                shutil.rmtree(path)
    except OSError as error:
        raise FolderNotWritable(
            f"{error.filename} cannot be removed: {error.strerror}.",
            next_step="Make its folder writable, or remove it yourself.",
        ) from error


def _jars(settings: Settings) -> Path:
    return cache_folder(settings.paths.cache) / "jars"


def _in(folder: Path) -> list[Path]:
    """The folders of jars; the lock file stays, as another process may wait for it."""
    return [path for path in folder.glob("*") if path.is_dir()]
