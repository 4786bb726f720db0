"""From values to places on a chart: thinning, round steps for axes, and values in words."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from clickstream.moment import written_us
from clickstream.report.run_report import TIME_UNIT

Point = tuple[float, float]
_US = 1_000_000
_S_PER_MONTH = 2_592_000
_TIME_STEPS_S = (
    *(0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 15, 30),
    *(60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800),
)


def thinned(points: Sequence[Point], buckets: int) -> list[Point]:
    """At most two points a bucket: its smallest and its largest value, in order of time.

    The first and the last point always stay. Buckets have equal numbers of points.
    """
    if len(points) <= 2 * buckets:
        return list(points)
    cuts = [round(number * len(points) / buckets) for number in range(buckets + 1)]
    kept = {0, len(points) - 1}
    for start, end in pairwise(cuts):
        inside = range(start, end)
        kept.add(min(inside, key=lambda place: points[place][1]))
        kept.add(max(inside, key=lambda place: points[place][1]))
    return [points[place] for place in sorted(kept)]


@dataclass(frozen=True, slots=True)
class Scale:
    """A range of values on a range of places; `ticks` are round values inside it."""

    low: float
    high: float
    start: float
    end: float
    ticks: tuple[float, ...]

    def place(self, value: float) -> float:
        """The place of a value, to a tenth."""
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)


def amounts(values: Sequence[float], start: float, end: float) -> Scale:
    """A scale from 0 to the next round value above the largest one."""
    highest = max([*values, 0.0]) or 1.0
    step = _round_step(highest / 4)
    count = max(1, math.ceil(highest / step - 1e-9))
    return Scale(0, step * count, start, end, tuple(step * number for number in range(count + 1)))


def moments(moments_s: Sequence[float], start: float, end: float, *, ticks: int) -> Scale:
    """A scale over moments, which has no zero."""
    low, high = min(moments_s), max(moments_s)
    if high - low < 1e-3:
        low, high = low - 0.5, high + 0.5
    span_s = high - low
    step = next((step for step in _TIME_STEPS_S if span_s / step <= ticks), _round_step(span_s / ticks))
    first = math.ceil(low / step)
    count = int(high // step) - first + 1
    return Scale(low, high, start, end, tuple((first + number) * step for number in range(count)))


def _round_step(least: float) -> float:
    """The smallest of 1, 2, 2.5, 5 and 10, times a power of ten, that is at least so large."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= least * (1 - 1e-9))


def in_words(value: float, unit: str) -> str:
    """A value with its unit, exactly."""
    if unit == TIME_UNIT:
        return written_us(int(value), digits=3)
    return f"{_number(value)} {unit}"


def short(value: float) -> str:
    """An amount on an axis, as short as can be."""
    if value >= 1_000_000:
        return f"{value / 1_000_000:,g} M"
    return f"{value / 1_000:g} k" if value >= 10_000 else _number(value)


def moment(epoch_s: float) -> str:
    """Date and time in UTC, with milliseconds."""
    return written_us(round(epoch_s * _US), digits=3)


def clock(epoch_s: float, step_s: float) -> str:
    """A moment as exactly as steps of an axis need it: time of day, at midnight the day, then the month."""
    date, _, time = moment(epoch_s).rpartition(" ")
    if step_s >= _S_PER_MONTH:
        return date[:-3]
    if step_s >= 86_400 or (step_s >= 60 and time == "00:00:00.000"):
        return date[-5:]
    if step_s >= 60:
        return time[:5]
    return time[:8] if step_s >= 1 else time


def _number(value: float) -> str:
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:,.2f}".rstrip("0").rstrip(".") if abs(value) < 100 else f"{value:,.0f}"
