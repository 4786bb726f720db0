"""A log that has grown long is put aside once, at the start of the part that writes it."""

import sys
from pathlib import Path

import psutil

from clickstream.runtime.processes.started import LARGEST_LOG_BYTES, put_aside_when_long, spawn_detached


def test_a_long_log_is_put_aside_in_place_of_the_one_before(tmp_path: Path) -> None:
    log = tmp_path / "stream.log"
    (tmp_path / "stream.log.1").write_text("older")
    log.write_text("long enough")
    put_aside_when_long(log, above_bytes=5)
    assert not log.exists()
    assert (tmp_path / "stream.log.1").read_text() == "long enough"


def test_a_short_log_and_a_missing_one_are_left_alone(tmp_path: Path) -> None:
    log = tmp_path / "stream.log"
    put_aside_when_long(log)
    log.write_text("short")
    put_aside_when_long(log, above_bytes=5)
    assert log.read_text() == "short"


def test_a_part_that_starts_begins_a_new_log_after_a_long_one(tmp_path: Path) -> None:
    log = tmp_path / "part.log"
    with log.open("wb") as file:
        file.truncate(LARGEST_LOG_BYTES + 1)
    part = spawn_detached("part", (sys.executable, "-c", "print('hello')"), log=log)
    psutil.wait_procs([psutil.Process(part.pid)] if psutil.pid_exists(part.pid) else [], timeout=10)
    assert log.read_text() == "hello\n"
    assert (tmp_path / "part.log.1").stat().st_size == LARGEST_LOG_BYTES + 1
