"""Skipped records: a visible line of a pass, and a failure if one of them could have been read."""

import json
from pathlib import Path

import pytest

from clickstream.check.findings import Code
from clickstream.contract.run.skipped import SkippedRecord, SkippedRecords
from clickstream.report.verdict import as_json
from clickstream.report.verdict.as_text import last_line
from unit.check.landing import NANOSECONDS, RUN, Landing, land

BATCH = 2
STAMP_MS = 1_767_225_640_000


def place(landing: Landing) -> SkippedRecord:
    """The unreadable record in front of the batch."""
    return next(SkippedRecord(*row[:3]) for row in landing.topic if row[2] == NANOSECONDS)


def skip(landing: Landing, *records: SkippedRecord) -> None:
    landing.layout.skipped_path().write_text(SkippedRecords(records).to_json(RUN.run_id))


def codes(landing: Landing) -> set[Code]:
    return {finding.code for finding in landing.verify().findings}


@pytest.mark.parametrize("batch_id", [0, BATCH])
def test_a_skipped_record_is_counted_and_named_in_verdict_and_json(tmp_path: Path, batch_id: int) -> None:
    landing = land(tmp_path, unreadable_before=batch_id)
    record = place(landing)
    skip(landing, record)
    verdict = landing.verify()
    assert [finding.code for finding in verdict.findings] == [Code.RECORDS_SKIPPED]
    assert f"({record})" in verdict.findings[0].sentence
    assert verdict.passed
    assert last_line(verdict).endswith(f"1 record ({record}) skipped")
    written = json.loads(as_json.verdict(verdict))
    assert written["skipped"] == [
        {"partition": 0, "offset": record.offset, "timestamp_ms": record.timestamp_ms}
    ]


def test_a_gap_that_is_not_recorded_is_a_failure(tmp_path: Path) -> None:
    landing = land(tmp_path, unreadable_before=BATCH)
    record = place(landing)
    # As if Spark could read it: nothing but the list makes a gap right.
    landing.topic[landing.topic.index((*_row(record), b"unreadable"))] = (0, record.offset, STAMP_MS, b"{}")
    assert codes(landing) >= {Code.OFFSETS_BROKEN, Code.OFFSETS_NOT_SPARKS}


def test_a_record_that_could_have_been_read_is_a_failure(tmp_path: Path) -> None:
    landing = land(tmp_path, unreadable_before=BATCH)
    record = place(landing)
    landing.topic[landing.topic.index((*_row(record), b"unreadable"))] = (0, record.offset, STAMP_MS, b"{}")
    skip(landing, record)
    assert Code.SKIPPED_READABLE in codes(landing)


def test_a_record_that_no_query_has_reached_is_not_counted(tmp_path: Path) -> None:
    landing = land(tmp_path)
    skip(landing, SkippedRecord(0, 999, NANOSECONDS))
    assert landing.verify().findings == ()
    assert landing.verify().skipped == ()


def test_a_record_that_has_landed_is_not_taken_away_by_the_list(tmp_path: Path) -> None:
    landing = land(tmp_path)
    skip(landing, SkippedRecord(0, 1, NANOSECONDS))
    verdict = landing.verify()
    assert Code.SKIPPED_READABLE in {finding.code for finding in verdict.failures}
    assert all(not table.mismatched_rows for table in verdict.tables)


@pytest.mark.parametrize("text", ["", "{}", SkippedRecords().to_json("another-run")])
def test_a_damaged_list_is_a_failure(tmp_path: Path, text: str) -> None:
    landing = land(tmp_path)
    landing.layout.skipped_path().write_text(text)
    assert codes(landing) == {Code.RECORD_INVALID}


def _row(record: SkippedRecord) -> tuple[int, int, int]:
    return record.partition, record.offset, record.timestamp_ms
