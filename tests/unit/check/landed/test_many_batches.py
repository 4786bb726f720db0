"""CSV files of many batches are taken apart as one text: no damage may hide at the seams."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from clickstream.check.findings import Code
from clickstream.check.landed.many_batches import rows_together
from clickstream.clicks.tables import EVENTS_RAW, SESSIONS
from unit.check.landing import STORY, Landing, land

# Only in the third batch a field has a line break in it.
PLAIN = (STORY[0], STORY[1], STORY[3])


def together(landing: Landing, batches: int = 4) -> pl.DataFrame | None:
    records = [landing.record("events", batch) for batch in range(batches)]
    return rows_together(landing.layout.output, EVENTS_RAW, records)


def csv_of(landing: Landing, batch_id: int) -> Path:
    return landing.layout.output / landing.record("events", batch_id).tables["events_raw"].csv[0].path


def rewrite(landing: Landing, batch_id: int, content: bytes) -> None:
    """Another content for a CSV file, and a record that fits it in size and hash."""
    csv_of(landing, batch_id).write_bytes(content)
    record = landing.record("events", batch_id)
    landed = record.tables["events_raw"]
    entry = replace(landed.csv[0], size_bytes=len(content), sha256=hashlib.sha256(content).hexdigest())
    tables = {**record.tables, "events_raw": replace(landed, csv=(entry,))}
    landing.write_record(replace(record, tables=tables))


def test_rows_of_sound_files_come_with_their_file_and_batch(tmp_path):
    landing = land(tmp_path, PLAIN)
    rows = together(landing)
    assert rows is not None
    assert rows["batch_id"].to_list() == [0] * 3 + [1] * 2 + [2] * 2
    files = [f"events_raw/parquet/batch-00000000000{batch}-00000.parquet" for batch in (0, 1, 2)]
    assert rows["file"].cast(pl.String).unique(maintain_order=True).to_list() == files
    alone = pl.concat(landing.rows(EVENTS_RAW, batch) for batch in range(3))
    assert rows.drop("file", "batch_id").equals(alone)


def test_where_a_field_has_a_line_break_every_batch_is_looked_at_alone(tmp_path):
    landing = land(tmp_path)
    assert together(landing) is None
    assert landing.verify().findings == ()


def test_without_rows_there_is_nothing_to_put_together(tmp_path):
    landing = land(tmp_path, PLAIN)
    assert rows_together(landing.layout.output, SESSIONS, [landing.record("aggregates", 0)]) is None


def last_row_moved(first: bytes, second: bytes) -> tuple[bytes, bytes]:
    head, row = first.removesuffix(b"\n").rsplit(b"\n", 1)
    header, body = second.split(b"\n", 1)
    return head + b"\n", header + b"\n" + row + b"\n" + body


def half_a_row_moved(first: bytes, second: bytes) -> tuple[bytes, bytes]:
    header, body = second.split(b"\n", 1)
    return first[:-9], header + b"\n" + first[-9:] + body


def quotes_across(first: bytes, second: bytes) -> tuple[bytes, bytes]:
    header, body = second.split(b"\n", 1)
    return first[:-1] + b'"\n', header + b'\n"' + body


@pytest.mark.parametrize("edit", [last_row_moved, half_a_row_moved, quotes_across])
def test_what_crosses_from_one_file_to_the_next_is_found(
    tmp_path: Path, edit: Callable[[bytes, bytes], tuple[bytes, bytes]]
):
    landing = land(tmp_path, PLAIN)
    edited = edit(csv_of(landing, 0).read_bytes(), csv_of(landing, 1).read_bytes())
    for batch_id, content in enumerate(edited):
        rewrite(landing, batch_id, content)
    assert together(landing) is None
    verdict = landing.verify()
    assert not verdict.passed
    assert {finding.file for finding in verdict.failures} & {
        path.relative_to(landing.layout.output).as_posix()
        for path in (csv_of(landing, 0), csv_of(landing, 1))
    }


def test_a_csv_file_beside_no_parquet_file_is_looked_at(tmp_path):
    landing = land(tmp_path, PLAIN)
    record = landing.record("events", 3)
    named_twice = replace(
        record.tables["events_raw"], csv=landing.record("events", 0).tables["events_raw"].csv
    )
    landing.write_record(replace(record, tables={**record.tables, "events_raw": named_twice}))
    assert together(landing) is None


@pytest.mark.parametrize(
    ("head", "what"), [(b"\xef\xbb\xbf", "byte-order mark"), (b'"', "header")], ids=["BOM", "quote"]
)
def test_another_beginning_of_a_csv_file_is_found_whatever_its_record_says(tmp_path, head, what):
    landing = land(tmp_path, PLAIN)
    rewrite(landing, 1, head + csv_of(landing, 1).read_bytes())
    (finding,) = landing.verify().findings
    assert (finding.code, finding.batch_id) == (Code.FILE_SCHEMA, 1)
    assert what in finding.sentence
