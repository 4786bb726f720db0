"""What crashed tries left behind: staged files, and landed-looking files that no record names."""

import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from clickstream.contract.definition.tables import QUERIES, Table
from clickstream.contract.run.layout import FORMATS, LANDED_NAME, Layout
from clickstream.contract.run.new_run import ways_out
from clickstream.contract.run.recorded_batches import UnreadableRecord, records_of
from clickstream.errors import CheckpointMismatch
from clickstream.sinks.durable import writing


def remove(layout: Layout, tables: Iterable[Table], *, named: Iterable[str] | None = None) -> list[Path]:
    """Remove the leftovers of a run that is not running; returns what was removed, in order.

    A file whose name is not one that a batch gives is not the kit's and stays.

    Args:
        layout: the run's paths.
        tables: the tables of its pipeline.
        named: the paths below OUTPUT_PATH of the files that records name; read from them where not given.

    Raises:
        CheckpointMismatch: a batch record cannot be read, so that nobody can say what it names.
        FolderNotWritable: something cannot be removed.
    """
    below = f"{layout.output}/"
    kept = {below + path for path in (_named(layout) if named is None else named)}
    removed: list[Path] = []
    with writing(layout.output):
        staging = layout.output / "_staging"
        if staging.exists():
            removed += sorted(path for path in staging.rglob("*") if path.is_file())
            # A JVM that has outlived its job may still be writing here: what comes back, goes the next time.
            shutil.rmtree(staging, ignore_errors=True)
        for table in tables:
            for file_format in FORMATS:
                root = layout.table_dir(table.name, file_format)
                for file in layout.table_files(table.name, file_format):
                    if str(file) not in kept and LANDED_NAME.fullmatch(file.name):
                        file.unlink()
                        removed.append(file)
                        if file.parent != root:
                            with suppress(OSError):  # not empty
                                file.parent.rmdir()
    return removed


def _named(layout: Layout) -> set[str]:
    named: set[str] = set()
    for query in QUERIES:
        try:
            records = records_of(layout, query)
        except UnreadableRecord as error:
            raise CheckpointMismatch(
                f"The batch record {error}.",
                next_step=f"List everything that is wrong: `clickstream check`.\n{ways_out(layout)}",
            ) from error
        named.update(file.path for record in records for file in record.files())
    return named
