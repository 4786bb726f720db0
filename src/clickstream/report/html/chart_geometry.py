"""The geometry of a chart: lines, points, ticks and labels in units of its view box; a template draws it."""

from dataclasses import dataclass

from clickstream.report.html.scales import (
    Point,
    Scale,
    amounts,
    clock,
    in_words,
    moment,
    moments,
    short,
    thinned,
)
from clickstream.report.run_report import TIME_UNIT, Chart

LARGE, SMALL = (480, 210), (360, 170)
"""Width and height of the view box of a chart."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 32, 12, 28
"""The margins, for the labels of the axes."""
BUCKETS = 40
"""Into so many buckets a long series is thinned, each with its smallest and its largest value."""
_US = 1_000_000
_TIME_LENGTH = len("00:00:00.000")

Tick = tuple[float, str]
"""The place of a label on an axis, and the label."""
Mark = tuple[float, float, str, str]
"""A point of a line: its place, and its time and value in words."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart as it is drawn; `left`, `right` and `bottom` are the edges of the plot, between the margins.

    `lines` has the marks of each series. `left_out` says which points are left out, empty if none are.
    """

    width: int
    height: int
    right: int
    bottom: int
    lines: tuple[tuple[str, tuple[Mark, ...]], ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    left_out: str
    left: int = _LEFT


def drawing(chart: Chart, size: tuple[int, int] = LARGE) -> Drawing | None:
    """Thin the points of a chart and find the place of everything on it; None without points."""
    width, height = size
    right, bottom = width - _RIGHT, height - _BOTTOM
    lines = [(series.name, thinned(series.points, BUCKETS)) for series in chart.series]
    shown = [point for _, points in lines for point in points]
    if not shown:
        return None
    x = moments([at for at, _ in shown], _LEFT, right, ticks=width // 100)
    values = [_on_axis(value, chart.unit) for _, value in shown]
    is_time = chart.unit == TIME_UNIT
    y = moments(values, bottom, _TOP, ticks=5) if is_time else amounts(values, bottom, _TOP)
    is_one_day = moment(x.low)[:-_TIME_LENGTH] == moment(x.high)[:-_TIME_LENGTH]

    def mark(point: Point) -> Mark:
        at, value = point
        when = clock(at, 0) if is_one_day else moment(at)
        return x.place(at), y.place(_on_axis(value, chart.unit)), when, in_words(value, chart.unit)

    return Drawing(
        width,
        height,
        right,
        bottom,
        lines=tuple((name, tuple(map(mark, points))) for name, points in lines),
        x_ticks=tuple((x.place(at), clock(at, _step(x))) for at in x.ticks),
        y_ticks=tuple(
            (y.place(value), clock(value, _step(y)) if is_time else short(value)) for value in y.ticks
        ),
        left_out=_left_out(max(len(series.points) for series in chart.series)),
    )


def _on_axis(value: float, unit: str) -> float:
    """A value as its axis counts it: moments in seconds."""
    return value / _US if unit == TIME_UNIT else value


def _step(scale: Scale) -> float:
    return scale.ticks[1] - scale.ticks[0] if len(scale.ticks) > 1 else scale.high - scale.low


def _left_out(longest: int) -> str:
    if longest <= 2 * BUCKETS:
        return ""
    return (
        f"Thinned: a line of {longest:,} batches is cut into {BUCKETS} equal parts."
        " Only the smallest and the largest value of each part are drawn."
    )
