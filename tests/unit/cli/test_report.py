"""`clickstream report` writes a page of what has landed, and refuses first what it cannot do."""

import http.client
import json
import re
import signal
import socket
import subprocess
import sys
import webbrowser
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from clickstream.cli.entry import app
from clickstream.errors import ClickstreamError, CouldNotCheck, FolderNotWritable, PortInUse, UsageError
from unit.check.landing import land


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, a project whose run has landed the story."""
    land(tmp_path)
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "OUTPUT_PATH": ".",
        "RUN_ID": "output",
        "CHECKPOINT_PATH": "none",
        "STATE_PATH": "state",
    }.items():
        monkeypatch.setenv(name, value)
    return tmp_path


def call(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def test_it_writes_the_page_to_the_file(folder: Path) -> None:
    assert call("report").exit_code == 0
    assert (folder / "report.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    ended = call("report", "--out", "other.html")
    assert "Wrote other.html." in ended.output
    assert (folder / "other.html").stat().st_mode & 0o777 == 0o644
    assert sorted(path.name for path in folder.iterdir()) == [
        "checkpoints",
        "other.html",
        "output",
        "report.html",
    ]


def test_json_is_printed_and_no_file_written(folder: Path) -> None:
    ended = CliRunner().invoke(app, ["report", "--json"])
    assert json.loads(ended.stdout)["outcome"]["result"] == "not_checked"
    assert not (folder / "report.html").exists()


def test_open_shows_the_file_in_the_browser(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    browser = webbrowser.GenericBrowser("true")
    browser.open = lambda url, new=0, autoraise=True: opened.append(url) is None  # type: ignore[method-assign]
    webbrowser.register("test", None, browser, preferred=True)
    try:
        assert call("report", "--open").exit_code == 0
    finally:
        webbrowser._tryorder.remove("test")  # type: ignore[attr-defined]
    assert opened == [(folder / "report.html").as_uri()]


@pytest.mark.parametrize(
    ("words", "refusal", "sentence"),
    [
        (["report", "--out", "output"], UsageError, "output is a folder"),
        (["report", "--out", "none/report.html"], UsageError, "does not exist"),
        (["check", "--report", "none/report.html"], UsageError, "does not exist"),
        (["demo", "--report", "none/report.html"], UsageError, "does not exist"),
        (["report", "--demo"], CouldNotCheck, "No demo has run"),
        (["report", "--folder", "."], UsageError, "--folder works with --demo only"),
    ],
)
def test_what_cannot_be_done_is_refused_first(
    folder: Path, words: list[str], refusal: type[ClickstreamError], sentence: str
) -> None:
    ended = call(*words)
    assert isinstance(ended.exception, refusal)
    assert sentence in ended.exception.sentence
    assert not list(folder.glob("**/*.html"))


def test_where_nothing_has_landed_there_is_no_report(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUN_ID", "other")
    ended = call("report")
    assert isinstance(ended.exception, CouldNotCheck)
    assert "Nothing has landed" in ended.exception.sentence


def test_a_check_that_could_not_be_done_is_reported_on_the_page(folder: Path) -> None:
    ended = call("check", "--report", "check.html")
    assert isinstance(ended.exception, ClickstreamError)
    assert ended.exception.exit_code == 3
    assert "Could not check" in (folder / "check.html").read_text(encoding="utf-8")


def test_a_page_that_cannot_be_written_leaves_no_partial_file(folder: Path) -> None:
    from clickstream.operate.run_report.writing import write_report
    from unit.report.html.sample_report import sample_report

    file = folder / "page.html"
    file.mkdir()
    (file / "other").touch()
    with pytest.raises(FolderNotWritable, match=r"page\.html cannot be written"):
        write_report(sample_report(), file)
    assert not list(folder.glob(".page*"))


def test_options_of_the_live_page_go_with_it_only(folder: Path) -> None:
    for words, sentence in (
        (["--port", "9000"], "--port works with --serve only"),
        (["--serve", "--out", "x.html"], "--serve writes no file"),
        (["--serve", "--json"], "--serve writes no file"),
    ):
        ended = call("report", *words)
        assert isinstance(ended.exception, UsageError)
        assert sentence in ended.exception.sentence


def test_a_port_that_is_taken_is_refused_with_its_owner(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ended = call("report", "--serve", "--port", str(taken.getsockname()[1]))
    assert isinstance(ended.exception, PortInUse)
    assert "wanted for the live page, is held by" in ended.exception.sentence


def test_the_live_page_is_served_until_ctrl_c(folder: Path) -> None:
    command = [sys.executable, "-m", "clickstream", "report", "--serve", "--port", "0"]
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as served:
        assert served.stdout
        address = re.search(r"http://127\.0\.0\.1:(\d+)/", served.stdout.readline())
        assert address
        with closing(http.client.HTTPConnection("127.0.0.1", int(address[1]), timeout=30)) as connection:
            connection.request("GET", "/")
            assert b"Not checked yet" in connection.getresponse().read()
        served.send_signal(signal.SIGINT)
        assert served.wait(30) == 0
        assert served.stderr
        assert served.stderr.read() == ""
