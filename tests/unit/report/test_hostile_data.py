"""One run of hostile data through everything that shows data: no traceback, nothing that acts on a terminal.

Times beyond the calendars of Python and polars, control characters, ANSI escapes, rich markup, text from
right to left, NUL, HTML, very long texts, and bytes that are not UTF-8.
"""

import io
import json
import re
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console, RenderableType

import clickstream
from clickstream.check.findings import Verdict
from clickstream.check.landed.newest import newest_rows
from clickstream.check.sql.answer import Answer
from clickstream.cli.printing.logs import batch_log
from clickstream.cli.printing.terminal import show, show_json
from clickstream.clicks import CLICKS
from clickstream.clicks.tables import EVENTS_RAW, EVENTS_REJECTED, PAGE_METRICS, TABLES
from clickstream.contract.progress import BatchProgress
from clickstream.contract.status import KitStatus, PartState, PartStatus
from clickstream.contract.topic import TopicMessage, TopicStatus
from clickstream.operate.logs import PartLogs
from clickstream.operate.status.kit_status import StatusReader
from clickstream.report import landed_rows
from clickstream.report import topic as topic_report
from clickstream.report.log_lines import batch_line, with_readable_times
from clickstream.report.plain_text import plain_lines
from clickstream.report.status import as_json as status_json
from clickstream.report.status import as_lines, on_screen
from clickstream.report.status import as_text as status_text
from clickstream.report.verdict import as_json, as_text
from clickstream.settings import load
from clickstream.testing import ManualClock
from unit.check.landing import Landing, Rejected, click, land
from unit.check.reference import Click

HOSTILE = (
    "\x1b[2J\x1b]0;title\x07",
    "\x9b31m\x85\x7f",
    "[bold red]markup[/][link=file:///etc]x[/link]",
    "\u202eright to left\u2066\u200f",
    "NUL \0 and \b\r\n\t",
    "<script>alert(1)</script>&amp;",
    "=1+1,\"',;",
    "x" * 100_000,
    "\U0001f642\u0301\ufeff",
    "",
)
LAST_US = 253_402_365_599_000_000
"""9999-12-31T23:59:59-18:00"""
FIRST_US = -62_135_661_600_000_000
"""0001-01-01T00:00:00+18:00"""
STAMPS_MS = (0, 1, 253_402_365_599_000, 6_000_000_000_000_000)
"""Kafka timestamps as far as the year +192103."""
SHORT = tuple(text for text in HOSTILE if len(text) < 1_000)


def hostile_clicks() -> tuple[Click, ...]:
    return tuple(
        click(number, user_id=text, page=text, session_id=text, country=text, browser=text)
        for number, text in enumerate(HOSTILE)
    )


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Landing:
    batches = (
        (Click(ts_us=FIRST_US), *hostile_clicks()),
        (Rejected(b"\xed\xa0\x80\xff\x1b[2J\0", "not_utf8"), Rejected(None, "empty"), Click(ts_us=LAST_US)),
        (click(40), Rejected(b"x" * 100_000, "not_json")),
    )
    return land(tmp_path_factory.mktemp("hostile"), batches, stamps_ms=STAMPS_MS)


@pytest.fixture(scope="module")
def verdict(landing: Landing) -> Verdict:
    return landing.verify()


@pytest.fixture
def differing(landing: Landing) -> Iterator[Verdict]:
    """The verdict where half of the rows of some files are missing."""
    before = {
        (table.name, batch): (landing.rows(table, batch), landing.record(table.query, batch))
        for table, batch in ((EVENTS_RAW, 0), (EVENTS_REJECTED, 1), (PAGE_METRICS, 2))
    }
    for table, batch in ((EVENTS_RAW, 0), (EVENTS_REJECTED, 1), (PAGE_METRICS, 2)):
        rows, _ = before[table.name, batch]
        landing.rewrite(table, batch, rows.head(rows.height // 2))
    yield landing.verify()
    for table, batch in ((EVENTS_RAW, 0), (EVENTS_REJECTED, 1), (PAGE_METRICS, 2)):
        landing.rewrite(table, batch, before[table.name, batch][0])


def on_terminal(result: RenderableType, width: int = 80) -> str:
    console = Console(file=io.StringIO(), force_terminal=True, width=width, highlight=False)
    console.print(result)
    assert isinstance(console.file, io.StringIO)
    return re.sub(r"\x1b\[[0-9;]*m", "", console.file.getvalue())  # rich's own styles


def printed(result: RenderableType) -> Iterator[str]:
    """A result on a terminal, as plain lines, and as the command line prints it into a file."""
    yield on_terminal(result)
    yield "\n".join(plain_lines(result))
    yield written_to_a_file(lambda: show(result))


def written_to_a_file(write: Callable[[], None]) -> str:
    """What goes to stdout in UTF-8."""
    content = io.BytesIO()
    with redirect_stdout(io.TextIOWrapper(content, encoding="utf-8", newline="")) as stdout:
        write()
        stdout.flush()
        return content.getvalue().decode()


def printed_json(text: str) -> str:
    return written_to_a_file(lambda: show_json(text))


def is_harmless(text: str) -> bool:
    return all(each.isprintable() for line in text.split("\n") for each in line.replace("\t", " "))


def test_the_run_itself_is_as_the_reference_says(verdict: Verdict) -> None:
    assert {finding.code for finding in verdict.failures} == set()
    assert max(query.watermark_ms for query in verdict.queries) > 253_402_300_800_000


@pytest.mark.parametrize("name", ["verdict", "differing"])
def test_check_prints_it(request: pytest.FixtureRequest, name: str) -> None:
    found: Verdict = request.getfixturevalue(name)
    assert found.passed is (name == "verdict")
    texts = list(printed(as_text.verdict(found)))
    assert all(map(is_harmless, texts))
    text = printed_json(as_json.verdict(found))
    assert is_harmless(text)
    assert json.loads(text) == json.loads(as_json.verdict(found))


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_show_prints_it(landing: Landing, table) -> None:
    newest = newest_rows(landing.layout, CLICKS, table, 100)
    for width in (40, 80, None):
        for text in printed(landed_rows.as_table(newest, width)):
            assert is_harmless(text)
    text = printed_json(landed_rows.as_json_lines(newest))
    assert is_harmless(text)
    rows = list(map(json.loads, text.splitlines()))
    assert len(rows) == len(newest.rows) > 0
    if table is EVENTS_RAW:
        assert {row["page"] for row in rows} >= set(HOSTILE)
        assert {row["event_ts"] for row in rows} >= {
            "+10000-01-01T17:59:59.000000Z",
            "0000-12-31T06:00:00.000000Z",
        }
        assert any(row["kafka_timestamp"].startswith("+192") for row in rows)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_sql_prints_it(landing: Landing, table) -> None:
    answer = Answer(landing.layout, CLICKS, f"SELECT * FROM {table.name}")
    rows, count = answer.first(100)
    for width in (40, 80, None):
        for text in printed(landed_rows.counted_table(rows, count, answer.columns, width)):
            assert is_harmless(text)
    lines = "".join(landed_rows.json_lines(batch) for batch in answer.batches(None))
    assert is_harmless(printed_json(lines))
    newest = landed_rows.as_json_lines(newest_rows(landing.layout, CLICKS, table, 100))
    assert sorted(lines.splitlines()) == sorted(newest.splitlines())


def test_read_gives_all_rows(landing: Landing) -> None:
    for table in TABLES:
        rows = clickstream.read(table.name, landing.layout.output).collect()
        assert rows.height == sum(
            landing.record(table.query, batch).tables[table.name].rows for batch in range(4)
        )


@pytest.fixture
def status(landing: Landing, tmp_path: Path) -> KitStatus:
    settings, _ = load({"STATE_PATH": tmp_path / "state"}, dotenv=tmp_path / "none")
    paths = settings.paths.model_copy(
        update={"run_id": landing.layout.output.name, "output": landing.layout.output.parent}
    )
    found = StatusReader(replace(settings, paths=paths), ManualClock()).read()
    died = PartStatus("stream", PartState.CRASHED, why="exit code 1: " + SHORT[0], last_lines=SHORT)
    topic = TopicStatus("events", "127.0.0.1:1", {0: (0, 2**62)})
    return replace(found, parts=(*found.parts, died), topic=topic)


def test_status_prints_it(status: KitStatus) -> None:
    text = on_terminal(status_text.status(status))
    assert "+10000-01-01 17:59:56" in text
    versions = [status_text.status(status), *on_screen.versions(status)]
    for version in versions:
        assert all(map(is_harmless, printed(version)))
    assert is_harmless(as_lines.one_line(status))
    assert is_harmless(printed_json(status_json.status(status)))


MESSAGES = [
    TopicMessage(0, number, stamp_ms, key, value)
    for number, (stamp_ms, key, value) in enumerate(
        [
            *((stamp_ms, b"\xff", text.encode()) for stamp_ms in (-1, *STAMPS_MS) for text in HOSTILE),
            (2**63 - 1, None, b"\xed\xa0\x80"),
        ]
    )
]


def test_topic_tail_and_describe_print_it() -> None:
    for line in topic_report.message_lines(MESSAGES):
        assert is_harmless(on_terminal(line))
    text = printed_json(topic_report.messages_json(MESSAGES))
    assert is_harmless(text)
    assert len(text.splitlines()) == len(MESSAGES)
    for hostile in SHORT:
        found = TopicStatus("events", "127.0.0.1:1", {0: (0, 2**63 - 1)}, config={"key": hostile})
        assert all(map(is_harmless, printed(topic_report.details(found))))
        assert is_harmless(printed_json(topic_report.details_json(found)))


@pytest.mark.parametrize("watermark_ms", [0, 253_402_365_599_000, 2**63 - 1])
def test_the_lines_of_a_running_job_and_its_log_print_it(tmp_path: Path, watermark_ms: int) -> None:
    progress = BatchProgress("aggregates", 7, 5, {"sessions": 1}, watermark_ms, 0.5, replayed=False)
    assert is_harmless(batch_line(progress))
    with redirect_stdout(io.StringIO()) as stdout:
        batch_log()(progress)
    log = tmp_path / "logs" / "stream.log"
    log.parent.mkdir()
    log.write_bytes(stdout.getvalue().encode() + b"\xff\n" + "\n".join(SHORT).encode())
    lines = [with_readable_times(line.text) for line in PartLogs(tmp_path, ()).last(100)]
    assert any("event=batch_landed" in line for line in lines)
