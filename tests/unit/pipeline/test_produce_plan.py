"""A run of `produce` is live without a start time, and a simulated period that must end with one."""

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from clickstream.errors import SettingInvalid
from clickstream.pipeline.produce.produce import plan, sample
from clickstream.pipeline.produce.sending import ProducePlan
from clickstream.settings import GeneratorSettings, load
from clickstream.testing import ManualClock


def generator(
    start_time: str = "", rate_per_s: float = 100.0, traffic: str = "constant"
) -> GeneratorSettings:
    return GeneratorSettings(START_TIME=start_time, MSGS_PER_SEC=rate_per_s, TRAFFIC=traffic)


SIMULATED = "2026-01-01T00:00:00+00:00"


def test_without_start_time_it_is_live_and_needs_no_end() -> None:
    assert plan(generator(), count=None, duration=None, live=False) == ProducePlan(None, live=True)


@pytest.mark.acts("START_TIME")
def test_with_start_time_it_runs_at_full_speed_to_its_end() -> None:
    assert plan(generator(SIMULATED), count=7, duration=None, live=False) == ProducePlan(7, live=False)


def test_a_simulated_period_without_end_is_refused() -> None:
    with pytest.raises(SettingInvalid, match="START_TIME"):
        plan(generator(SIMULATED), count=None, duration=None, live=False)


def test_live_keeps_to_the_clock_also_with_a_start_time() -> None:
    assert plan(generator(SIMULATED), count=None, duration=None, live=True) == ProducePlan(None, live=True)


def test_a_duration_is_event_time_at_the_rate_and_the_shorter_end_counts() -> None:
    assert plan(generator(rate_per_s=50), count=None, duration="1 minute", live=False).count == 3_000
    assert plan(generator(rate_per_s=50), count=10, duration="1 minute", live=False).count == 10


@pytest.mark.parametrize(
    ("text", "why"), [("banana", "is not a duration"), ("0 seconds", "it is zero"), ("10", "no unit")]
)
def test_a_duration_that_brings_nothing_is_refused_by_name(text: str, why: str) -> None:
    with pytest.raises(SettingInvalid, match=rf"--duration={text} \(from flag\).*{why}") as refused:
        plan(generator(), count=None, duration=text, live=False)
    assert "30s or '10 minutes'" in refused.value.next_step


def test_short_and_long_durations_are_the_same() -> None:
    short, long = (plan(generator(), count=None, duration=each, live=False) for each in ("1m", "60 seconds"))
    assert short == long


@pytest.mark.acts("TRAFFIC")
def test_a_duration_counts_what_the_traffic_brings() -> None:
    settings = generator(traffic="burst:10s:300%:1m")
    assert plan(settings, count=None, duration="10 seconds", live=False).count == 3_000
    assert plan(settings, count=None, duration="1 minute", live=False).count == 8_000


def test_count_and_duration_are_counted_from_what_is_skipped() -> None:
    settings = generator(traffic="burst:10s:300%:1m")
    assert plan(settings, count=5, duration=None, live=False, skip=7) == ProducePlan(5, live=True, first=7)
    assert plan(settings, count=None, duration="10 seconds", live=False, skip=3_000).count == 1_000


def values(clock: ManualClock, produce_plan: ProducePlan, **flags: object) -> list[bytes | None]:
    settings, _ = load(flags, dotenv=Path("no-such.env"))
    return list(sample(settings, produce_plan, clock))


def test_a_run_that_skips_sends_what_the_whole_would_have_sent() -> None:
    whole = values(ManualClock(), ProducePlan(30, live=False), START_TIME=SIMULATED)
    rest = values(ManualClock(), ProducePlan(20, live=False, first=10), START_TIME=SIMULATED)
    assert rest == whole[10:]


def test_without_a_start_time_the_first_event_that_is_not_skipped_happens_now() -> None:
    clock = ManualClock()
    (value,) = values(clock, ProducePlan(1, live=True, first=12_345), LATE_RATE=0, MALFORMED_RATE=0)
    assert datetime.fromisoformat(json.loads(value or b"")["event_time"]) == clock.now()


def test_a_producer_of_generated_events_does_not_import_polars() -> None:
    code = "import sys, clickstream.pipeline.produce.produce; sys.exit('polars' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
