"""A verdict in words and as JSON."""

import json
from dataclasses import replace
from typing import Any

from rich.console import Console

from clickstream.check.findings import (
    Code,
    Coverage,
    Finding,
    Mismatch,
    MismatchedRow,
    NotChecked,
    QueryVerdict,
    Severity,
    TableVerdict,
    Verdict,
)
from clickstream.clicks.tables import TABLES
from clickstream.contract.definition.tables import QUERIES
from clickstream.errors import CouldNotCheck
from clickstream.report.verdict import as_json, as_text


def a_table(name: str, **changed: Any) -> TableVerdict:
    return TableVerdict(**{"table": name, "rows_expected": 1_000, "rows_landed": 1_000, **changed})


def a_verdict(*findings: Finding, **tables: TableVerdict) -> Verdict:
    return Verdict(
        tables=tuple(tables.get(table.name, a_table(table.name)) for table in TABLES),
        queries=tuple(QueryVerdict(query, 6, 5, 1_105, 0, 6) for query in QUERIES),
        findings=findings,
        events=1_000,
        rejected=100,
        reasons={"not_json": 60, "empty": 40},
        gaps=5,
        seconds_by_stage={"read": 1.0, "compare": 0.5},
    )


def lines_of(verdict: Verdict, width: int = 140, ways_out: str = "") -> list[str]:
    console = Console(width=width, soft_wrap=width > 80, highlight=False)
    with console.capture() as captured:
        console.print(as_text.verdict(verdict, ways_out))
    return captured.get().rstrip("\n").split("\n")


DIFFERENT = a_table(
    "page_metrics",
    rows_landed=1_001,
    open_windows=7,
    late_events_dropped=1_234,
    mismatches={Mismatch.DIFFERENT: 12, Mismatch.DOUBLED: 1},
    examples=(
        MismatchedRow(
            Mismatch.DIFFERENT,
            {"window_start": "2026", "page": '"[bold]/"'},
            3,
            "page_metrics/parquet/f",
            "pageviews",
            "4",
            "5",
        ),
        MismatchedRow(Mismatch.DOUBLED, {"page": "null"}, 4, "page_metrics/parquet/g", landed="pageviews=1"),
    ),
)
ROWS_DIFFER = Finding(Code.ROWS_DIFFER, "13 rows disagree.", table="page_metrics")
GONE = Finding(
    Code.FILE_MISSING, "sessions/csv/[x] is missing.", batch_id=2, file="sessions/csv/[x]", details=("a",)
)
AHEAD = Finding(Code.WATERMARK_AHEAD, "An event came from the future.", Severity.WARNING)


def test_a_sound_verdict_ends_with_pass_and_what_was_compared():
    lines = lines_of(a_verdict())
    assert lines[-1] == "PASS: all 5,000 landed rows are what the topic's 1,100 records give, in 12 batches"
    assert any("rejected: not_json 60, empty 40" in line for line in lines)
    assert "5 offsets without a record: transactions or compaction" in lines


def test_each_table_has_a_line_with_its_figures():
    lines = lines_of(a_verdict(ROWS_DIFFER, page_metrics=DIFFERENT))
    (line,) = [line for line in lines if "│ page_metrics" in line]
    assert line.replace("│", " ").split() == ["page_metrics", "1,001", "1,000", "7", "1,234", "13"]
    (line,) = [line for line in lines if "│ events_rejected" in line]
    assert line.replace("│", " ").split() == ["events_rejected", "1,000", "1,000", "-", "-", "0"]


def test_a_warning_is_shown_and_does_not_change_the_last_line():
    lines = lines_of(a_verdict(AHEAD))
    assert "warning [watermark_ahead] An event came from the future." in lines
    assert lines[-1].startswith("PASS")


def test_differences_show_key_column_both_values_batch_and_file():
    text = "\n".join(lines_of(a_verdict(ROWS_DIFFER, page_metrics=DIFFERENT)))
    assert "page_metrics: 12 different, 1 doubled" in text
    # What rows hold is no markup.
    assert 'different  window_start=2026, page="[bold]/"' in text
    assert "pageviews: expected 4, landed 5" in text
    assert "batch 3, page_metrics/parquet/f" in text
    assert "… and 11 more" in text


def test_a_failure_ends_with_fail_and_why():
    verdict = a_verdict(ROWS_DIFFER, GONE, AHEAD, page_metrics=DIFFERENT)
    lines = lines_of(verdict)
    assert (
        lines[-1] == "FAIL: sessions/csv/[x] is missing; rows that disagree with the topic: page_metrics 13"
    )
    assert "failure [file_missing] sessions/csv/[x] is missing." in lines
    assert "    a" in lines


def test_what_is_wrong_with_files_is_shown_before_the_rows_that_disagree():
    lines = lines_of(a_verdict(ROWS_DIFFER, GONE, page_metrics=DIFFERENT))
    cause = next(at for at, line in enumerate(lines) if "[file_missing]" in line)
    assert cause < lines.index("page_metrics: 12 different, 1 doubled")


def test_the_table_of_millions_fits_80_columns_with_every_heading_whole():
    millions = {
        table.name: a_table(
            table.name,
            rows_expected=98_765_432,
            rows_landed=98_765_432,
            open_windows=123_456,
            late_events_dropped=765_432,
            mismatches={Mismatch.MISSING: 98_765_432},
        )
        for table in TABLES
    }
    lines = lines_of(a_verdict(ROWS_DIFFER, **millions), width=80)
    table = [line for line in lines if line[:1] in "┏┃┡│└"]
    assert max(map(len, table)) <= 80
    assert not [line for line in table if "…" in line]
    headings = " ".join(line for line in table if line.startswith("┃"))
    for word in ("table", "rows", "expected", "windows", "open", "late", "dropped", "mismatches"):
        assert word in headings


def test_many_findings_are_counted_and_not_all_listed():
    lines = lines_of(a_verdict(*[GONE] * 50))
    assert sum("[file_missing]" in line for line in lines) == 20
    assert "… and 30 more findings: --json has them all" in lines
    assert lines[-1] == "FAIL: 50 failures, first: sessions/csv/[x] is missing"


def test_json_holds_the_whole_verdict():
    content = json.loads(as_json.verdict(a_verdict(ROWS_DIFFER, GONE, AHEAD, page_metrics=DIFFERENT)))
    assert list(content) == [
        "format_version",
        "result",
        "why",
        "tables",
        "queries",
        "findings",
        "events",
        "rejected",
        "reasons",
        "gaps",
        "seconds_by_stage",
        "ledger",
        "skipped",
    ]
    assert content["ledger"] is None
    assert (content["format_version"], content["result"]) == (1, "fail")
    assert content["why"] == as_text.why(a_verdict(ROWS_DIFFER, GONE, page_metrics=DIFFERENT))
    pages = content["tables"][2]
    assert (pages["late_events_dropped"], pages["mismatches"]) == (1_234, {"different": 12, "doubled": 1})
    assert pages["examples"][0] == {
        "mismatch": "different",
        "key": {"window_start": "2026", "page": '"[bold]/"'},
        "batch_id": 3,
        "file": "page_metrics/parquet/f",
        "column": "pageviews",
        "expected": "4",
        "landed": "5",
    }
    assert [finding["severity"] for finding in content["findings"]] == ["failure", "failure", "warning"]
    assert content["queries"][0]["batches_cross_checked"] == 6


def test_json_of_a_pass_gives_no_reason():
    content = json.loads(as_json.verdict(a_verdict(AHEAD)))
    assert (content["result"], content["why"]) == ("pass", None)


def test_json_of_a_check_that_could_not_be_done_says_why_and_what_to_do():
    error = CouldNotCheck("Nothing has landed.", next_step="Run the job.", details=("a", "b"))
    assert json.loads(as_json.could_not_check(error)) == {
        "format_version": 1,
        "result": "could_not_check",
        "why": "Nothing has landed.",
        "next_step": "Run the job.",
        "details": ["a", "b"],
    }


def test_ways_out_are_shown_only_if_records_or_files_are_damaged():
    assert "do this" in lines_of(a_verdict(GONE), ways_out="do this")
    assert "do this" not in lines_of(a_verdict(Finding(Code.ROWS_DIFFER, "Rows differ.")), ways_out="do this")
    assert "do this" not in lines_of(a_verdict(AHEAD), ways_out="do this")


UNCHECKED = a_table(
    "sessions",
    rows_expected=None,
    coverage=Coverage.NOT_CHECKED,
    not_checked=NotChecked("no Java was found", "Install Java 21."),
)


def test_a_table_that_is_not_checked_never_passes_without_these_words():
    lines = lines_of(a_verdict(sessions=UNCHECKED))
    assert lines[-1].startswith("PASS (1 table not checked): all 4,000 checked rows are what")
    assert "not checked: sessions" in lines
    (line,) = [line for line in lines if "│ sessions" in line]
    assert line.replace("│", " ").split() == ["sessions", "1,000", "-", "-", "-", "0"]
    both = a_verdict(GONE, sessions=UNCHECKED, geo_metrics=replace(UNCHECKED, table="geo_metrics"))
    assert lines_of(both)[-1].startswith("FAIL (2 tables not checked): sessions/csv")


def test_each_table_is_named_with_what_it_was_checked_by():
    lines = lines_of(a_verdict(sessions=a_table("sessions", coverage=Coverage.ONE_BATCH)))
    assert "independent: events_raw, events_rejected, page_metrics, geo_metrics" in lines
    assert "same code, one batch: sessions" in lines
    assert lines[-1].startswith("PASS: all 5,000 landed rows")


def test_the_json_says_by_what_each_table_was_checked_and_why_one_was_not():
    tables = json.loads(as_json.verdict(a_verdict(sessions=UNCHECKED)))["tables"]
    assert {table["coverage"] for table in tables} == {"independent", "not checked"}
    assert tables[-1]["rows_expected"] is None
    assert tables[-1]["not_checked"] == {"why": "no Java was found", "next_step": "Install Java 21."}
