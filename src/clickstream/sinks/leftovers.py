"""What crashed tries left behind: staged files, and landed-looking files that no record names."""

import re
import shutil
from pathlib import Path

from clickstream.contract.batch import BatchRecord
from clickstream.contract.layout import FORMATS, Layout
from clickstream.contract.tables import QUERIES, TABLES
from clickstream.errors import CheckpointMismatch
from clickstream.sinks.durable import writing

_LANDED_NAME = re.compile(r"batch-[0-9]{12}-[0-9]{5}\.(?:parquet|csv)")


def remove(layout: Layout) -> list[Path]:
    """Remove the leftovers of a run that is not running; returns what was removed, in order.

    A file whose name is not one that a batch gives is somebody else's and stays.

    Raises:
        CheckpointMismatch: a batch record cannot be read, so that nobody can say what it names.
        FolderNotWritable: something cannot be removed.
    """
    named = _named(layout)
    removed: list[Path] = []
    with writing(layout.output):
        staging = layout.output / "_staging"
        if staging.exists():
            removed += sorted(path for path in staging.rglob("*") if path.is_file())
            shutil.rmtree(staging)
        for table in TABLES:
            for file_format in FORMATS:
                folder = layout.table_dir(table.name, file_format)
                for file in sorted(folder.glob(f"batch-*.{file_format}")):
                    if file not in named and _LANDED_NAME.fullmatch(file.name):
                        file.unlink()
                        removed.append(file)
    return removed


def _named(layout: Layout) -> set[Path]:
    named: set[Path] = set()
    for query in QUERIES:
        for path in layout.record_paths(query):
            try:
                record = BatchRecord.from_json(path.read_text(encoding="utf-8"))
            except (OSError, ValueError) as error:
                raise CheckpointMismatch(
                    f"The batch record {path} cannot be read: {error}.",
                    next_step="Restore it, or begin anew with another OUTPUT_PATH and CHECKPOINT_PATH.",
                ) from error
            for landed in record.tables.values():
                named.update(layout.output / file.path for file in (*landed.parquet, *landed.csv))
    return named
