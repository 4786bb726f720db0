"""The watermark starts at 1970: windows that end by then have no rows, and the check says how many events."""

import json
from pathlib import Path

from clickstream.check.findings import Code, Severity
from clickstream.report.verdict import as_json
from unit.check.landing import S, click, land
from unit.check.reference import Click

# Windows of 10 s (pages) and 20 s (geo), sessions with a gap of 5 s.
OLD = (
    Click(ts_us=-1, user_id="ann"),  # late for pages and geo; the session ends in 1970
    Click(ts_us=-5 * S, user_id="bob"),  # its session ends just at 1970
    Click(ts_us=-5 * S + 1, user_id="cat"),
    Click(ts_us=-1_000_000 * S, user_id=None),
    Click(ts_us=0, user_id="dan"),
)


def test_events_in_windows_that_end_before_1970_are_a_warning_with_their_number_by_table(tmp_path: Path):
    verdict = land(tmp_path, (OLD, (click(1),), OLD)).verify()
    assert verdict.passed
    assert {finding.code for finding in verdict.findings} == {Code.BEFORE_1970}
    assert {finding.severity for finding in verdict.findings} == {Severity.WARNING}
    by_table = {table.table: (table.before_1970, table.late_events_dropped) for table in verdict.tables}
    assert by_table == {
        "events_raw": (None, None),
        "events_rejected": (None, None),
        "page_metrics": (8, 8),
        "geo_metrics": (8, 8),
        "sessions": (2, 2),
    }
    pages = next(finding for finding in verdict.findings if finding.table == "page_metrics")
    assert pages.sentence.startswith("The windows of 8 events end before 1970: page_metrics has no rows")
    content = json.loads(as_json.verdict(verdict))
    assert content["result"] == "pass"
    assert [table["before_1970"] for table in content["tables"]] == [None, None, 8, 8, 2]


def test_without_such_events_there_is_no_warning(tmp_path: Path):
    verdict = land(tmp_path, ((Click(ts_us=0), click(1)),)).verify()
    assert verdict.findings == ()
    assert [table.before_1970 for table in verdict.tables] == [None, None, 0, 0, 0]
