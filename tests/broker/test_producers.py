"""Several producers: together the records of one, stopped together, and one that dies is named."""

import multiprocessing
import os
import signal
import subprocess
import sys
from collections import Counter

import psutil
import pytest

from clickstream.broker.reading import read_ranges
from clickstream.broker.topics import offset_ranges
from clickstream.clicks import CLICKS
from clickstream.clock import SystemClock
from clickstream.errors import PartDied
from clickstream.generate.events import EventStream
from clickstream.generate.record_stream import chunks
from clickstream.pipeline.produce.produce import produce
from clickstream.pipeline.produce.sending import ProducePlan
from clickstream.settings import kit_environment, load
from streams import NEW_YEAR_US


@pytest.fixture
def settings_for(bootstrap_servers, topic, tmp_path):
    def build(**flags):
        return load(
            {
                "KAFKA_BOOTSTRAP_SERVERS": bootstrap_servers,
                "KAFKA_TOPIC": topic,
                "OUTPUT_PATH": tmp_path / "output",
                "STATE_PATH": tmp_path / "state",
                "DUPLICATE_RATE": 0.05,
                "OUT_OF_ORDER_RATE": 0.05,
                **flags,
            },
            dotenv=tmp_path / "none",
        )[0]

    return build


def sent_by(settings, plan, *, stop_requested=lambda: False, on_counts=lambda counts: None):
    return produce(
        settings,
        plan,
        clock=SystemClock(),
        stop_requested=stop_requested,
        on_ack=lambda place: None,
        on_counts=on_counts,
    )


def in_topic(settings):
    """(partition, key, timestamp, value) of everything in the topic, however often."""
    return Counter(
        row
        for records in read_ranges(settings.broker, offset_ranges(settings.broker), with_keys=True)
        for row in zip(records.partitions, records.keys, records.timestamps_ms, records.values, strict=True)
    )


def children():
    """The producers that this process has started; Python's own helper for shared resources is none."""
    return multiprocessing.active_children()


@pytest.mark.parametrize(("rate_per_s", "events"), [(100, 12_000), (50_000, 60_000)])
def test_several_producers_send_the_records_of_one(settings_for, rate_per_s, events):
    settings = settings_for(START_TIME="2026-01-01T00:00:00Z", PRODUCERS=3, MSGS_PER_SEC=rate_per_s)
    told = []
    counts = sent_by(settings, ProducePlan(events, live=False, first=7), on_counts=told.append)
    stream = EventStream(CLICKS, settings.generator, settings.broker.partitions, NEW_YEAR_US)
    expected = Counter(
        row
        for records in chunks(stream, events, first=7)
        for row in zip(records.partitions, records.keys, records.timestamps_ms, records.values, strict=True)
    )
    assert in_topic(settings) == expected
    assert (counts.produced, counts.acknowledged, counts.failed) == (expected.total(), expected.total(), 0)
    assert told
    assert children() == []


def test_producers_that_are_asked_to_stop_deliver_what_they_have_and_end(settings_for):
    settings = settings_for(MSGS_PER_SEC=2_000, PRODUCERS=2)
    newest = []
    counts = sent_by(
        settings,
        ProducePlan(None, live=True),
        on_counts=newest.append,
        stop_requested=lambda: bool(newest) and newest[-1].acknowledged > 0,
    )
    assert counts.produced == counts.acknowledged == in_topic(settings).total() > 0
    assert children() == []


@pytest.mark.acts("PRODUCERS")
def test_a_producer_that_dies_is_named_and_the_others_are_stopped(settings_for):
    settings = settings_for(MSGS_PER_SEC=1_000, PRODUCERS=2)

    def kill_the_second(counts):
        if counts.acknowledged and len(children()) == 2:
            second = max(children(), key=lambda child: child.name)
            os.kill(second.pid, signal.SIGKILL)

    with pytest.raises(PartDied, match=r"Producer 2 of 2 .* exit code -9"):
        sent_by(settings, ProducePlan(None, live=True), on_counts=kill_the_second)
    assert children() == []


def test_producers_end_when_the_process_that_started_them_is_killed(settings_for, tmp_path):
    settings = settings_for()
    environment = kit_environment(
        {
            "KAFKA_BOOTSTRAP_SERVERS": settings.broker.bootstrap_servers,
            "KAFKA_TOPIC": settings.broker.topic,
            "OUTPUT_PATH": str(tmp_path / "output"),
            "STATE_PATH": str(tmp_path / "state"),
        }
    )
    parent = psutil.Popen(
        [sys.executable, "-m", "clickstream", "produce", "--producers", "2", "--rate", "1000"],
        env=environment,
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(lambda: in_topic(settings).total() > 0)
        begun = parent.children(recursive=True)
        assert len(begun) >= 2
    finally:
        parent.kill()
        parent.wait()
    _, alive = psutil.wait_procs(begun, timeout=45)
    assert alive == []


def wait_for(condition, deadline_s=60):
    clock = SystemClock()
    until_s = clock.monotonic_s() + deadline_s
    while not condition():
        assert clock.monotonic_s() < until_s
        clock.sleep(0.1)
