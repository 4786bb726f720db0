"""Files with the rows of many batches, one batch after another: placed, and each batch's span told."""

from dataclasses import dataclass, replace
from pathlib import Path

from clickstream.contract.batch import BatchRecord, LandedFile, LandedTable
from clickstream.contract.layout import DATE_FOLDER, FORMATS, Layout
from clickstream.contract.tables import Table
from clickstream.sinks.durable import make_folder, sealed, sync_folders


@dataclass(frozen=True, slots=True)
class Piece:
    """The rows of one table, format and date: its merged file, and how many rows of it each batch has."""

    table: Table
    file_format: str
    date: str
    staged: Path
    rows: dict[int, int]


@dataclass(frozen=True, slots=True)
class Placed:
    """A merged file under its name, and the first row and the number of rows of each batch in it."""

    file_format: str
    file: LandedFile
    spans: dict[int, tuple[int, int]]


def place_pieces(layout: Layout, pieces: list[Piece], first: int, last: int) -> list[Placed]:
    """Give merged files their names, durable."""
    placed: list[Placed] = []
    for piece in pieces:
        size_bytes, sha256 = sealed(piece.staged)
        folder = layout.table_dir(piece.table.name, piece.file_format) / piece.date
        make_folder(folder)
        number, _, suffix = piece.staged.name.partition(".")
        target = folder / layout.compacted_name(first, last, int(number), suffix)
        piece.staged.replace(target)
        path = target.relative_to(layout.output).as_posix()
        spans: dict[int, tuple[int, int]] = {}
        next_row = 0
        for batch_id, rows in piece.rows.items():
            spans[batch_id] = (next_row, rows)
            next_row += rows
        placed.append(Placed(piece.file_format, LandedFile(path, next_row, size_bytes, sha256), spans))
    sync_folders(layout.table_dir(piece.table.name, piece.file_format) / piece.date for piece in pieces)
    return placed


def spans_of(record: BatchRecord, table: str, placed: list[Placed]) -> LandedTable:
    """What a batch landed of a table, now as spans of merged files."""
    by_format = {
        file_format: tuple(
            replace(each.file, rows=rows, first_row=first_row, file_rows=each.file.rows)
            for each in placed
            if each.file_format == file_format and record.batch_id in each.spans
            for first_row, rows in [each.spans[record.batch_id]]
        )
        for file_format in FORMATS
    }
    return LandedTable(record.tables[table].rows, by_format["parquet"], by_format["csv"])


def date_folder(file: LandedFile) -> str:
    """The name of the folder by date that a file lies in; empty where it lies in none."""
    folder = file.path.split("/")[-2]
    return folder if DATE_FOLDER.fullmatch(folder) else ""
