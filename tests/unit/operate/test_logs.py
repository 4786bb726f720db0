"""The parts' logs are read to their end and then followed, whatever becomes of the files."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from clickstream.errors import CouldNotCheck, UsageError
from clickstream.operate.logs import LogLine, PartLogs


@pytest.fixture
def open_logs(tmp_path: Path) -> Iterator[object]:
    """Opens the logs of the state folder, and lets go of them at the end."""
    with ExitStack() as opened:
        yield lambda name=None: opened.enter_context(closing(PartLogs(tmp_path, name)))


def write(state: Path, name: str, text: str, mode: str = "a") -> Path:
    log = state / "logs" / f"{name}.log"
    log.parent.mkdir(exist_ok=True)
    with log.open(mode) as file:
        file.write(text)
    return log


def test_the_last_lines_of_each_part_come_first_and_then_what_is_new(tmp_path: Path, open_logs) -> None:
    write(tmp_path, "producer", "1\n2\n3\n")
    write(tmp_path, "stream", "a\n")
    logs = open_logs()
    assert list(logs.last(2)) == [LogLine("producer", "2"), LogLine("producer", "3"), LogLine("stream", "a")]
    assert list(logs.new()) == []
    write(tmp_path, "stream", "b\n")
    write(tmp_path, "producer", "4\n")
    assert list(logs.new()) == [LogLine("producer", "4"), LogLine("stream", "b")]


def test_a_line_comes_when_it_is_whole(tmp_path: Path, open_logs) -> None:
    write(tmp_path, "stream", "")
    logs = open_logs("stream")
    assert list(logs.last(5)) == []
    write(tmp_path, "stream", "half a ")
    assert list(logs.new()) == []
    write(tmp_path, "stream", "line\n")
    assert list(logs.new()) == [LogLine("stream", "half a line")]


def test_a_log_that_is_cut_is_followed_from_its_new_beginning(tmp_path: Path, open_logs) -> None:
    write(tmp_path, "stream", "a long first line\n")
    logs = open_logs()
    list(logs.last(5))
    write(tmp_path, "stream", "anew\n", mode="w")
    assert list(logs.new()) == [LogLine("stream", "anew")]


def test_a_log_that_is_put_aside_is_read_to_its_end_and_then_the_new_one(tmp_path: Path, open_logs) -> None:
    log = write(tmp_path, "stream", "first\n")
    logs = open_logs()
    list(logs.last(5))
    write(tmp_path, "stream", "second\n")
    list(logs.new())
    write(tmp_path, "stream", "last words\n")
    log.rename(log.with_name("stream.log.1"))
    write(tmp_path, "stream", "a new log, longer than the one before\n")
    assert [line.text for line in logs.new()] == ["last words", "a new log, longer than the one before"]


def test_a_part_that_begins_to_write_later_is_followed_from_its_first_line(tmp_path: Path, open_logs) -> None:
    write(tmp_path, "producer", "")
    logs = open_logs()
    list(logs.last(5))
    write(tmp_path, "stream", "hello\n")
    assert list(logs.new()) == [LogLine("stream", "hello")]


def test_bytes_that_are_no_text_do_not_end_the_reading(tmp_path: Path, open_logs) -> None:
    log = write(tmp_path, "stream", "")
    log.write_bytes(b"\xff\xfe\n")
    assert [line.name for line in open_logs().last(5)] == ["stream"]


def test_an_unknown_name_is_refused_with_those_there_are(tmp_path: Path) -> None:
    write(tmp_path, "producer", "")
    write(tmp_path, "stream", "")
    with pytest.raises(UsageError) as refused:
        PartLogs(tmp_path, "spark-master")
    assert refused.value.exit_code == 2
    assert "producer, stream" in refused.value.next_step


def test_where_nothing_was_started_there_is_nothing_to_show(tmp_path: Path) -> None:
    with pytest.raises(CouldNotCheck) as refused:
        PartLogs(tmp_path, None)
    assert refused.value.exit_code == 3
