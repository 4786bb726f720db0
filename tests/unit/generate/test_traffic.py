"""The shapes of traffic, and that index and time are two sides of one thing."""

from fractions import Fraction
from itertools import pairwise
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickstream.errors import SettingInvalid
from clickstream.generate.timeline import Timeline
from clickstream.generate.traffic import FULL_RATE, Traffic

SECOND_US = 1_000_000

lengths = st.tuples(st.integers(1, 90), st.sampled_from(["ms", "s", "m"])).map(
    lambda found: f"{found[0]}{found[1]}"
)
levels = st.integers(1, 10_000).map("{}%".format)
shapes = st.one_of(
    st.just("constant"),
    st.builds("ramp:{}:{}".format, lengths, levels),
    st.builds("wave:{}:{}%".format, lengths, st.integers(101, 199)),
    st.builds("burst:{}:{}".format, lengths, levels),
    st.builds("burst:{}ms:{}:{}s".format, st.integers(1, 999), levels, st.integers(1, 90)),
)
rates = st.one_of(st.floats(1e-3, 1e6), st.integers(1, 50_000).map(float))


def timeline(traffic: str, rate_per_s: float = 100.0, start_us: int = 0) -> Timeline:
    return Timeline(start_us, rate_per_s, Traffic.parse(traffic))


@given(traffic=shapes, rate=rates, index=st.integers(0, 10**9))
def test_time_and_index_are_the_inverse_of_one_another(traffic, rate, index):
    found = timeline(traffic, rate)
    at_us = found.offset_us(index)
    assert found.happening_before(at_us) == index
    assert found.happened_within(at_us) == index + 1


@given(traffic=shapes, rate=rates, first=st.integers(0, 10**7), count=st.integers(0, 30))
def test_columns_of_times_are_the_exact_times_cut_to_microseconds(traffic, rate, first, count):
    found = timeline(traffic, rate, start_us=7)
    expected = [7 + floor(found.offset_us(index)) for index in range(first, first + count)]
    assert found.nominal_us(first, count).tolist() == expected


@given(traffic=shapes, rate=rates, first=st.integers(0, 10**6))
def test_time_never_goes_back(traffic, rate, first):
    found = timeline(traffic, rate)
    assert all(one < other for one, other in pairwise(found.offset_us(first + step) for step in range(20)))


@pytest.mark.parametrize(
    ("traffic", "events_by_second"),
    [
        ("constant", {0: 0, 1: 100, 10: 1_000}),
        # Ten seconds of three times the rate, fifty of the usual one.
        ("burst:10s:300%:1m", {5: 1_500, 10: 3_000, 11: 3_100, 60: 8_000, 70: 11_000, 120: 16_000}),
        ("burst:10s:300%", {10: 3_000, 100: 12_000, 110: 15_000}),
        # Twice the rate in the mean of the rise, three times after it.
        ("ramp:1m:300%", {60: 12_000, 61: 12_300, 120: 30_000}),
        ("ramp:1m:50%", {60: 4_500, 61: 4_550}),
        # What it brings above the rate it takes away below.
        ("wave:1m:150%", {60: 6_000, 120: 12_000, 600: 60_000}),
    ],
)
def test_a_shape_brings_so_many_events(traffic, events_by_second):
    found = timeline(traffic)
    brought = {second: found.happening_before(Fraction(second * SECOND_US)) for second in events_by_second}
    assert brought == events_by_second


def test_a_wave_swings_from_its_level_to_as_far_below():
    levels = [stretch.level for stretch in Traffic.parse("wave:1m:150%").stretches]
    assert max(levels) == pytest.approx(1.5 * FULL_RATE, rel=0.001)
    assert min(levels) == pytest.approx(0.5 * FULL_RATE, rel=0.001)


@pytest.mark.parametrize("shape", ["ramp", "wave", "burst", " Burst:30S:300% "])
def test_a_shape_by_its_name_alone_has_usual_values(shape):
    assert Traffic.parse(shape).stretches


@pytest.mark.parametrize(
    "text",
    [
        "",
        "banana",
        "constant:1m",
        "ramp:10m",
        "ramp:10m:300",
        "ramp:10:300%",
        "ramp:0s:300%",
        "ramp:10m:0%",
        "ramp:10m:10001%",
        "ramp:10m:300%:1h",
        "wave:10m:200%",
        "wave:10m:100%",
        "wave:10m:50%",
        "burst:30s",
        "burst:30s:300%:30s",
        "burst:30s:300%:1m:1m",
        "burst:-30s:300%",
        "burst:1.5s:300%",
    ],
)
def test_what_is_no_shape_is_refused_with_examples(text):
    with pytest.raises(SettingInvalid) as refused:
        Traffic.parse(text)
    assert refused.value.name == "TRAFFIC"
    assert "burst:30s:300%" in refused.value.next_step
