"""Landed files as batches name them: whole, or a span of a compacted one, which is read once for all."""

from pathlib import Path

from clickstream.check.landed_file import FileRead, NamedFile, read_landed

_ROWS_KEPT = 1_000_000
"""Rows of compacted files that are kept for the batches to come; a compaction puts far less into a group."""


class LandedFiles:
    """Reads the files of one output, batch after batch.

    What is wrong with a compacted file is found once, with the first batch that has rows in it.
    """

    def __init__(self, output: Path) -> None:
        self.output = output
        self._kept: dict[str, FileRead] = {}

    def read(self, named: NamedFile) -> FileRead:
        """The rows that the file's entry names, and what is wrong with the file."""
        entry = named.entry
        if entry.file_rows is None:
            return read_landed(self.output, named)
        kept = self._kept.get(entry.path)
        if kept is None:
            kept = read_landed(self.output, named)
            self._make_room(kept)
            self._kept[entry.path] = FileRead(kept.rows)
        rows = None if kept.rows is None else kept.rows.slice(entry.first_row, entry.rows)
        return FileRead(rows, kept.findings)

    def _make_room(self, coming: FileRead) -> None:
        """Forget the files read first: batches come in order, and so do their files."""
        rows = [_height(read) for read in (*self._kept.values(), coming)]
        for path, height in list(zip(self._kept, rows, strict=False)):
            if sum(rows) <= _ROWS_KEPT:
                return
            del self._kept[path]
            rows.remove(height)


def _height(read: FileRead) -> int:
    return 0 if read.rows is None else read.rows.height
