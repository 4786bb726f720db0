"""Each stage of a command is shown while it lasts, and with its seconds when it has ended."""

import io
import os
import re
import signal

import pytest
from rich.console import Console

from clickstream.cli.printing.stages import Stages, stages
from clickstream.contract.stages import Done, timed
from clickstream.testing import ManualClock


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


def plain(clock: ManualClock) -> tuple[Stages, io.StringIO]:
    written = io.StringIO()
    return Stages(Console(file=written, width=140, soft_wrap=True), clock, live=False), written


def on_terminal(clock: ManualClock, width: int = 80) -> tuple[Stages, io.StringIO]:
    written = io.StringIO()
    console = Console(file=written, width=width, height=24, force_terminal=True, color_system=None)
    return Stages(console, clock, live=True), written


def test_outside_a_terminal_a_stage_has_a_line_for_its_begin_and_one_for_its_end(clock: ManualClock) -> None:
    shown, written = plain(clock)
    with timed(shown, clock, "start the embedded broker") as reached:
        clock.sleep(3.14)
        reached("the embedded broker answers at 127.0.0.1:9092")
    shown("a note")
    assert written.getvalue().splitlines() == [
        "start the embedded broker …",
        "the embedded broker answers at 127.0.0.1:9092 after 3.1 s",
        "a note",
    ]


def test_a_stage_that_says_no_end_ends_where_the_next_one_begins(clock: ManualClock) -> None:
    shown, written = plain(clock)
    shown("stop producer …")
    clock.sleep(1)
    shown("a note in between")
    clock.sleep(1)
    shown("stop stream …")
    clock.sleep(0.5)
    shown.close()
    shown.close()
    assert written.getvalue().splitlines() == [
        "stop producer …",
        "a note in between",
        "stop producer: 2.0 s",
        "stop stream …",
        "stop stream: 0.5 s",
    ]


def test_on_a_terminal_the_open_stage_has_its_seconds_and_leaves_one_line(clock: ManualClock) -> None:
    shown, written = on_terminal(clock)
    shown("wait for the job …")
    clock.sleep(12)
    shown.download(1, 10)
    assert "wait for the job 12 s" in written.getvalue().replace("  ", " ")
    shown(Done("every query has landed a batch after 12.0 s"))
    shown.close()
    left = written.getvalue().rpartition("\r")[2]
    assert left.endswith("every query has landed a batch after 12.0 s\n")


def test_a_download_is_one_line_and_on_a_terminal_a_bar_that_leaves_nothing(clock: ManualClock) -> None:
    shown, written = plain(clock)
    for done_bytes in (1_000_000, 2_000_000, 3_000_000):
        shown.download(done_bytes, 3_000_000)
    assert written.getvalue() == "fetching jars: 3 MB, once\n"

    shown, written = on_terminal(clock)
    shown.download(1_000_000, 3_000_000)
    shown.download(3_000_000, 3_000_000)
    assert "\u2501" in written.getvalue()
    assert "\u2501" not in written.getvalue().rpartition("\r")[2]


def test_the_live_line_is_never_longer_than_the_terminal(clock: ManualClock) -> None:
    shown, written = on_terminal(clock, width=40)
    shown("wait for something with a very long name that does not fit a narrow terminal …")
    shown.download(1, 10)
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", written.getvalue()).replace("\r", "\n")
    lines = [line.rstrip() for line in text.splitlines() if "wait for" in line]
    assert lines
    assert all(len(line) <= 40 and line.endswith("0 s") for line in lines)
    shown.break_off()
    assert "not finished after 0.0 s" in " ".join(written.getvalue().split())


def test_sigterm_ends_a_command_as_ctrl_c_does_so_that_what_it_began_is_undone() -> None:
    def wait() -> None:
        with stages() as on_stage:
            on_stage("wait for the job …")
            os.kill(os.getpid(), signal.SIGTERM)
            signal.pause()

    with pytest.raises(KeyboardInterrupt):
        wait()
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_a_stage_that_fails_does_not_look_finished_while_it_is_undone(clock: ManualClock) -> None:
    shown, written = plain(clock)

    def fails() -> None:
        try:
            with timed(shown, clock, "wait for the job"):
                clock.sleep(3)
                raise KeyboardInterrupt
        finally:
            shown("stop stream …")
            shown.close()

    with pytest.raises(KeyboardInterrupt):
        fails()
    assert written.getvalue().splitlines() == [
        "wait for the job …",
        "wait for the job: not finished after 3.0 s",
        "stop stream …",
        "stop stream: 0.0 s",
    ]
