"""A report to draw: of a run of as many batches as a test needs, with texts of its choice."""

from datetime import UTC, datetime, timedelta

from clickstream.check.findings import (
    Code,
    Finding,
    Mismatch,
    MismatchedRow,
    QueryVerdict,
    Severity,
    TableVerdict,
    Verdict,
)
from clickstream.check.ledger_verdict import FaultAccount, LedgerVerdict
from clickstream.clicks import CLICKS
from clickstream.contract.definition.tables import QUERIES
from clickstream.report.run_report import (
    TIME_UNIT,
    Chart,
    FilesFacts,
    FlowStep,
    Outcome,
    PartFacts,
    QueryFacts,
    RunReport,
    Series,
    SettingFacts,
    TableFacts,
)

AT = datetime(2026, 1, 1, 12, 30, tzinfo=UTC)
T0_S = AT.timestamp()
DAY_BATCHES = 17_280
"""Batches of a day at one every five seconds."""


def series(name: str, batches: int, *, factor: float = 1.0) -> Series:
    return Series(name, tuple((T0_S + 5.0 * n, factor * (n * 7_919 % 1_000)) for n in range(batches)))


def chart(title: str, unit: str, names: tuple[str, ...], batches: int) -> Chart:
    factor = 1e15 / 1_000 if unit == TIME_UNIT else 1.0
    lines = tuple(series(name, batches, factor=factor) for name in names)
    return Chart(title, "What it says, with `code`.", unit, lines if batches else (), "Nothing yet.")


def verdict(text: str, *, passed: bool) -> Verdict:
    example = MismatchedRow(Mismatch.DIFFERENT, {text: text}, 3, text, text, text, text)
    tables = tuple(
        TableVerdict(
            table.name,
            rows_expected=10,
            rows_landed=10,
            open_windows=2 if table.window else None,
            late_events_dropped=7 if table.window else None,
            late_by_batch={3: 7} if table.window else None,
            mismatches={} if passed else {Mismatch.DIFFERENT: 1},
            examples=() if passed else (example,),
        )
        for table in CLICKS.tables
    )
    severity = Severity.WARNING if passed else Severity.FAILURE
    findings = (Finding(Code.FILE_CHANGED, text, severity, details=(text,)),)
    faults = (FaultAccount(text, 10, 8, 2, 0, {table.name: 1 for table in CLICKS.windowed_tables}),)
    ledger = LedgerVerdict(1, 1, 0, 100, 100, 0, 100, 0, 0, 100, 98, 2, faults)
    queries = tuple(QueryVerdict(query, 5, 5, 100, 0, 5) for query in QUERIES)
    return Verdict(tables, queries, findings, 98, 2, {text: 2}, 0, {"read": 1.0}, ledger)


def sample_report(
    *, batches: int = 6, text: str = "plain text", rows: int = 10, result: str = "pass"
) -> RunReport:
    """A report of every table of the pipeline, with the text wherever a text of others can be."""
    checked = result in ("pass", "fail")
    return RunReport(
        pipeline="clicks",
        run=text[:64],
        output=text,
        written_at=AT,
        outcome=Outcome(result, text, text, (text,), AT if checked else None, 3 if checked else 0),
        verdict=verdict(text, passed=result == "pass") if checked else None,
        flow=(FlowStep("sent", 1_234_567, text), FlowStep("acknowledged", None, "not known")),
        rejected={text: 3},
        late={table.name: 7 for table in CLICKS.windowed_tables} if checked else {},
        queries=tuple(
            QueryFacts(
                query, batches, batches - 1, 1_000, AT - timedelta(seconds=10), AT, "2026-01-01 12:29:30", 5
            )
            for query in QUERIES
        ),
        parts=(PartFacts("stream", "running", text),),
        charts=(
            chart("Records in each batch", "records", QUERIES, batches),
            chart("Duration of a batch", "s", QUERIES, batches),
            chart("Lag", "records", QUERIES, batches),
            chart("Event time and watermark", TIME_UNIT, ("newest event", "watermark"), batches),
            chart("Late events dropped", "events", tuple(t.name for t in CLICKS.windowed_tables), batches),
        ),
        tables=tuple(
            TableFacts(
                table.name,
                table.kind,
                table.query,
                rows=123_456,
                files=(FilesFacts("parquet", 6, 1_400_000), FilesFacts("csv", 6, 999)),
                columns=table.column_names,
                newest=((text,) * len(table.columns),) * rows,
                landed=chart("Landed rows", "rows", ("rows",), batches),
                note="" if rows else text,
            )
            for table in CLICKS.tables
        ),
        settings=(
            SettingFacts("SEED", text, is_default=False),
            SettingFacts("RUN_ID", text, is_default=True),
        ),
        versions={"Python": text},
        repeat=(f"clickstream demo --seed {text}",),
        notes=(text,),
    )
