"""Ends of transactions and aborted records leave offsets without a record: neither a loss nor a record."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest

from clickstream.check.findings import Code, Verdict
from clickstream.clicks.tables import EVENTS_RAW
from clickstream.contract.ledger import AcknowledgedSpan, LedgerOpening, Sent, opening_line, sent_line
from clickstream.contract.records import OffsetRange
from clickstream.errors import CouldNotCheck
from unit.check.landing import GAP, Landing, Rejected, click, land

# Two partitions, in turn: gaps at the beginning, within, at the end, and in batches of nothing else.
STORY = (
    (GAP, GAP, click(1, user_id="ann"), GAP, click(2, user_id="bob"), click(3), GAP, GAP),
    (GAP, GAP, GAP, GAP),
    (click(4, user_id="ann"), Rejected(b"{}", "no_known_field"), GAP, GAP),
    (GAP,),
)
RECORDS, GAPS = 5, 12
RANGES: Mapping[int, OffsetRange] = {0: (0, 9), 1: (0, 8)}


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    return land(tmp_path, STORY)


def checked(landing: Landing, written: Mapping[int, OffsetRange] = RANGES) -> Verdict:
    return landing.verify(RANGES, ask_written=lambda: written)


def keep_ledger(landing: Landing, sent: Sent) -> None:
    folder = landing.layout.sent_dir()
    folder.mkdir()
    opening = LedgerOpening("events", "", "all", 1, "", "2026-01-01T00:00:00.000+00:00", "here", 7, 1.5)
    (folder / "one.jsonl").write_text(opening_line(opening) + sent_line(sent, closing=True))


def test_offsets_without_a_record_are_counted_and_not_a_finding(landing):
    verdict = checked(landing)
    assert verdict.findings == ()
    assert (verdict.events + verdict.rejected, verdict.gaps) == (RECORDS, GAPS)
    assert {query.offsets for query in verdict.queries} == {RECORDS + GAPS}


def test_a_row_that_landed_twice_is_a_failure_and_not_blamed_on_the_topic(landing):
    rows = landing.rows(EVENTS_RAW, 0)
    landing.rewrite(EVENTS_RAW, 0, pl.concat([rows, rows]))
    codes = {finding.code for finding in checked(landing).failures}
    assert codes >= {Code.ROWS_DIFFER, Code.RECORD_COUNT}


def test_a_row_that_did_not_land_is_a_failure(landing):
    landing.rewrite(EVENTS_RAW, 0, landing.rows(EVENTS_RAW, 0).head(1))
    assert not checked(landing).passed


def test_a_run_that_read_nothing_but_aborted_records_has_nothing_to_compare(tmp_path):
    with pytest.raises(CouldNotCheck, match="no record in the committed offsets"):
        checked(land(tmp_path, ((GAP, GAP), (GAP,))))


def test_the_ledger_balances_records_and_not_offsets(landing):
    keep_ledger(landing, Sent(5, 5, 0, {0: AcknowledgedSpan(3, 1, 6), 1: AcknowledgedSpan(2, 3, 5)}))
    verdict = checked(landing)
    assert verdict.ledger is not None
    assert (verdict.ledger.in_topic, verdict.ledger.committed, verdict.ledger.from_others) == (5, 5, 0)


def test_a_record_behind_the_beginning_of_an_open_transaction_is_in_the_topic(landing):
    # Offset 9 belongs to another producer's open transaction, offset 10 to ours: acknowledged, not readable.
    keep_ledger(landing, Sent(6, 6, 0, {0: AcknowledgedSpan(4, 1, 10), 1: AcknowledgedSpan(2, 3, 5)}))
    verdict = checked(landing, {0: (0, 11), 1: (0, 8)})
    assert verdict.passed
    assert verdict.ledger is not None
    assert (verdict.ledger.in_topic, verdict.ledger.committed, verdict.ledger.from_others) == (7, 5, 1)
