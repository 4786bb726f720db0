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
    thinned,
    tick_in_words,
)
from clickstream.report.run_report import TIME_UNIT, Chart, Series

LARGE, SMALL = (480, 210), (360, 170)
"""Width and height of the view box of a chart."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 32, 12, 28
"""The margins, for the labels of the axes."""
BUCKETS = 40
"""Into so many buckets a long series is thinned, each with its smallest and its largest value."""
_US = 1_000_000
_TIME_LENGTH = len("00:00:00.000")


@dataclass(frozen=True, slots=True)
class Tick:
    """A label of an axis and its place."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A point of a line; `title` is its tooltip."""

    x: float
    y: float
    title: str


@dataclass(frozen=True, slots=True)
class Line:
    """One series: its number decides colour and dashes; `rows` are (time, value) in words, for a table."""

    number: int
    name: str
    path: str
    marks: tuple[Mark, ...]
    rows: tuple[tuple[str, str], ...]
    last: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart as it is drawn.

    `left`, `right` and `bottom` are the edges of the plot, between the margins. `thinned` says which points
    are left out, and is empty if none are. `missing` says why there are no lines.
    """

    title: str
    meaning: str
    unit: str
    width: int
    height: int
    lines: tuple[Line, ...]
    left: int = 0
    right: int = 0
    bottom: int = 0
    x_ticks: tuple[Tick, ...] = ()
    y_ticks: tuple[Tick, ...] = ()
    thinned: str = ""
    missing: str = ""


def drawing(chart: Chart, size: tuple[int, int] = LARGE) -> Drawing:
    """Thin the points of a chart and find the place of everything on it."""
    unit = "UTC" if chart.unit == TIME_UNIT else chart.unit
    width, height = size
    right, bottom = width - _RIGHT, height - _BOTTOM
    lines = [(series, thinned(series.points, BUCKETS)) for series in chart.series]
    shown = [point for _, points in lines for point in points]
    if not shown:
        return Drawing(
            chart.title,
            chart.meaning,
            unit,
            width,
            height,
            (),
            missing=chart.missing or "There is nothing to show yet.",
        )
    x = moments([point[0] for point in shown], _LEFT, right, ticks=width // 100)
    values = [point[1] for point in shown]
    y = (
        moments(values, bottom, _TOP, ticks=5, unit=_US)
        if chart.unit == TIME_UNIT
        else amounts(values, bottom, _TOP)
    )
    x_step, y_step = _step(x), _step(y)
    is_one_day = moment(x.low)[:-_TIME_LENGTH] == moment(x.high)[:-_TIME_LENGTH]
    return Drawing(
        chart.title,
        chart.meaning,
        unit,
        width,
        height,
        tuple(
            _line(number, series, points, chart.unit, x, y, is_one_day=is_one_day)
            for number, (series, points) in enumerate(lines)
        ),
        _LEFT,
        right,
        bottom,
        tuple(Tick(x.place(value), clock(value, x_step)) for value in x.ticks),
        tuple(Tick(y.place(value), tick_in_words(value, chart.unit, y_step)) for value in y.ticks),
        _left_out(chart, lines),
    )


def _step(scale: Scale) -> float:
    return scale.ticks[1] - scale.ticks[0] if len(scale.ticks) > 1 else scale.high - scale.low


def _line(
    number: int, series: Series, points: list[Point], unit: str, x: Scale, y: Scale, *, is_one_day: bool
) -> Line:
    places = [(x.place(at), y.place(value)) for at, value in points]
    rows = tuple((clock(at, 0) if is_one_day else moment(at), in_words(value, unit)) for at, value in points)
    return Line(
        number=number,
        name=series.name,
        path=" ".join(f"{left:g},{top:g}" for left, top in places),
        marks=tuple(
            Mark(left, top, f"{series.name}: {value} at {at}")
            for (left, top), (at, value) in zip(places, rows, strict=True)
        ),
        rows=rows,
        last=rows[-1][1] if rows else "",
    )


def _left_out(chart: Chart, lines: list[tuple[Series, list[Point]]]) -> str:
    series, points = max(lines, key=lambda line: len(line[0].points))
    if len(points) == len(series.points):
        return ""
    return (
        f"Thinned: a line of {len(series.points):,} batches is cut into {BUCKETS} equal parts."
        " Only the smallest and the largest value of each part are drawn."
    )
