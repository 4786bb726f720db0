"""Staged files to their landed names: durable, the same for every try, in the folder of their date."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from clickstream.contract.definition.tables import Table
from clickstream.contract.run.batch_record import LandedFile, LandedTable
from clickstream.contract.run.layout import FORMATS, LANDED_NAME, Layout, date_folder_of
from clickstream.sinks.durable import make_folder, sync_folders, synced_and_hashed


def place(
    layout: Layout, table: Table, batch_id: int, parquet: Mapping[Path, int], csv: Sequence[Path]
) -> LandedTable:
    """Give a table's staged files their landed names; when it returns, files and names are durable.

    `parquet` has its files in order, with their rows, and `csv` for each of them the file with the same rows,
    which goes to the folder of the same date.
    """
    dates = [date_folder_of(file.as_posix()) for file in parquet]
    landed: dict[str, tuple[LandedFile, ...]] = {}
    for file_format, files in zip(FORMATS, (parquet, csv), strict=True):
        root = layout.table_dir(table.name, file_format)
        entries: list[LandedFile] = []
        folders = [root / date if date else root for date in dates]
        for folder in dict.fromkeys([root, *folders]):
            make_folder(folder)
        for part, (file, rows, folder) in enumerate(zip(files, parquet.values(), folders, strict=True)):
            size_bytes, sha256 = synced_and_hashed(file)
            suffix = file_format + (".gz" if file.suffix == ".gz" else "")
            target = folder / layout.landed_name(batch_id, part, suffix)
            file.replace(target)
            entries.append(LandedFile(target.relative_to(layout.output).as_posix(), rows, size_bytes, sha256))
        sync_folders(folders)
        landed[file_format] = tuple(entries)
    return LandedTable(rows=sum(parquet.values()), parquet=landed["parquet"], csv=landed["csv"])


def remove_earlier_try(layout: Layout, table: Table, batch_id: int) -> None:
    """Remove what an earlier try of a batch gave landed names; it may have had other settings."""
    for file_format in FORMATS:
        for path in layout.table_files(table.name, file_format):
            name = LANDED_NAME.fullmatch(path.name)
            if name and int(name["batch"]) == batch_id:
                path.unlink()
