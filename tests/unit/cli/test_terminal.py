"""On a terminal there are colours and a screen, unless NO_COLOR says otherwise; elsewhere there are lines."""

import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from clickstream.cli.printing.terminal import show, show_error
from clickstream.clock import SystemClock
from clickstream.contract.progress import Differences, SettingDifference
from clickstream.contract.status import KitStatus, PartState, PartStatus
from clickstream.errors import OutputDamaged
from clickstream.report.status.as_text import status
from clickstream.runtime.processes.started import StartedProcess
from unit.check.landing import land

COLOUR = re.compile(rb"\x1b\[[0-9;]*3[0-7]m")
DEADLINE_S = 60.0


class Terminal:
    """A command that runs at a terminal, and what it has written there."""

    def __init__(self, process: subprocess.Popen[bytes], end: int) -> None:
        self.process = process
        self.written = b""
        self._end = end

    def write(self, keys: bytes) -> None:
        """Type these keys."""
        os.write(self._end, keys)

    def resize(self, lines: int, columns: int) -> None:
        """Give the terminal another size, as a window does."""
        termios.tcsetwinsize(self._end, (lines, columns))
        self.process.send_signal(signal.SIGWINCH)

    def read_until(self, holds: Callable[[bytes], bool]) -> None:
        clock = SystemClock()
        end_s = clock.monotonic_s() + DEADLINE_S
        while not holds(self.written):
            assert clock.monotonic_s() < end_s, self.written
            if select.select([self._end], [], [], 0.1)[0]:
                try:
                    self.written += os.read(self._end, 65_536)
                except OSError:  # how Linux says that nobody writes there any more
                    assert holds(self.written), self.written
                    return


@contextmanager
def at_a_terminal(folder: Path, *arguments: str, **environment: str) -> Iterator[Terminal]:
    ours, theirs = pty.openpty()
    kept = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "TERM"}}
    process = subprocess.Popen(
        [sys.executable, "-m", "clickstream", *arguments],
        cwd=folder,
        env=kept | {"TERM": "xterm-256color", "COLUMNS": "80", "LINES": "40"} | environment,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    try:
        yield Terminal(process, ours)
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def said(folder: Path, *arguments: str, **environment: str) -> bytes:
    with at_a_terminal(folder, *arguments, **environment) as terminal:
        terminal.read_until(lambda written: b"page_metrics" in written)
        return terminal.written


def test_no_color_takes_the_colours_off(tmp_path: Path) -> None:
    assert COLOUR.search(said(tmp_path, "show", "nope"))
    assert not COLOUR.search(said(tmp_path, "show", "nope", NO_COLOR="1"))


def test_status_is_watched_on_a_screen_of_its_own_which_ctrl_c_gives_back(tmp_path: Path) -> None:
    with at_a_terminal(tmp_path, "status", "--watch") as terminal:
        terminal.read_until(lambda written: b"\x1b[?1049h" in written and b"stopped" in written)
        terminal.process.send_signal(signal.SIGINT)
        terminal.read_until(lambda written: b"\x1b[?1049l" in written and b"\x1b[?25h" in written)
        assert terminal.process.wait(DEADLINE_S) == 0


def test_a_watched_screen_never_scrolls_and_follows_the_size_of_the_terminal(tmp_path: Path) -> None:
    land(tmp_path)
    places = {"OUTPUT_PATH": str(tmp_path), "RUN_ID": "output"}
    with at_a_terminal(tmp_path, "status", "--watch", COLUMNS="", LINES="", **places) as terminal:
        terminal.resize(24, 80)
        terminal.read_until(lambda written: b"last check" in written)
        small = terminal.written
        assert b"log" not in small
        terminal.resize(40, 140)
        # Only a wide screen has the logs of parts, and only a long one has rules.
        terminal.read_until(lambda written: b"log" in written and "─".encode() in written)
        terminal.process.send_signal(signal.SIGINT)
        assert terminal.process.wait(DEADLINE_S) == 0
    begin, _, first = small.partition(b"\x1b[?1049h")
    assert b"\n" not in begin
    assert all(frame.count(b"\n") < 24 for frame in first.split(b"\x1b[H"))
    assert b"\x1b[2J" not in terminal.written


@pytest.mark.parametrize("arguments", [("status",), ("show", "nope"), ("--help",)], ids=" ".join)
def test_without_a_terminal_there_are_plain_lines(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "clickstream", *arguments],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    assert ended.stdout.strip()
    assert b"\x1b" not in ended.stdout


def test_watching_without_a_terminal_is_a_line_per_change_and_batch_until_ctrl_c(tmp_path: Path) -> None:
    newest = land(tmp_path).layout.record_paths("events")[-1]
    text = newest.read_text()
    newest.unlink()
    with subprocess.Popen(
        [sys.executable, "-m", "clickstream", "status", "--watch"],
        cwd=tmp_path,
        env=os.environ | {"OUTPUT_PATH": str(tmp_path), "RUN_ID": "output"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline()]
        newest.write_text(text)
        lines.append(process.stdout.readline())
        StartedProcess("stream", os.getpid(), 1.0, ("python",), tmp_path / "log").save(
            tmp_path / ".clickstream"
        )
        lines.append(process.stdout.readline())
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=DEADLINE_S)
    assert process.returncode == 0
    assert b"stream stopped" in lines[0]
    assert b" events batch 4: 0 offsets" in lines[1]
    assert b"stream crashed" in lines[2]
    assert b"\x1b" not in b"".join(lines) + rest


def test_a_command_in_an_error_is_printed_without_line_breaks(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "40")
    steps = "Replay it: `clickstream replay --run-id default-replay`.\nOr: `clickstream reset`."
    show_error(OutputDamaged("It is damaged.", next_step=steps))
    lines = capsys.readouterr().err.splitlines()
    assert sum("replay --run-id default-replay`." in line for line in lines) == 1
    assert sum("reset`." in line for line in lines) == 1


def test_what_an_error_quotes_does_not_act_on_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    hostile = "\x1b[2J\x9b31m [red]"
    show_error(OutputDamaged(f"Not {hostile}.", next_step=f"See {hostile}.", details=(f"Log: {hostile}",)))
    printed = capsys.readouterr().err
    assert printed.count("\\x1b[2J\\x9b31m [red]") == 3
    assert all(line.isprintable() for line in printed.splitlines())


def test_a_path_with_colons_is_printed_as_it_is_and_not_as_an_emoji(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show_error(OutputDamaged("The folder is /a:b: no.", next_step="See /x:b:y."))
    assert "/a:b: no." in capsys.readouterr().err


def test_the_command_that_applies_settings_is_printed_without_line_breaks(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")
    apply = f"docker run {'a-long-word ' * 12}the-end"
    different = Differences((SettingDifference("PAGE_WINDOW", "1 minute", "2 minutes"),), apply)
    part = PartStatus("stream", PartState.RUNNING, pid=1, differences=different)
    found = KitStatus(
        at=datetime(2026, 1, 1, tzinfo=UTC),
        parts=(part,),
        topic=None,
        queries=(),
        rows_landed={},
        acknowledged=None,
        notes=(),
    )
    show(status(found))
    assert f"  to apply them: {apply}" in capsys.readouterr().out.splitlines()
