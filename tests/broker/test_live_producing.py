"""A live producer sends each event when it happens, however long its own start has taken."""

from datetime import UTC, datetime

import pytest

from clickstream.broker.reading import read_ranges
from clickstream.broker.topics import ensure_topic, offset_ranges
from clickstream.pipeline.produce.produce import produce
from clickstream.pipeline.produce.sending import ProducePlan
from clickstream.settings import load
from clickstream.testing import ManualClock

# Of the fiftieth of ten events a second.
LAST_EVENT_S = 4.9


@pytest.fixture
def send(bootstrap_servers, topic, tmp_path):
    """Sends fifty events live by a clock, and gives the newest timestamp in the topic."""

    def fifty_events(clock, **flags):
        folders = {"OUTPUT_PATH": tmp_path / "output", "STATE_PATH": tmp_path / "state"}
        address = {"KAFKA_BOOTSTRAP_SERVERS": bootstrap_servers, "KAFKA_TOPIC": topic}
        rates = {"MSGS_PER_SEC": 10, "LATE_RATE": 0, "MALFORMED_RATE": 0}
        settings = load({**folders, **address, **rates, **flags}, dotenv=tmp_path / "none")[0]
        ensure_topic(settings.broker)
        plan = ProducePlan(50, live=True)
        produce(settings, plan, clock=clock, stop_requested=lambda: False, on_ack=lambda place: None)
        read = read_ranges(settings.broker, offset_ranges(settings.broker))
        return max(timestamp_ms for records in read for timestamp_ms in records.timestamps_ms)

    return fifty_events


def test_an_event_that_happens_now_is_sent_now(send):
    # The stream starts with a whole second, here 0.9 s ago.
    clock = ManualClock(datetime(2026, 5, 1, 12, 0, 0, 900_000, tzinfo=UTC))
    newest_ms = send(clock)
    assert clock.now().timestamp() == pytest.approx(newest_ms / 1_000, abs=0.001)
    assert clock.monotonic_s() == pytest.approx(LAST_EVENT_S - 0.9, abs=0.001)


def test_a_start_time_leaves_the_first_event_due_at_once(send):
    clock = ManualClock()
    send(clock, START_TIME="2020-01-01T00:00:00+00:00")
    assert clock.monotonic_s() == pytest.approx(LAST_EVENT_S, abs=0.001)
