"""The ledger of what was sent, against what a real broker has."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from clickstream.broker.reading import read_ranges
from clickstream.broker.topics import offset_ranges
from clickstream.check.decode.chunk import decode
from clickstream.clicks.event import CLICK
from clickstream.clock import SystemClock
from clickstream.contract.ledger import SentLedger, read_ledger
from clickstream.errors import CouldNotCheck
from clickstream.pipeline.produce.ledger import WRITTEN_EVERY_S, still_runs
from clickstream.pipeline.produce.produce import ProducePlan, produce
from clickstream.pipeline.run import layout_of
from clickstream.pipeline.verify.verify import verify_topic
from clickstream.settings import Settings, load
from unit.check.landing import RUN, land

RECORDS = 20_000


@pytest.fixture
def settings(tmp_path: Path, bootstrap_servers: str, topic: str) -> Settings:
    return load(
        {
            "KAFKA_BOOTSTRAP_SERVERS": bootstrap_servers,
            "KAFKA_TOPIC": topic,
            "OUTPUT_PATH": tmp_path / "output",
            "CHECKPOINT_PATH": tmp_path / "checkpoints",
            "STATE_PATH": tmp_path / "state",
            "START_TIME": "2026-01-01T00:00:00+00:00",
            "LATE_RATE": "0.1",
            "MALFORMED_RATE": "0.1",
        },
        dotenv=tmp_path / "none",
    )[0]


def only_ledger(settings: Settings) -> SentLedger:
    (path,) = layout_of(settings.paths).sent_dir().glob("*.jsonl")
    ledger = read_ledger(path.read_bytes())
    assert ledger is not None
    return ledger


def rejected_places(settings: Settings, ledger: SentLedger) -> set[tuple[int, int]]:
    """Partition and offset of every record of this producer that is no event."""
    places: set[tuple[int, int]] = set()
    spans = {partition: (span.first, span.last + 1) for partition, span in ledger.sent.partitions.items()}
    for chunk in read_ranges(settings.broker, spans):
        places.update(decode(chunk, CLICK).rejected.select("kafka_partition", "kafka_offset").rows())
    return places


def malformed_places(ledger: SentLedger) -> set[tuple[int, int]]:
    return {
        (partition, offset)
        for fault, by_partition in ledger.sent.faults.items()
        if fault.startswith("malformed")
        for partition, offsets in by_partition.items()
        for offset in offsets
    }


def test_the_ledger_of_a_run_names_the_very_offsets_of_its_malformed_records(settings):
    for _ in range(2):
        produce(
            settings,
            ProducePlan(RECORDS, live=False),
            clock=SystemClock(),
            stop_requested=lambda: False,
            on_ack=lambda place: None,
        )
    ledgers = [
        read_ledger(path.read_bytes()) for path in layout_of(settings.paths).sent_dir().glob("*.jsonl")
    ]
    assert len(ledgers) == 2
    for ledger in ledgers:
        assert ledger is not None
        assert ledger.closed
        assert (ledger.sent.produced, ledger.sent.failed) == (RECORDS, 0)
        malformed = malformed_places(ledger)
        assert 0.05 * RECORDS < len(malformed) < 0.15 * RECORDS
        assert rejected_places(settings, ledger) == malformed
    ends = offset_ranges(settings.broker)
    assert sum(end for _, end in ends.values()) == 2 * RECORDS


def test_a_killed_producer_leaves_an_open_ledger_whose_offsets_are_in_the_topic(settings, tmp_path):
    environment = {name: value for name, value in os.environ.items() if name not in {"START_TIME"}} | {
        "KAFKA_BOOTSTRAP_SERVERS": settings.broker.bootstrap_servers,
        "KAFKA_TOPIC": settings.broker.topic,
        "OUTPUT_PATH": str(settings.paths.output),
        "STATE_PATH": str(settings.paths.state),
        "MALFORMED_RATE": "0.1",
    }
    command = [sys.executable, "-m", "clickstream", "produce", "--rate", "500"]
    producer = subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        give_up_s = time.monotonic() + 30 + WRITTEN_EVERY_S
        while True:
            paths = list(layout_of(settings.paths).sent_dir().glob("*.jsonl"))
            if paths and only_ledger(settings).sent.acknowledged:
                break
            assert time.monotonic() < give_up_s, "no ledger with an acknowledged record"
            SystemClock().sleep(0.1)
        assert still_runs(only_ledger(settings).opening, tmp_path, SystemClock())
    finally:
        producer.send_signal(signal.SIGKILL)
        producer.wait(30)
    ledger = only_ledger(settings)
    assert not ledger.closed
    assert not still_runs(ledger.opening, tmp_path, SystemClock())
    ends = offset_ranges(settings.broker)
    assert 0 < ledger.sent.acknowledged <= sum(end for _, end in ends.values())
    assert all(span.last < ends[partition][1] for partition, span in ledger.sent.partitions.items())
    assert malformed_places(ledger)
    assert malformed_places(ledger) <= rejected_places(settings, ledger)


def test_a_check_after_the_topic_was_deleted_says_what_is_lost(settings, tmp_path):
    landing = land(tmp_path / "landed")
    layout = layout_of(settings.paths)
    layout.output.parent.mkdir(parents=True)
    landing.layout.output.rename(layout.output)
    broker = settings.broker.model_copy(update={"topic": RUN.topic})
    with pytest.raises(CouldNotCheck, match="does not have the topic") as refused:
        verify_topic(settings, broker, clock=SystemClock())
    assert f"the topic {RUN.topic} that this run read: the rows in {layout.output} cannot" in str(
        refused.value
    )
    assert "RUN_ID" in refused.value.next_step
    assert "create" not in refused.value.next_step
