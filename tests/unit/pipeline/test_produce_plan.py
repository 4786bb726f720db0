"""A run of `produce` is live without a start time, and a simulated period that must end with one."""

import pytest

from clickstream.errors import SettingInvalid
from clickstream.pipeline.produce import plan
from clickstream.pipeline.sending import ProducePlan
from clickstream.settings import GeneratorSettings


def generator(start_time: str = "", rate_per_s: float = 100.0) -> GeneratorSettings:
    return GeneratorSettings(START_TIME=start_time, MSGS_PER_SEC=rate_per_s)


SIMULATED = "2026-01-01T00:00:00+00:00"


def test_without_start_time_it_is_live_and_needs_no_end() -> None:
    assert plan(generator(), count=None, duration=None, live=False) == ProducePlan(None, live=True)


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


def test_a_duration_that_is_none_is_refused_by_name() -> None:
    with pytest.raises(SettingInvalid, match="--duration=banana"):
        plan(generator(), count=None, duration="banana", live=False)
