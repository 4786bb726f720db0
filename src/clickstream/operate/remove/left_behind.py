"""What a run has left behind: found, measured and removed; nothing beside the folders that the kit makes."""

import shutil
from contextlib import ExitStack, suppress
from pathlib import Path

from clickstream.clock import Clock
from clickstream.contract.run.run_file import written_tables
from clickstream.errors import FolderNotWritable
from clickstream.pipeline.run import layout_of
from clickstream.settings import Settings
from clickstream.sinks.start.run_lock import held, jvm_lock_path, run_locks

_IN_STATE = ("kafka", "redpanda", "spark", "logs", "run", "progress", "sql_history")


def left_behind(settings: Settings) -> list[Path]:
    """Output and checkpoints of RUN_ID, ledgers, the topic's data, logs and state that are there now.

    Of the output these are the folders of the tables, with all that is in them.
    """
    layout = layout_of(settings.paths)
    tables = written_tables(layout, settings.pipeline)
    made = [
        *(layout.output / table for table in tables),
        layout.output / "_landed",
        layout.output / "_staging",
        layout.sent_dir(),
        *(layout.query_checkpoint(query) for query in dict.fromkeys(tables.values())),
        layout.checkpoint_terms_path(),
        *(path for path in run_locks(layout) if path.is_relative_to(layout.checkpoint)),
        jvm_lock_path(layout),
        *(settings.paths.state.absolute() / name for name in _IN_STATE),
    ]
    return [path for path in made if path.exists() or path.is_symlink()]


def remove(settings: Settings, clock: Clock) -> list[Path]:
    """Remove what `left_behind` finds, and the folders of the run that are empty then; returns the paths.

    Raises:
        FolderNotWritable: something cannot be removed.
    """
    layout = layout_of(settings.paths)
    found = left_behind(settings)
    with ExitStack() as holding:
        if layout.checkpoint.is_dir():
            holding.enter_context(held(layout, clock))
        try:
            for path in (*found, *run_locks(layout)):  # the holding may have made locks
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                else:
                    path.unlink(missing_ok=True)
        except OSError as error:
            raise FolderNotWritable(
                f"{error.filename} cannot be removed: {error.strerror}.",
                next_step="Make its folder writable, and run the command again: it continues there.",
            ) from error
    output, checkpoint = layout.output, layout.checkpoint
    for folder in (output / "_landed", output, output.parent, checkpoint, checkpoint.parent):
        # A folder with other files stays, as does one that is not a folder or cannot be removed.
        with suppress(OSError):
            folder.rmdir()
    return found


def size_bytes(path: Path) -> int:
    """The size of a file, or of all files in a folder."""
    if path.is_symlink() or not path.is_dir():
        return path.lstat().st_size
    size = 0
    for each in path.rglob("*"):
        with suppress(FileNotFoundError):
            size += each.lstat().st_size if each.is_file() else 0
    return size
