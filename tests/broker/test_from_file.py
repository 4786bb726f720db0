"""A file into a real broker: stopped, killed, broken and resumed, every line of it is in the topic once."""

import gzip
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from clickstream.broker.reading import read_ranges
from clickstream.broker.topics import offset_ranges
from clickstream.settings import BrokerSettings

LINES = [
    json.dumps(
        {"event_time": f"2026-01-01T00:{n // 600:02}:{n // 10 % 60:02}Z", "user_id": f"user_{n % 97}", "n": n}
    ).encode()
    for n in range(20_000)
]
LINES[7_000] = b"not JSON"
LINES[7_001] = b""


class Command:
    """`clickstream produce --from` in a folder of its own."""

    def __init__(self, folder: Path, broker: BrokerSettings) -> None:
        self._folder = folder
        self._environment = os.environ | {
            "KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap_servers,
            "KAFKA_TOPIC": broker.topic,
            "OUTPUT_PATH": str(folder / "output"),
            "STATE_PATH": str(folder / "state"),
        }

    def start(self, *words: str, stdin: int = subprocess.DEVNULL) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "clickstream", "produce", "--from", *words]
        return subprocess.Popen(
            command,
            cwd=self._folder,
            env=self._environment,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *words: str) -> tuple[int, str]:
        """The exit code and what was printed."""
        sending = self.start(*words)
        output = sending.communicate(timeout=120)[0]
        return sending.returncode, output


@pytest.fixture
def broker(bootstrap_servers: str, topic: str) -> BrokerSettings:
    return BrokerSettings.model_construct(bootstrap_servers=bootstrap_servers, topic=topic, partitions=3)


@pytest.fixture
def command(tmp_path: Path, broker: BrokerSettings) -> Command:
    return Command(tmp_path, broker)


def in_topic(broker: BrokerSettings) -> list[bytes]:
    """The values of the topic, in the order of each partition."""
    ranges = {partition: span for partition, span in offset_ranges(broker).items() if span[0] < span[1]}
    return [value or b"" for records in read_ranges(broker, ranges) for value in records.values]


def count(broker: BrokerSettings) -> int:
    return sum(end for _, end in offset_ranges(broker).values())


def wait_for(broker: BrokerSettings, records: int) -> None:
    give_up_s = time.monotonic() + 60
    while count(broker) < records:
        assert time.monotonic() < give_up_s, "too few records came"
        time.sleep(0.05)


def test_a_file_that_is_stopped_killed_and_continued_is_in_the_topic_once(tmp_path, command, broker):
    file = tmp_path / "events.ndjson.gz"
    file.write_bytes(gzip.compress(b"\n".join(LINES) + b"\n"))
    for stop, faster in ((signal.SIGINT, "2000"), (signal.SIGKILL, "3000"), (signal.SIGTERM, "1500")):
        before = count(broker)
        sending = command.start(str(file), "--rate", faster)
        wait_for(broker, before + 500)
        sending.send_signal(stop)
        output = sending.communicate(timeout=60)[0]
        assert sending.returncode == (-stop if stop == signal.SIGKILL else 0), output
        assert before < count(broker) < len(LINES)
    code, output = command.run(str(file))
    assert code == 0, output
    assert "Continues after message" in output
    found = in_topic(broker)
    assert Counter(found) == Counter(LINES)
    code, output = command.run(str(file))
    assert (code, count(broker)) == (0, len(LINES))
    assert "All 20,000 messages" in output
    assert "--again" in output


def test_a_file_that_breaks_says_where_and_continues_when_it_is_whole(tmp_path, command, broker):
    file = tmp_path / "events.ndjson.gz"
    whole = gzip.compress(b"\n".join(LINES) + b"\n")
    file.write_bytes(whole[: len(whole) // 2])
    for _ in range(2):
        code, output = command.run(str(file))
        assert code == 2, output
        assert f"breaks at line {count(broker) + 1:,}: the compressed data is cut off there" in output
    assert 0 < count(broker) < len(LINES)
    file.write_bytes(whole)
    code, output = command.run(str(file))
    assert code == 0, output
    assert Counter(in_topic(broker)) == Counter(LINES)


def test_a_repaired_row_is_sent_with_the_options_that_the_error_names(tmp_path, command, broker):
    file = tmp_path / "events.csv"
    rows = [f"user_{number},{number}" for number in range(3_000)]
    file.write_text("\n".join(["user_id,latency_ms", *rows[:2_000], "user,1,too,many", *rows[2_000:]]) + "\n")
    code, output = command.run(str(file))
    assert (code, count(broker)) == (2, 2_000), output
    assert "breaks at line 2,002" in output
    options = re.search(r"run the same command again with (.*):", output)
    assert options, output
    file.write_text("\n".join(["user_id,latency_ms", *rows]) + "\n")
    code, output = command.run(str(file))
    assert (code, count(broker)) == (2, 2_000), output
    code, output = command.run(str(file), *options[1].split())
    assert code == 0, output
    expected = [b'{"user_id":"user_%d","latency_ms":%d}' % (number, number) for number in range(3_000)]
    assert Counter(in_topic(broker)) == Counter(expected)


def test_a_pipe_is_sent_line_by_line_as_it_comes(command, broker):
    sending = command.start("-", stdin=subprocess.PIPE)
    assert sending.stdin is not None
    for line in ("first", "second"):
        sending.stdin.write(f"{line}\n")
        sending.stdin.flush()
        wait_for(broker, 1 if line == "first" else 2)
    sending.send_signal(signal.SIGINT)
    output = sending.communicate(timeout=60)[0]
    assert sending.returncode == 0, output
    assert "Standard input cannot be resumed" in output
    assert Counter(in_topic(broker)) == Counter([b"first", b"second"])
