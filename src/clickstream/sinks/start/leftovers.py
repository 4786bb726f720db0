"""What crashed tries left: staged files, and files with the name of a landed one that no record lists."""

import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from clickstream.contract.definition.tables import Table
from clickstream.contract.run.layout import FORMATS, LANDED_NAME, Layout
from clickstream.sinks.durable import writing


def remove(layout: Layout, tables: Iterable[Table], *, recorded: Iterable[str]) -> list[Path]:
    """Remove the leftovers of a run that is not running; returns what was removed, in order.

    A file whose name is not one that a batch gives is not the kit's and stays. `recorded` has the paths below
    OUTPUT_PATH of the files that batch records list.

    Raises:
        FolderNotWritable: something cannot be removed.
    """
    kept = {f"{layout.output}/{path}" for path in recorded}
    removed: list[Path] = []
    with writing(layout.output):
        staging = layout.output / "_staging"
        if staging.exists():
            removed += sorted(path for path in staging.rglob("*") if path.is_file())
            # A JVM that has outlived its job may still write here; the next start removes that.
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
