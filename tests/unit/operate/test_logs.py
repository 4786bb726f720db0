"""The parts' logs are read to their end and then followed, whatever becomes of the files."""

from collections.abc import Callable
from pathlib import Path

import pytest

from clickstream.errors import CouldNotCheck, UsageError
from clickstream.operate.logs import LogLine, PartLogs
from clickstream.report.log_lines import with_readable_times


@pytest.fixture
def open_logs(tmp_path: Path) -> Callable[..., PartLogs]:
    """Opens the logs of the state folder."""
    return lambda *names: PartLogs(tmp_path, names)


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
        PartLogs(tmp_path, ["producer", "spark-master"])
    assert refused.value.exit_code == 2
    assert "producer, stream" in refused.value.next_step


def test_where_nothing_was_started_there_is_nothing_to_show(tmp_path: Path) -> None:
    with pytest.raises(CouldNotCheck) as refused:
        PartLogs(tmp_path)
    assert refused.value.exit_code == 3


def test_only_the_logs_of_parts_are_shown_and_others_if_they_are_named(tmp_path: Path, open_logs) -> None:
    write(tmp_path, "prepare-tools", "Requirement already satisfied\n")
    with pytest.raises(CouldNotCheck):
        PartLogs(tmp_path)
    write(tmp_path, "stream", "a\n")
    write(tmp_path, "spark", "b\n")
    assert [line.name for line in open_logs().last(5)] == ["spark", "stream"]
    assert [line.name for line in open_logs("prepare-tools").last(5)] == ["prepare-tools"]


def test_several_parts_are_shown_in_the_order_in_which_they_are_named(tmp_path: Path, open_logs) -> None:
    for name in ("embedded-kafka", "producer", "stream"):
        write(tmp_path, name, "a\n")
    logs = open_logs("stream", "producer", "stream")
    assert [line.name for line in logs.last(5)] == ["stream", "producer"]
    write(tmp_path, "embedded-kafka", "b\n")
    write(tmp_path, "producer", "b\n")
    assert list(logs.new()) == [LogLine("producer", "b")]
    assert [line.name for line in open_logs("broker").last(1)] == ["embedded-kafka"]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("batch watermark_ms=1795797470320 rows=1", "batch watermark=2026-11-27T16:37:50.320Z rows=1"),
        ("watermark_ms=0 duration_s=1", "watermark=none duration_s=1"),
        ("watermark_ms=999999999999999999", "watermark=+31690708-07-05T01:46:39.999Z"),
        (
            "%3|1795797470.320|FAIL|rdkafka#producer-1| down",
            "%3|2026-11-27T16:37:50.320Z|FAIL|rdkafka#producer-1| down",
        ),
        ("session at 1795797470320, id 7", "session at 2026-11-27T16:37:50.320Z, id 7"),
        ("timestamp 1795797470320", "timestamp 2026-11-27T16:37:50.320Z"),
        ("spent 1795797470320 milliseconds", "spent 1795797470320 milliseconds"),
        ("[ack] events:0@1795797470320", "[ack] events:0@1795797470320"),
        ("batch-1795797470320.parquet", "batch-1795797470320.parquet"),
        ("2026-11-27T16:38:33.525Z WARN 12345", "2026-11-27T16:38:33.525Z WARN 12345"),
    ],
)
def test_epoch_milliseconds_are_shown_as_times_and_other_numbers_stay(line: str, shown: str) -> None:
    assert with_readable_times(line) == shown


def test_the_cluster_is_its_master_and_its_workers(tmp_path: Path, open_logs) -> None:
    write(tmp_path, "spark-master", "master\n")
    write(tmp_path, "spark-worker-1", "worker\n")
    write(tmp_path, "stream", "job\n")
    assert [line.text for line in open_logs("cluster").last(5)] == ["master", "worker"]
    with pytest.raises(UsageError, match="no log of 'broker'"):
        open_logs("broker")
