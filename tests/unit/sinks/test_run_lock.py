"""One job at a time on a checkpoint, whichever of its two processes is left."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from clickstream.contract.run.layout import Layout
from clickstream.errors import RunInProgress
from clickstream.sinks.start.run_lock import held, jvm_lock_path
from clickstream.testing import ManualClock

SECOND_JOB = """
import sys
from pathlib import Path
from clickstream.contract.run.layout import Layout
from clickstream.errors import RunInProgress
from clickstream.sinks.start.run_lock import held
from clickstream.testing import ManualClock
try:
    with held(Layout(Path(sys.argv[1]), Path(sys.argv[2])), ManualClock()):
        print("held")
except RunInProgress as refusal:
    print(refusal.sentence)
"""
# What a JVM's FileLock is on Linux and macOS: a POSIX lock, which flock does not see.
LIKE_A_JVM = """
import fcntl, os, sys
file = open(sys.argv[1], "w+")
fcntl.lockf(file, fcntl.LOCK_EX)
print(os.getpid(), file=file, flush=True)
print("locked", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    (tmp_path / "checkpoint").mkdir()
    return Layout(output=tmp_path / "output", checkpoint=tmp_path / "checkpoint")


@contextmanager
def jvm_left_behind(layout: Layout) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", LIKE_A_JVM, str(jvm_lock_path(layout))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "locked\n"
        yield process
        process.kill()


def test_a_second_job_on_the_checkpoint_is_refused_until_the_first_has_ended(layout: Layout) -> None:
    def try_second() -> str:
        command = [sys.executable, "-c", SECOND_JOB, str(layout.output), str(layout.checkpoint)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    with held(layout, ManualClock()):
        assert f"Another job runs on the checkpoint {layout.checkpoint}" in try_second()
        with pytest.raises(RunInProgress), held(layout, ManualClock()):
            pass
    assert try_second() == "held\n"


def test_a_second_job_with_another_checkpoint_on_the_same_output_is_refused(layout: Layout) -> None:
    other = Layout(output=layout.output, checkpoint=layout.checkpoint.with_name("other"))
    with held(layout, ManualClock()):
        refused = pytest.raises(RunInProgress, match=f"Another job writes to {layout.output}")
        with refused, held(other, ManualClock()):
            pass
    with held(other, ManualClock()):
        pass


def test_a_jvm_whose_job_was_killed_keeps_others_out_and_is_named(layout: Layout) -> None:
    with jvm_left_behind(layout) as jvm:
        named = f"but the process that started it has ended. Its pid is {jvm.pid}."
        with pytest.raises(RunInProgress, match=named), held(layout, ManualClock()):
            pass
        # The refusal has let go of what it held.
        with pytest.raises(RunInProgress, match="The JVM of an earlier job"), held(layout, ManualClock()):
            pass


def test_a_jvm_that_is_about_to_end_is_waited_for(layout: Layout) -> None:
    with jvm_left_behind(layout) as jvm:

        def end_it(_duration_s: float) -> None:
            jvm.kill()
            jvm.wait()

        clock = ManualClock(on_sleep=end_it)
        with held(layout, clock):
            assert len(clock.sleeps_s) == 1


def test_the_file_of_a_jvm_that_has_gone_means_nothing(layout: Layout) -> None:
    jvm_lock_path(layout).write_text("4711\n")
    with held(layout, ManualClock()):
        pass
    assert jvm_lock_path(layout).read_text() == "4711\n"
