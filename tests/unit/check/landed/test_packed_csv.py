"""CSV files packed with gzip: the name says so, and the content must agree."""

import gzip
import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from clickstream.check.findings import Code
from clickstream.contract.run.layout import FORMATS
from unit.check.landing import Landing, land


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    return land(tmp_path)


def pack(landing: Landing, name: str, content: bytes) -> None:
    """Land the CSV of batch 2 of sessions under another name and with another content."""
    record = landing.record("aggregates", 2)
    landed = record.tables["sessions"]
    (landing.layout.output / landed.csv[0].path).unlink()
    path = Path(landed.csv[0].path).parent / name
    (landing.layout.output / path).parent.mkdir(exist_ok=True)
    (landing.layout.output / path).write_bytes(content)
    entry = replace(
        landed.csv[0],
        path=path.as_posix(),
        size_bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )
    landing.write_record(replace(record, tables={**record.tables, "sessions": replace(landed, csv=(entry,))}))


def text_of(landing: Landing) -> bytes:
    return (
        landing.layout.output / landing.record("aggregates", 2).tables["sessions"].csv[0].path
    ).read_bytes()


NAME = "batch-000000000002-00000.csv"
DAY = "dt=2025-12-31"
"""That of the sessions in it."""


@pytest.mark.parametrize("folder", ["", f"{DAY}/"], ids=["no date", "date"])
def test_a_packed_file_holds_what_its_text_says(landing, folder):
    pack(landing, f"{folder}{NAME}.gz", gzip.compress(text_of(landing)))
    assert landing.verify().findings == ()


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_file_in_the_folder_of_another_date_than_its_rows_is_found(landing, file_format):
    record = landing.record("aggregates", 2)
    landed = record.tables["sessions"]
    (file,) = getattr(landed, file_format)
    moved = replace(file, path=file.path.replace(f"/{file_format}/", f"/{file_format}/dt=1999-01-01/"))
    (landing.layout.output / moved.path).parent.mkdir()
    (landing.layout.output / file.path).rename(landing.layout.output / moved.path)
    landing.write_record(
        replace(record, tables={**record.tables, "sessions": replace(landed, **{file_format: (moved,)})})
    )
    (finding,) = landing.verify().findings
    assert (finding.code, finding.file) == (Code.FILE_MISPLACED, moved.path)
    assert DAY in finding.sentence


@pytest.mark.parametrize(
    ("suffix", "change"),
    [
        (".gz", lambda text: text),
        (".gz", lambda text: gzip.compress(text)[:-9]),
        (".gz", lambda text: gzip.compress(text)[:-9] + b"\0" * 9),
        ("", gzip.compress),
    ],
    ids=["not packed", "cut off", "damaged", "packed but not named so"],
)
def test_a_file_that_is_not_as_its_name_says_is_found(landing, suffix, change):
    pack(landing, NAME + suffix, change(text_of(landing)))
    (finding,) = landing.verify().findings
    assert (finding.code, finding.batch_id) == (Code.FILE_SCHEMA, 2)


def test_a_changed_value_in_a_packed_file_is_found(landing):
    pack(landing, f"{NAME}.gz", gzip.compress(text_of(landing).replace(b".000000Z", b".000001Z", 1)))
    (finding,) = landing.verify().findings
    assert finding.code is Code.FORMATS_DIFFER


def test_a_leftover_below_a_folder_by_date_is_found(landing):
    path = landing.layout.table_dir("sessions", "csv") / "dt=2026-01-01" / f"{NAME}.gz"
    path.parent.mkdir()
    path.write_bytes(b"left")
    (finding,) = landing.verify().findings
    assert finding.code is Code.FILE_LEFTOVER
    assert finding.file == f"sessions/csv/dt=2026-01-01/{NAME}.gz"
