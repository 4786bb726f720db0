"""Long series are thinned without losing a peak; axes have round steps; every place is on the chart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickstream.report.html.chart_geometry import BUCKETS, LARGE, SMALL, drawing
from clickstream.report.html.scales import amounts, clock, in_words, moments, short, thinned
from clickstream.report.run_report import TIME_UNIT, Chart, Series

values = st.lists(st.floats(0, 1e15, allow_subnormal=False), min_size=1, max_size=400)


@given(values, st.integers(1, 50))
def test_thinning_keeps_the_ends_and_the_extremes_in_order(found: list[float], buckets: int) -> None:
    points = [(float(at), value) for at, value in enumerate(found)]
    kept = thinned(points, buckets)
    assert kept == sorted(kept)
    assert set(kept) <= set(points)
    assert (kept[0], kept[-1]) == (points[0], points[-1])
    assert {min(found), max(found)} <= {value for _, value in kept}
    assert len(kept) <= max(2 * buckets, 2) + 2


@given(values)
def test_a_scale_of_amounts_begins_at_0_and_ends_at_a_tick_above_all(found: list[float]) -> None:
    scale = amounts(found, 100, 0)
    assert scale.ticks[0] == 0
    assert scale.high == scale.ticks[-1] >= max(found) * (1 - 1e-9)
    assert 2 <= len(scale.ticks) <= 6


@given(st.lists(st.floats(-1e12, 1e12, allow_subnormal=False), min_size=1, max_size=5))
def test_ticks_of_time_are_inside_and_few(found: list[float]) -> None:
    scale = moments(found, 0, 100, ticks=5)
    assert len(scale.ticks) <= 7
    span = scale.high - scale.low
    assert all(scale.low - span * 1e-6 <= tick <= scale.high + span * 1e-6 for tick in scale.ticks)


@given(values, st.sampled_from(["records", "s", TIME_UNIT]), st.sampled_from([LARGE, SMALL]))
def test_every_mark_is_inside_the_chart(found: list[float], unit: str, size: tuple[int, int]) -> None:
    chart = Chart("t", "m", unit, (Series("s", tuple((1e9 + at, value) for at, value in enumerate(found))),))
    drawn = drawing(chart, size)
    assert drawn is not None
    ((_, marks),) = drawn.lines
    assert len(marks) <= 2 * BUCKETS + 2
    for left, top, _, _ in marks:
        assert 0 <= left <= size[0]
        assert 0 <= top <= size[1]
    assert bool(drawn.left_out) is (len(found) > 2 * BUCKETS)


def test_one_point_and_no_point_are_drawn() -> None:
    drawn = drawing(Chart("t", "m", "s", (Series("s", ((1e9, 0.0),)),)))
    assert drawn is not None
    assert drawn.lines[0][1][0][3] == "0 s"
    assert drawing(Chart("t", "m", "s", (), "why")) is None


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (1_234.0, "records", "1,234 records"),
        (0.123, "s", "0.12 s"),
        (1_767_225_600_000_000, TIME_UNIT, "2026-01-01 00:00:00.000"),
        (253_402_365_599_000_000, TIME_UNIT, "+10000-01-01 17:59:59.000"),
    ],
)
def test_a_value_in_words(value: float, unit: str, words: str) -> None:
    assert in_words(value, unit) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.5, "0.5"),
        (2.0, "2"),
        (7.5, "7.5"),
        (0.25, "0.25"),
        (9_999.0, "9,999"),
        (12_500.0, "12.5 k"),
        (7.5e6, "7.5 M"),
    ],
)
def test_a_tick_is_short(value: float, words: str) -> None:
    assert short(value) == words


@pytest.mark.parametrize(
    ("step_s", "words"),
    [
        (31_536_000, "2026-01"),
        (86_400, "01-01"),
        (60, "08:30"),
        (1, "08:30:15"),
        (0.1, "08:30:15.250"),
    ],
)
def test_a_clock_is_as_exact_as_its_steps(step_s: float, words: str) -> None:
    assert clock(1_767_256_215.25, step_s) == words


def test_midnight_has_its_date_on_an_axis_of_hours() -> None:
    assert [clock(1_767_225_600 + hours * 3_600, 21_600) for hours in (-6, 0, 6)] == [
        "18:00", "01-01", "06:00",
    ]  # fmt: skip
    assert clock(1_767_225_600, 1) == "00:00:00"


@pytest.mark.parametrize(("after_s", "time"), [(60, "23:59:00.000"), (86_400, "2025-12-31 23:59:00.000")])
def test_values_have_the_date_if_the_points_are_of_several_days(after_s: float, time: str) -> None:
    first = 1_767_225_540.0
    points = ((first, 1.0), (first + after_s - 1, 2.0))
    drawn = drawing(Chart("t", "m", "records", (Series("s", points),)))
    assert drawn is not None
    assert drawn.lines[0][1][0][2:] == (time, "1 records")
