"""Remove what a run has left behind, or the jars in the user's cache, which the next run fetches again."""

import shutil
from pathlib import Path

from filelock import FileLock

from clickstream.contract.part_names import REDPANDA
from clickstream.contract.stages import Stage
from clickstream.errors import FolderNotWritable, RunInProgress
from clickstream.operate.down import down
from clickstream.operate.parts.names import running_container
from clickstream.operate.remove.left_behind import left_behind, size_bytes
from clickstream.runtime.java.jars import FETCHING_LOCK, cache_folder
from clickstream.runtime.kafka.redpanda import keeps_volume
from clickstream.runtime.processes.started import StartedProcess
from clickstream.settings import Settings


def what_reset_removes(settings: Settings) -> list[tuple[str, int | None]]:
    """Each path with its size in bytes; a container's volume by its name, without a size."""
    refuse_running_parts(settings)
    removed: list[tuple[str, int | None]] = [(str(path), size_bytes(path)) for path in left_behind(settings)]
    if keeps_volume(settings.paths.state):
        removed.append(("the volume of Redpanda, with the topic's data", None))
    return removed


def reset(settings: Settings, *, on_stage: Stage) -> list[Path]:
    """Remove it; returns the paths that are gone."""
    refuse_running_parts(settings)
    _, removed = down(settings, volumes=True, on_stage=on_stage)
    return removed


def refuse_running_parts(settings: Settings) -> None:
    """Return only when no part runs that was started in this state folder.

    Raises:
        RunInProgress: some do; they are named.
    """
    running = [
        f"{process.name} (pid {process.pid})"
        for process in StartedProcess.load_all(settings.paths.state)
        if process.is_running()
    ]
    if (container := running_container(settings)) is not None:
        running.append(f"{REDPANDA} (container {container.container[:12]})")
    if running:
        raise RunInProgress(
            f"Parts run in {settings.paths.state}: {', '.join(running)}.",
            next_step="Stop them with `clickstream down`.",
        )


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
