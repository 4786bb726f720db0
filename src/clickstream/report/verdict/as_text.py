"""A verdict for people: the outputs, the ledger, what is wrong and where, and a last line PASS or FAIL."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Column, Table
from rich.text import Text

from clickstream.check.findings import (
    Code,
    Coverage,
    Mismatch,
    MismatchedRow,
    Severity,
    TableVerdict,
    Verdict,
)
from clickstream.check.history.skips import in_words
from clickstream.report.plain_text import tame
from clickstream.report.tables import numbers
from clickstream.report.verdict.ledger import ledger
from clickstream.report.verdict.result import result_in_words

_STYLE = {
    Mismatch.MISSING: "red",
    Mismatch.UNEXPECTED: "red",
    Mismatch.DIFFERENT: "yellow",
    Mismatch.DOUBLED: "magenta",
}
_FINDINGS_SHOWN = 20
_DAMAGE = frozenset(
    {
        Code.RECORD_MISSING,
        Code.RECORD_INVALID,
        Code.FILE_MISSING,
        Code.FILE_CHANGED,
        Code.FILE_UNREADABLE,
        Code.FILE_SCHEMA,
        Code.FORMATS_DIFFER,
    }
)
"""Findings that no later run of the job makes good."""


def verdict(found: Verdict, ways_out: str = "") -> RenderableType:
    """A verdict for people; the last line begins with PASS or FAIL.

    It has the `ways_out` only if records or files are damaged.
    """
    return Group(
        _outputs(found),
        _topic(found),
        _coverage(found),
        *([] if found.ledger is None else ledger(found.ledger)),
        # What is wrong with records and files comes before the rows that are missing because of it.
        *_findings(found),
        *([Text(ways_out)] if ways_out and _is_damaged(found) else []),
        *(line for table in found.tables if table.mismatched_rows for line in _differences(table)),
        Text(last_line(found), style="bold green" if found.passed else "bold red"),
    )


def last_line(found: Verdict) -> str:
    """`PASS: …` with what was compared, or `FAIL: …` with what is wrong in one sentence.

    Tables that were not checked are counted right behind the first word.
    """
    result = result_in_words(found.passed, len(found.not_checked))
    if found.passed:
        rows = sum(table.rows_landed for table in found.tables if table not in found.not_checked)
        records = found.events + found.rejected
        batches = sum(query.batches for query in found.queries)
        basis = f"the topic's {records:,} records give, in {batches:,} batches"
        skipped = f"; {in_words(found.skipped)} skipped" if found.skipped else ""
        compared = "checked" if found.not_checked else "landed"
        return f"{result}: all {rows:,} {compared} rows are what {basis}{skipped}"
    return f"{result}: {why(found)}"


def why(found: Verdict) -> str:
    """What is wrong in one sentence: the first failure, and the rows that disagree by table."""
    wrong = []
    others = [finding for finding in found.failures if finding.code is not Code.ROWS_DIFFER]
    if others:
        first = others[0].sentence.removesuffix(".")
        wrong.append(first if len(others) == 1 else f"{len(others):,} failures, first: {first}")
    disagreeing = [table for table in found.tables if table.mismatched_rows]
    if disagreeing:
        by_table = ", ".join(f"{table.table} {table.mismatched_rows:,}" for table in disagreeing)
        wrong.append(f"rows that disagree with the topic: {by_table}")
    return "; ".join(wrong)


def _is_damaged(found: Verdict) -> bool:
    return any(finding.code in _DAMAGE for finding in found.failures)


def _outputs(found: Verdict) -> Table:
    outputs = Table(
        Column("table", no_wrap=True),
        # Two words in two lines: so the table fits 80 columns with tens of millions of rows.
        *numbers("rows", "expected", "windows\nopen", "late\ndropped", "mismatches"),
        title="Landed rows",
        title_justify="left",
    )
    for table in found.tables:
        outputs.add_row(
            table.table,
            f"{table.rows_landed:,}",
            _count(table.rows_expected),
            _count(table.open_windows),
            _count(table.late_events_dropped),
            Text(f"{table.mismatched_rows:,}", style="bold red" if table.mismatched_rows else ""),
        )
    return outputs


def _count(count: int | None) -> str:
    return "-" if count is None else f"{count:,}"


def _topic(found: Verdict) -> Text:
    reasons = ", ".join(f"{reason} {count:,}" for reason, count in found.reasons.items())
    batches = ", ".join(f"{query.query} {query.batches:,}" for query in found.queries)
    seconds = sum(found.seconds_by_stage.values())
    lines = [
        f"{found.events:,} events and {found.rejected:,} rejected messages, read from the topic's bytes",
        *([f"{found.gaps:,} offsets without a record: transactions or compaction"] if found.gaps else []),
        *([f"rejected: {reasons}"] if reasons else []),
        f"batches: {batches}",
        f"checked in {seconds:.1f} s",
    ]
    return Text("\n".join(lines))


def _coverage(found: Verdict) -> Text:
    """By what each table was checked: a line for each way, with its tables."""
    tables = {
        coverage: ", ".join(table.table for table in found.tables if table.coverage is coverage)
        for coverage in Coverage
    }
    return Text("\n".join(f"{coverage}: {names}" for coverage, names in tables.items() if names))


def _differences(table: TableVerdict) -> Iterator[Text]:
    counts = ", ".join(f"{count:,} {kind}" for kind, count in table.mismatches.items() if count)
    yield Text(f"\n{table.table}: {counts}", style="bold")
    for example in table.examples:
        yield _difference(example)
    shown = {kind: len({str(e.key) for e in table.examples if e.mismatch is kind}) for kind in Mismatch}
    more = sum(max(0, count - shown[kind]) for kind, count in table.mismatches.items())
    if more:
        yield Text(f"  … and {more:,} more", style="dim")


def _difference(example: MismatchedRow) -> Text:
    key = ", ".join(f"{name}={value}" for name, value in example.key.items())
    line = Text.assemble("  ", (f"{example.mismatch:<10}", _STYLE[example.mismatch]), f" {key}")
    if example.column is not None:
        line.append(f"\n      {example.column}: expected {example.expected}, landed {example.landed}")
    else:
        line.append(f"\n      {example.landed or example.expected}")
    line.append(
        f"\n      batch {example.batch_id}" + (f", {example.file}" if example.file else ""), style="dim"
    )
    return line


def _findings(found: Verdict) -> Iterator[Text]:
    # The listing of a table says more than the finding that rows differ.
    shown = [finding for finding in found.failures if finding.code is not Code.ROWS_DIFFER]
    shown += found.warnings
    if shown:
        yield Text()
    for finding in shown[:_FINDINGS_SHOWN]:
        style = "red" if finding.severity is Severity.FAILURE else "yellow"
        yield Text.assemble((finding.severity, style), f" [{finding.code}] {tame(finding.sentence)}")
        for detail in finding.details:
            yield Text(f"    {tame(detail)}", style="dim")
    if len(shown) > _FINDINGS_SHOWN:
        yield Text(f"… and {len(shown) - _FINDINGS_SHOWN:,} more findings: --json has them all", style="dim")
