"""The compaction record: one record and few files in place of those of many batches, each still told apart.

It holds every batch's own record, with the files taken out: a batch's rows are named as spans of the merged
files, which hold the rows of batch after batch in order. So whoever reads it sees the batches as they
landed, and can say of each row which batch it is of.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from clickstream.contract.batch import RECORD_VERSION, BatchRecord, LandedFile, refuse_other_version
from clickstream.contract.layout import FORMATS
from clickstream.contract.sealing import seal, unseal


@dataclass(frozen=True, slots=True)
class CompactedRecord:
    """The batches `first` to `last` of one query, in order and without a gap, in merged files.

    `compacted_at_ms` (Unix epoch) is when it was written: the files that it replaces stay for a while.
    """

    compacted_at_ms: int
    batches: tuple[BatchRecord, ...]

    @property
    def first(self) -> int:
        """The first batch."""
        return self.batches[0].batch_id

    @property
    def last(self) -> int:
        """The last batch."""
        return self.batches[-1].batch_id

    def files(self) -> list[LandedFile]:
        """The merged files, each once and as a whole, in the order of their rows."""
        return whole_files(self.batches)

    def to_json(self) -> str:
        """One JSON object, readable by people, that carries its own hash."""
        files = self.files()
        number = {file.path: at for at, file in enumerate(files)}
        batches = [record.to_content() for record in self.batches]
        for entry in _entries(batches):
            spans = {
                "file": number[entry["path"]],
                "rows": entry["rows"],
                "first_row": entry.get("first_row", 0),
            }
            entry.clear()
            entry.update(spans)
        return seal(
            {
                "record_version": RECORD_VERSION,
                "compacted_at_ms": self.compacted_at_ms,
                "files": [
                    {
                        key: value
                        for key, value in asdict(file).items()
                        if key not in {"first_row", "file_rows"}
                    }
                    for file in files
                ],
                "batches": batches,
            }
        )

    @classmethod
    def from_json(cls, text: str) -> "CompactedRecord":
        """Read what `to_json` wrote.

        Raises:
            ValueError: the text is not such a record or not as it was written, with what is wrong with it.
        """
        try:
            content = unseal(text)
            refuse_other_version(content["record_version"])
            files, batches = content["files"], content["batches"]
            for entry in _entries(batches):
                file = files[entry.pop("file")]
                entry.update(
                    path=file["path"],
                    size_bytes=file["size_bytes"],
                    sha256=file["sha256"],
                    file_rows=file["rows"],
                )
            records = tuple(BatchRecord.from_content(batch) for batch in batches)
            if not records or any(
                after.batch_id != before.batch_id + 1 for before, after in pairwise(records)
            ):
                raise ValueError("its batches do not follow one another")
            return cls(int(content["compacted_at_ms"]), records)
        except (LookupError, TypeError, AttributeError) as error:
            raise ValueError(f"not a compaction record: {error!r}") from error

    @classmethod
    def read(cls, path: Path) -> "CompactedRecord":
        """Read the record in a file, byte for byte.

        Raises:
            OSError: the file cannot be read.
            ValueError: it holds no such record, not as it was written, or that of other batches.
        """
        record = cls.from_json(path.read_bytes().decode("utf-8"))
        if path.stem != f"{record.first:012d}-{record.last:012d}":
            raise ValueError(f"it is the record of the batches {record.first} to {record.last}")
        return record


def whole_files(records: Sequence[BatchRecord]) -> list[LandedFile]:
    """Every file that these records name, each once and as a whole, in the order of their naming."""
    files: dict[str, LandedFile] = {}
    for entry in (entry for record in records for entry in record.files()):
        whole = LandedFile(entry.path, entry.rows_in_file, entry.size_bytes, entry.sha256)
        files.setdefault(entry.path, whole)
    return list(files.values())


def _entries(batches: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        entry
        for batch in batches
        for landed in batch["tables"].values()
        for file_format in FORMATS
        for entry in landed[file_format]
    ]
