"""The landed rows of a table in one file of the user's."""

import os
import uuid
from pathlib import Path
from shlex import quote

from clickstream.check.landed.exporting import FORM_OF_SUFFIX, export_rows
from clickstream.check.terms import terms_of
from clickstream.contract.definition.tables import Table
from clickstream.contract.run.layout import Layout
from clickstream.errors import FolderNotWritable, UsageError, writing
from clickstream.pipeline.run import layout_of
from clickstream.settings import Settings
from clickstream.settings.project import called_from
from clickstream.sinks.durable import sync_folder
from clickstream.sinks.start.output_matches_records import verified_records


def export_table(settings: Settings, table: Table, file: Path, *, overwrite: bool) -> int:
    """Write the rows that batch records list to a file that is there whole or not at all; their number.

    Every landed file is read twice, first to compare it with its record. The job may run: batches that land
    later are not in the file. `file` is relative to the caller's folder; its suffix decides the form.
    """
    layout = layout_of(settings.paths)
    target = (called_from() / file).absolute()
    form = _form(file)
    next_step = "Make its folder writable, or choose another file."
    with writing(str(target), next_step=next_step):
        _refuse_place(target, layout, overwrite=overwrite)
    terms_of(layout, settings.pipeline)
    entries = [
        entry for record in verified_records(layout, table) for entry in record.tables[table.name].parquet
    ]
    # Short: the target's own name may be as long as a name can be.
    temporary = target.with_name(f".export-{uuid.uuid4().hex[:12]}")
    with writing(str(target), next_step=next_step):
        try:
            export_rows(layout, table, entries, temporary, form)
            _put_in_place(temporary, target, overwrite=overwrite)
        finally:
            temporary.unlink(missing_ok=True)
    return sum(entry.rows for entry in entries)


def _form(file: Path) -> str:
    form = FORM_OF_SUFFIX.get(file.suffix.lower())
    if form is None:
        raise UsageError(
            f"{file} does not have the suffix of an export format.",
            next_step=f"Name the file with one of {', '.join(FORM_OF_SUFFIX)}.",
        )
    return form


def _refuse_place(target: Path, layout: Layout, *, overwrite: bool) -> None:
    if not target.parent.is_dir():
        in_the_way = next((each for each in target.parents if each.is_file()), None)
        if in_the_way is not None:
            raise UsageError(f"{in_the_way} is a file.", next_step="Choose another folder.")
        raise FolderNotWritable(
            f"The folder {target.parent} does not exist.",
            next_step=f"Create it: mkdir -p {quote(str(target.parent))}",
        )
    if target.resolve().is_relative_to(layout.output.resolve()):
        raise UsageError(
            f"{target} is inside the run's output {layout.output}.", next_step="Choose another folder."
        )
    if target.is_dir():
        raise UsageError(f"{target} is a folder.", next_step="Name a file.")
    if not overwrite and os.path.lexists(target):
        raise _exists(target)


def _exists(target: Path) -> UsageError:
    return UsageError(f"{target} exists.", next_step="Choose another name, or add --overwrite.")


def _put_in_place(temporary: Path, target: Path, *, overwrite: bool) -> None:
    with temporary.open("rb") as written:
        os.fsync(written.fileno())
    if not overwrite and os.path.lexists(target):  # it has come in the meantime
        raise _exists(target)
    temporary.replace(target)
    sync_folder(target.parent)
