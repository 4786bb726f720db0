"""`clickstream sql` prints as `show` does; at its prompt it completes names and keeps a private history."""

import json
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput
from typer.testing import CliRunner, Result

from clickstream.cli.data.sql_prompt import HISTORY, SQL_FUNCTIONS, SQL_WORDS, typed_statements
from clickstream.cli.entry import app
from clickstream.clicks import CLICKS
from clickstream.errors import CouldNotCheck, UsageError
from unit.check.landing import Landing, land
from unit.cli.test_terminal import DEADLINE_S, at_a_terminal

USERS = "SELECT user_id, count(*) AS n FROM events_raw GROUP BY user_id ORDER BY user_id"


@pytest.fixture
def landing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Landing:
    """A run whose folders are those of the settings."""
    for name, value in places(tmp_path).items():
        monkeypatch.setenv(name, value)
    return land(tmp_path)


def places(folder: Path) -> dict[str, str]:
    return {"OUTPUT_PATH": str(folder), "RUN_ID": "output", "STATE_PATH": str(folder / "state")}


def sql(*arguments: str, stdin: str | bytes | None = None) -> Result:
    ended = CliRunner().invoke(app, ["sql", *arguments], input=stdin)
    if isinstance(ended.exception, Exception):
        raise ended.exception
    return ended


def test_rows_are_printed_in_columns_with_their_number(landing: Landing) -> None:
    assert sql(USERS).stdout.splitlines() == [
        "user_id  n", "ann      3", "bob      4", "cat      1", "null     1", "", "4 rows",
    ]  # fmt: skip


def test_of_more_rows_than_the_limit_the_first_are_printed(landing: Landing) -> None:
    lines = sql(USERS, "--limit", "2").stdout.splitlines()
    assert lines[1:] == ["ann      3", "bob      4", "", "4 rows; the first 2 are shown, --limit shows more"]


def test_json_and_csv_have_all_rows_or_those_of_the_limit(landing: Landing) -> None:
    rows = [json.loads(line) for line in sql("SELECT * FROM events_raw", "--json").stdout.splitlines()]
    assert len(rows) == 9
    assert rows[0]["event_ts"] == "2025-12-31T23:59:41.000000Z"
    csv = sql("SELECT value, kafka_timestamp AS at FROM events_rejected", "--csv").stdout
    assert csv.splitlines()[:2] == ["value,at", "eyJ1c2VyX2lkIjo3fQ==,2026-01-01T00:00:40.003000Z"]
    assert len(csv.splitlines()) == 4
    assert len(sql(USERS, "--csv", "-n", "2").stdout.splitlines()) == 3
    with pytest.raises(UsageError, match="exclude each other"):
        sql(USERS, "--csv", "--json")


def test_csv_of_a_whole_table_is_that_of_its_landed_files(landing: Landing) -> None:
    first = landing.files("events_raw", "csv")[0].read_text().splitlines()
    assert sql("SELECT * FROM events_raw", "--csv").stdout.splitlines()[: len(first)] == first


def test_statements_on_stdin_run_one_after_the_other_until_one_is_refused(landing: Landing) -> None:
    ended = sql(stdin="SELECT 1 AS a;\n-- a remark\nSELECT ';' AS b\n")
    assert ended.stdout.splitlines() == ["a", "1", "", "1 row", "b", ";", "", "1 row"]
    with pytest.raises(UsageError, match="no table 'nope'"):
        sql(stdin="SELECT 1; SELECT * FROM nope; SELECT 2")
    with pytest.raises(UsageError, match="no statement on stdin"):
        sql(stdin=" ;\n")
    with pytest.raises(UsageError, match="not UTF-8"):
        sql(stdin=b"SELECT '\xff'")


def test_without_a_run_the_exit_code_is_3(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTPUT_PATH", str(tmp_path))
    with pytest.raises(CouldNotCheck, match="Nothing has landed"):
        sql("SELECT 1")


@pytest.fixture
def keys() -> Iterator[PipeInput]:
    with create_pipe_input() as typed, create_app_session(input=typed):
        yield typed


def statements(history: Path) -> list[str]:
    return list(typed_statements(CLICKS, history, DummyOutput()))


@pytest.mark.parametrize(
    ("typed", "run"),
    [
        ("SELECT 1;\r", ["SELECT 1"]),
        ("SELECT 1; SELECT 2;\r", ["SELECT 1", "SELECT 2"]),
        ("SELECT\r1;\r", ["SELECT\n1"]),
        ("SELECT 1\r\r", ["SELECT 1"]),
        ("SELECT ';\r';\r", ["SELECT ';\n'"]),
        ("SELECT no\x03SELECT 2;\r", ["SELECT 2"]),  # Ctrl-C abandons
        ("\r;\r", []),
        ("exit\rSELECT 1;\r", []),
        ("exit;\rSELECT 1;\r", []),
        ("sel\t 1;\r", ["SELECT 1"]),
        ("SELECT * FROM geo\t;\r", ["SELECT * FROM geo_metrics"]),
        ("SELECT distinct_\t;\r", ["SELECT distinct_pages"]),
        ("/* all\rusers */ SELECT 1;\r", ["/* all\nusers */ SELECT 1"]),
    ],
    ids=repr,
)
def test_what_is_typed_ends_at_a_semicolon_or_an_empty_line(
    tmp_path: Path, keys: PipeInput, typed: str, run: list[str]
) -> None:
    keys.send_text(f"{typed}\x04")  # Ctrl-D ends it
    assert statements(tmp_path / HISTORY) == run


def test_the_history_is_private_and_comes_back_with_the_next_prompt(tmp_path: Path, keys: PipeInput) -> None:
    history = tmp_path / "state" / HISTORY
    keys.send_text("SELECT 1;\r\x04")
    statements(history)
    assert stat.S_IMODE(history.stat().st_mode) == 0o600
    history.chmod(0o644)
    keys.send_text("\x1b[A\r\x04")  # the arrow upwards
    assert statements(history) == ["SELECT 1"]
    assert stat.S_IMODE(history.stat().st_mode) == 0o600


def test_the_history_keeps_the_newest_thousand_statements(tmp_path: Path, keys: PipeInput) -> None:
    history = tmp_path / HISTORY
    history.write_text("".join(f"\n# now\n+SELECT {number};\n" for number in range(1_500)))
    keys.send_text("\x1b[A\r\x04")
    assert statements(history) == ["SELECT 1499"]
    kept = [line for line in history.read_text().splitlines() if line.startswith("+")]
    assert (len(kept), kept[0], kept[-1]) == (1_000, "+SELECT 500;", "+SELECT 1499;")


def test_a_history_that_cannot_be_written_is_done_without(tmp_path: Path, keys: PipeInput) -> None:
    (tmp_path / HISTORY).mkdir()
    keys.send_text("SELECT 1;\r\x04")
    assert statements(tmp_path / HISTORY) == ["SELECT 1"]


def refusal(statement: str) -> str:
    frame = pl.LazyFrame({"a": [1.0], "b": ["x"]})
    try:
        pl.SQLContext(frames={"t": frame}, eager=False).execute(statement).collect()
    except pl.exceptions.PolarsError as error:
        return str(error)
    return ""


def test_every_function_that_is_completed_is_one_of_polars() -> None:
    assert "unsupported function" in refusal("SELECT no_such_function(a) FROM t")
    unknown = [name for name in SQL_FUNCTIONS.split() if "unsupported" in refusal(f"SELECT {name}(a) FROM t")]
    assert unknown == []
    assert not set(SQL_FUNCTIONS.split()) & set(SQL_WORDS.split())


def prompt_after(text: bytes) -> Callable[[bytes], bool]:
    return lambda written: b"sql>" in written.partition(text)[2]


def test_at_a_terminal_an_error_does_not_end_the_prompt_and_ctrl_d_does(tmp_path: Path) -> None:
    land(tmp_path)
    with at_a_terminal(tmp_path, "sql", PROMPT_TOOLKIT_NO_CPR="1", **places(tmp_path)) as terminal:
        terminal.read_until(prompt_after(b"Tables:"))
        terminal.write(b"SELECT nope FROM sessions;\r")
        terminal.read_until(prompt_after(b"no column 'nope'"))
        terminal.write(b"SELECT count(*) AS number_of FROM sessions;\r")
        terminal.read_until(prompt_after(b"1 row"))
        terminal.write(b"\x04")
        assert terminal.process.wait(DEADLINE_S) == 0


def test_the_help_loads_no_prompt() -> None:
    code = "import sys, clickstream.cli.entry; sys.exit('prompt_toolkit' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
