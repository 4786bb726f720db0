"""What a run has left behind: found, measured and removed; never a file that the kit has not made."""

import shutil
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from clickstream.clock import Clock
from clickstream.contract.run.layout import FORMATS, LANDED_NAME, Layout
from clickstream.contract.run.run_file import written_tables
from clickstream.errors import FolderNotWritable
from clickstream.pipeline.run import layout_of
from clickstream.settings import Settings
from clickstream.sinks.start.run_lock import held, jvm_lock_path, run_lock_paths

_IN_STATE = ("kafka", "redpanda", "spark", "logs", "run", "progress", "sql_history")


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """One thing that would be removed: a file or a folder with all that is in it, or only some of its files.

    `files` is None where the whole of `path` is ours.
    """

    path: Path
    size_bytes: int
    files: tuple[Path, ...] | None = None


def left_behind(settings: Settings) -> list[LeftBehind]:
    """Output and checkpoints of RUN_ID, ledgers, the topic's data, logs and state that are there now.

    In the tables' folders only files with names that a batch gives are meant.
    """
    layout = layout_of(settings.paths)
    tables = written_tables(layout, settings.pipeline)
    whole = [
        layout.output / "_landed",
        layout.output / "_staging",
        layout.sent_dir(),
        *(layout.query_checkpoint(query) for query in dict.fromkeys(tables.values())),
        layout.checkpoint_terms_path(),
        *(path for path in run_lock_paths(layout) if path.is_relative_to(layout.checkpoint)),
        jvm_lock_path(layout),
        *(settings.paths.state.absolute() / name for name in _IN_STATE),
    ]
    return [
        *(found for table in tables if (found := _of_table(layout, table)) is not None),
        *(LeftBehind(path, _size_bytes(path)) for path in whole if path.exists() or path.is_symlink()),
    ]


def remove(settings: Settings, clock: Clock) -> list[Path]:
    """Remove what `left_behind` finds, and the folders of the run that are empty then; returns the paths.

    Raises:
        RunInProgress: a job runs on the run's checkpoint.
        FolderNotWritable: something cannot be removed.
    """
    layout = layout_of(settings.paths)
    found = left_behind(settings)
    with ExitStack() as holding:
        if layout.checkpoint.is_dir():
            holding.enter_context(held(layout, clock))
        try:
            for each in found:
                _remove(each)
            for path in run_lock_paths(layout):  # the holding may have made them
                path.unlink(missing_ok=True)
        except OSError as error:
            raise FolderNotWritable(
                f"{error.filename} cannot be removed: {error.strerror}.",
                next_step="Make its folder writable, and run the command again: it continues there.",
            ) from error
    for folder in (
        layout.output / "_landed",
        layout.output,
        layout.output.parent,
        layout.checkpoint,
        layout.checkpoint.parent,
    ):
        _remove_if_empty(folder)
    return [each.path for each in found]


def _of_table(layout: Layout, table: str) -> LeftBehind | None:
    folder = layout.output / table
    if not folder.is_dir():
        return None
    files = tuple(
        path
        for file_format in FORMATS
        for path in layout.table_files(table, file_format)
        if LANDED_NAME.fullmatch(path.name)
    )
    return LeftBehind(folder, sum(path.stat().st_size for path in files), files)


def _remove(what: LeftBehind) -> None:
    path = what.path
    if what.files is not None:
        for file in what.files:
            file.unlink(missing_ok=True)
        for folder in sorted(path.rglob("*/"), reverse=True):  # the innermost first
            _remove_if_empty(folder)
        _remove_if_empty(path)
    elif path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _remove_if_empty(folder: Path) -> None:
    # A folder with other files stays, as does one that is not a folder or cannot be removed.
    with suppress(OSError):
        if not folder.is_symlink():
            folder.rmdir()


def _size_bytes(path: Path) -> int:
    if path.is_symlink() or not path.is_dir():
        return path.lstat().st_size
    size_bytes = 0
    for each in path.rglob("*"):
        with suppress(FileNotFoundError):
            size_bytes += each.lstat().st_size if each.is_file() else 0
    return size_bytes
