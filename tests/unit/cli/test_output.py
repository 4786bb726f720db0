"""A closed pipe or a full disk ends a command in order, and is never taken for a verdict."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from clickstream.runtime.processes.started import StartedProcess

CLOSED = 141
MORE_COMMANDS = ("produce --stdout --count 100000", "torture --list", "doctor", "status --json")


@pytest.fixture
def closed_pipe() -> Iterator[int]:
    """The writing end of a pipe that nobody reads any more."""
    ours, theirs = os.pipe()
    os.close(ours)
    yield theirs
    os.close(theirs)


def ended(folder: Path, *arguments: str, stdout: int, stderr: int) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "clickstream", *arguments]
    return subprocess.run(command, cwd=folder, stdout=stdout, stderr=stderr, check=False)


@pytest.mark.parametrize(
    "arguments",
    [
        "--help",
        "status --watch",
        *(pytest.param(each, marks=pytest.mark.thorough) for each in ("config", *MORE_COMMANDS)),
    ],
)
def test_a_closed_pipe_is_no_verdict_and_makes_no_noise(
    tmp_path: Path, closed_pipe: int, arguments: str
) -> None:
    done = ended(tmp_path, *arguments.split(), stdout=closed_pipe, stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (CLOSED, b"")


def test_an_error_that_nobody_reads_is_no_verdict_either(tmp_path: Path, closed_pipe: int) -> None:
    assert ended(tmp_path, "check", stdout=closed_pipe, stderr=closed_pipe).returncode == CLOSED


@pytest.mark.parametrize(
    "arguments", ["config", *(pytest.param(each, marks=pytest.mark.thorough) for each in MORE_COMMANDS)]
)
def test_a_full_disk_under_the_output_is_an_error_in_words(tmp_path: Path, arguments: str) -> None:
    with Path("/dev/full").open("wb") as full:
        done = ended(tmp_path, *arguments.split(), stdout=full.fileno(), stderr=subprocess.PIPE)
    assert done.returncode == 3
    assert done.stderr.startswith(b"error: The output cannot be written: No space left on device.")
    assert b"Traceback" not in done.stderr


def test_down_stops_everything_though_its_reader_has_gone(tmp_path: Path, closed_pipe: int) -> None:
    parts = [subprocess.Popen(["/bin/sleep", "60"]) for _ in range(2)]
    for name, part in zip(("producer", "stream"), parts, strict=True):
        created_at = psutil.Process(part.pid).create_time()
        record = StartedProcess(name, part.pid, created_at, ("sleep",), tmp_path / f"{name}.log")
        record.save(tmp_path / ".clickstream")
    # As init does for parts of a real kit: `down` waits until they are gone.
    with ThreadPoolExecutor() as reaper:
        exit_codes = [reaper.submit(part.wait, 60) for part in parts]
        done = ended(tmp_path, "down", stdout=closed_pipe, stderr=closed_pipe)
        assert done.returncode == CLOSED
        assert [code.result() for code in exit_codes] == [-signal.SIGTERM] * 2


IN_ORDER = """
import threading
from clickstream.cli.printing import output
from clickstream.cli.printing.terminal import show_text, stopping_in_order
output.take_over()
with stopping_in_order() as stop_requested:
    assert not stop_requested()
    other = threading.Thread(target=show_text, args=("of another thread",))
    other.start()
    other.join()
    show_text("of this one")
    assert stop_requested()
    open("ended", "w").close()
open("not reached", "w").close()
"""


def test_work_that_ends_in_order_is_asked_to_stop_and_ends(tmp_path: Path, closed_pipe: int) -> None:
    command = [sys.executable, "-c", IN_ORDER]
    done = subprocess.run(command, cwd=tmp_path, stdout=closed_pipe, stderr=subprocess.PIPE, check=False)
    assert (done.returncode, done.stderr) == (CLOSED, b"")
    assert [path.name for path in tmp_path.iterdir()] == ["ended"]


@pytest.mark.parametrize("arguments", ["status", "--help"])
def test_an_output_without_our_characters_does_not_fail(tmp_path: Path, arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "clickstream", *arguments.split()],
        cwd=tmp_path,
        env=os.environ | {"PYTHONIOENCODING": "ascii", "LC_ALL": "C", "TERM": "dumb"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    assert done.stdout.isascii()
    assert b"Traceback" not in done.stdout
    assert b"\\u" not in done.stdout


LACKING = r"""
import json
from clickstream.cli.printing import output
from clickstream.cli.printing.terminal import show_json, show_text, tell
output.take_over()
show_text("a → b … │ ≠ ─ é \U0001f600 \udcff")
show_json(json.dumps({"page": "→é\U0001f600"}, ensure_ascii=False))
"""


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("ascii", "a ? b ? ? ? ? ? ? ?"),
        ("latin-1", "a ? b ? ? ? ? é ? ?"),
        ("utf-8", "a → b … │ ≠ ─ é \U0001f600 ?"),
    ],
)
def test_no_encoding_makes_an_output_fail_and_json_keeps_its_values(encoding: str, words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LACKING],
        env=os.environ | {"PYTHONIOENCODING": encoding},
        capture_output=True,
        check=False,
    )
    text, as_json = done.stdout.decode(encoding).splitlines()
    assert text == words
    assert json.loads(as_json) == {"page": "→é\U0001f600"}
