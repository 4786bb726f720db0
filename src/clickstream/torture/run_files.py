"""The files of a run: seen while commands write them, restored, and unchanged by a start that is refused."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clickstream.errors import FaultNotSurvived
from clickstream.torture.arena import Arena
from clickstream.torture.children import USAGE

_LOCKS = {"run.lock", "jvm.lock"}
Stamp = tuple[int, int]
"""Size in bytes, and the time of the last change in nanoseconds."""


def files_seen(folder: Path, pattern: str) -> set[Path]:
    """The paths below `folder` that match a pattern now, whatever is removed during the search."""
    while True:
        try:
            return set(folder.glob(pattern))
        except FileNotFoundError:  # pathlib's, of a folder that was removed between listing and entering it
            continue


def refused(arena: Arena, *words: str, **changed: str) -> None:
    """Start a job that must be refused with these words and leave output and checkpoint as they are."""
    before = _files(arena)
    job = arena.job(**changed)
    job.expect_exit(USAGE)
    job.expect_words(*words)
    after = _files(arena)
    touched = sorted(
        str(path) for path in before.keys() | after.keys() if before.get(path) != after.get(path)
    )
    if touched:
        raise FaultNotSurvived(
            f"A start that was refused has changed {len(touched)} files.", details=tuple(touched[:10])
        )


@contextmanager
def restored(path: Path) -> Iterator[None]:
    """Restore a file or a folder at the end of the block, or remove it if it was not there."""
    kept = path.with_name(f".{path.name}.kept")
    if path.exists():
        (shutil.copytree if path.is_dir() else shutil.copy2)(path, kept)
    try:
        yield
    finally:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
        if kept.exists():
            kept.replace(path)


def _files(arena: Arena) -> dict[Path, Stamp]:
    layout = arena.layout
    return {
        path: (found.st_size, found.st_mtime_ns)
        for folder in (layout.output, layout.checkpoint)
        for path in folder.rglob("*")
        if path.name not in _LOCKS and path.is_file()
        for found in [path.stat()]
    }
