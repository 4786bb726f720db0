"""The batch record: written last and atomically, it says that a batch of a query has landed."""

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from clickstream.contract.records import OffsetRange
from clickstream.contract.run.sealing import seal, unseal

RECORD_VERSION = 2
"""Version 2 carries its own hash; version 1 was never released, and is not read."""


@dataclass(frozen=True, slots=True)
class LandedFile:
    """Rows of a batch in one file: its path below OUTPUT_PATH with forward slashes, rows, size and hash."""

    path: str
    rows: int
    size_bytes: int
    sha256: str

    def difference(self, size_bytes: int, sha256: str | None = None) -> str:
        """How a file with this size and, if given, hash differs from the landed one; empty if it does not."""
        if size_bytes != self.size_bytes:
            return f"has {size_bytes:,} bytes, its record says {self.size_bytes:,}"
        if sha256 is not None and sha256 != self.sha256:
            return f"has the SHA-256 {sha256[:12]}…, its record says {self.sha256[:12]}…"
        return ""

    def difference_of(self, content: bytes) -> str:
        """The same for the content of a file."""
        return self.difference(len(content), hashlib.sha256(content).hexdigest())


@dataclass(frozen=True, slots=True)
class LandedTable:
    """What a batch landed of one table: the same rows in every format, in the same order of files."""

    rows: int
    parquet: tuple[LandedFile, ...]
    csv: tuple[LandedFile, ...]


@dataclass(frozen=True, slots=True)
class BatchRecord:
    """What one batch of one query read and landed.

    `offsets` maps each partition to `[start, end)`; a partition without new records is there too, with
    start = end. `watermark_ms` is the watermark that the batch ran with, `previous_watermark_ms` that of
    the batch before (0 for batch 0), both in milliseconds since the Unix epoch. `tables` has an entry for
    every table of the query, also where no row landed. `planned_at_ms` is when Spark planned the batch, None
    where its log does not say.
    """

    run_id: str
    query: str
    query_id: str
    batch_id: int
    topic: str
    offsets: dict[int, OffsetRange]
    watermark_ms: int
    previous_watermark_ms: int
    tables: dict[str, LandedTable]
    planned_at_ms: int | None = None

    @property
    def offsets_in(self) -> int:
        """How many offsets the batch covers: at least as many as records, as transactions leave gaps."""
        return sum(end - start for start, end in self.offsets.values())

    def files(self) -> list[LandedFile]:
        """Every file that it names, in the order of tables and formats."""
        return [file for landed in self.tables.values() for file in (*landed.parquet, *landed.csv)]

    def to_json(self) -> str:
        """One JSON object, readable by people, that carries its own hash."""
        content = asdict(self)
        content["offsets"] = {str(partition): list(span) for partition, span in sorted(self.offsets.items())}
        return seal({"record_version": RECORD_VERSION, **content})

    @classmethod
    def from_json(cls, text: str) -> "BatchRecord":
        """Read what `to_json` wrote.

        Raises:
            ValueError: the text is not such a record or not as it was written, with what is wrong with it.
        """
        try:
            content = unseal(text)
            version = content.pop("record_version")
            if version != RECORD_VERSION:
                raise ValueError(f"record version {version}, this kit reads {RECORD_VERSION}")
            offsets = {int(p): (int(start), int(end)) for p, (start, end) in content.pop("offsets").items()}
            tables = {name: _table(landed) for name, landed in content.pop("tables").items()}
            return cls(offsets=offsets, tables=tables, **content)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not a batch record: {error}") from error

    @classmethod
    def read(cls, path: Path) -> "BatchRecord":
        """Read the record in a file, byte for byte.

        Raises:
            OSError: the file cannot be read.
            ValueError: it holds no such record, or not as it was written.
        """
        return cls.from_json(path.read_bytes().decode("utf-8"))


def _table(content: dict[str, Any]) -> LandedTable:
    return LandedTable(
        rows=content["rows"],
        parquet=tuple(LandedFile(**entry) for entry in content["parquet"]),
        csv=tuple(LandedFile(**entry) for entry in content["csv"]),
    )
