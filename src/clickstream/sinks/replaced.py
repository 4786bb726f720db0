"""What a compaction has replaced, and what one that was cut off has left, removed in an order that holds."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from clickstream.clock import Clock
from clickstream.contract.batch import BatchRecord
from clickstream.contract.compacted import CompactedRecord
from clickstream.contract.landed import compacted_files, record_files, superseded_paths
from clickstream.contract.layout import COMPACTED_NAME, FORMATS, Layout
from clickstream.contract.tables import QUERIES, tables_of
from clickstream.duration import Duration
from clickstream.errors import OutputDamaged, RunInProgress
from clickstream.sinks.durable import make_folder, sync_folder, sync_folders

REPLACED_FILES_REMOVED = "replaced_files_removed"
REPLACED_RECORDS_REMOVED = "replaced_records_removed"


@contextmanager
def alone(layout: Layout) -> Iterator[None]:
    """Keep every other compaction out of this output.

    Raises:
        RunInProgress: one is running.
    """
    make_folder(layout.output / "_landed")
    lock = FileLock(layout.output / "_landed" / "compact.lock")
    try:
        lock.acquire(blocking=False)
    except Timeout as error:
        raise RunInProgress(
            f"Another compaction runs on {layout.output}.", next_step="Let it end; it needs no second one."
        ) from error
    try:
        yield
    finally:
        lock.release()


def remove_replaced(
    layout: Layout, remove_after: Duration, clock: Clock, reached: Callable[[str], None]
) -> int:
    """Remove the files and records that compactions of at least this age have replaced; how many files.

    Files first, their removal durable, then records: a file that is there is named by some record.

    Raises:
        OutputDamaged: a compaction record cannot be read; nothing that it may stand for is removed.
    """
    oldest_ms = int(clock.now().timestamp() * 1_000) - remove_after.milliseconds
    files_removed = 0
    for query in QUERIES:
        superseded = {int(path.stem): path for path in superseded_paths(layout, query)}
        for file in compacted_files(layout, query) if superseded else ():
            going = [path for batch_id, path in superseded.items() if file.first <= batch_id <= file.last]
            if not going or _compacted(file.path).compacted_at_ms > oldest_ms:
                continue
            files_removed += _remove_files(layout, going)
            reached(REPLACED_FILES_REMOVED)
            for path in going:
                path.unlink(missing_ok=True)
            sync_folder(layout.records_dir(query))
            reached(REPLACED_RECORDS_REMOVED)
    return files_removed


def remove_unfinished(layout: Layout) -> list[Path]:
    """Remove what a compaction that was cut off left before it counted; call it while no other one runs.

    Merged files without a record go only where every batch of theirs has one: they may be all that is left
    of batches whose compaction record was lost.
    """
    if layout.compacting_dir().exists():
        shutil.rmtree(layout.compacting_dir(), ignore_errors=True)
    removed: list[Path] = []
    for query in QUERIES:
        merged = {
            path: range(int(name["first"]), int(name["last"]) + 1)
            for table in tables_of(query)
            for file_format in FORMATS
            for path in layout.table_files(table.name, file_format)
            if (name := COMPACTED_NAME.fullmatch(path.name))
        }
        if not merged:
            continue
        compacted = compacted_files(layout, query)
        named = {layout.output / entry.path for file in compacted for entry in _compacted(file.path).files()}
        landed = {
            batch_id for file in record_files(layout, query) for batch_id in range(file.first, file.last + 1)
        }
        removed += [path for path, of in merged.items() if path not in named and landed.issuperset(of)]
    for path in removed:
        path.unlink()
    return removed


def _remove_files(layout: Layout, records: list[Path]) -> int:
    removed: list[Path] = []
    for record in records:
        # One that cannot be read names nothing that can be found: a start takes its files for leftovers.
        with suppress(ValueError, FileNotFoundError):
            removed += [layout.output / entry.path for entry in BatchRecord.read(record).files()]
    for path in removed:
        path.unlink(missing_ok=True)
    sync_folders(path.parent for path in removed if path.parent.is_dir())
    return len(removed)


def _compacted(path: Path) -> CompactedRecord:
    try:
        return CompactedRecord.read(path)
    except (OSError, ValueError) as error:
        raise OutputDamaged(
            f"The compaction record {path} cannot be read: {error}.",
            next_step="See all that is wrong with `clickstream check`.",
        ) from error
