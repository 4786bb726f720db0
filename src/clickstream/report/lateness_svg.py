"""Events against the watermark, as an SVG picture without scripts, for light and dark mode."""

from collections.abc import Iterator
from html import escape

from clickstream.check.history.lateness import Grid, Lateness
from clickstream.report.lateness import row_of, time_of_row, title_of, total

_WIDTH, _HEIGHT = 720, 380
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 16, 64, 36
_LABEL_EVERY = 8
_STYLE = """
svg { background: #fff; color: #222 } text { font: 12px sans-serif; fill: currentColor }
.on { fill: #4878b0 } .counted { fill: #e08a00 } .dropped { fill: #c8102e }
.watermark { fill: none; stroke: currentColor; stroke-width: 2 } .axis { stroke: currentColor }
@media (prefers-color-scheme: dark) { svg { background: #181a1c; color: #ddd } .on { fill: #7aa7dd } }
"""


def as_svg(found: Lateness) -> str:
    """The picture: a dot for each batch and span of event time with events, and the watermark as a line."""
    title = escape(title_of(found))
    bottom, right = _HEIGHT - _BOTTOM, _WIDTH - _RIGHT
    legend = (
        ("on", f"on time: {total(found.on_time):,}"),
        ("counted", f"late, counted: {total(found.counted):,}"),
        ("dropped", f"late, dropped: {total(found.dropped):,}"),
    )
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img">',
        f"<title>{title}</title><style>{_STYLE}</style>",
        f'<text x="{_LEFT}" y="20">{title}</text>',
        *(
            f'<circle class="{kind}" cx="{_LEFT + 6 + number * 150}" cy="40" r="5"/>'
            f'<text x="{_LEFT + 16 + number * 150}" y="44">{words}</text>'
            for number, (kind, words) in enumerate(legend)
        ),
        f'<path class="watermark" d="M{_LEFT + 456} 40h24"/><text x="{_LEFT + 486}" y="44">watermark</text>',
        f'<path class="axis" fill="none" d="M{_LEFT} {_TOP}V{bottom}H{right}"/>',
        *(_label(found, row) for row in range(0, len(found.on_time), _LABEL_EVERY)),
        f'<text x="{_LEFT}" y="{bottom + 20}">batch {found.batches[0][0]}</text>',
        f'<text x="{right}" y="{bottom + 20}" text-anchor="end">{found.batches[-1][1]}</text>',
        *_dots(found, found.on_time, "on"),
        *_dots(found, found.counted, "counted"),
        *_dots(found, found.dropped, "dropped"),
        f'<path class="watermark" d="{_watermark(found)}"/>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _label(found: Lateness, row: int) -> str:
    y = _y(found, row) + 4
    return f'<text x="{_LEFT - 6}" y="{y:.1f}" text-anchor="end">{time_of_row(found, row)}</text>'


def _dots(found: Lateness, grid: Grid, kind: str) -> Iterator[str]:
    for row, counts in enumerate(grid):
        for column, count in enumerate(counts):
            if count:
                place = f'cx="{_x(found, column):.1f}" cy="{_y(found, row):.1f}"'
                radius = 2 + min(2.0, len(str(count)) / 2)
                words = f"<title>{count:,} events</title>"
                yield f'<circle class="{kind}" {place} r="{radius}">{words}</circle>'


def _watermark(found: Lateness) -> str:
    """A step over the width of each column whose watermark is inside the picture."""
    steps: list[str] = []
    for column, watermark_us in enumerate(found.watermarks_us):
        if row_of(found, watermark_us) is not None:
            y = _y(found, (watermark_us - found.first_us) / found.row_us - 0.5)
            start = f"V{y:.1f}" if steps else f"M{_x(found, column - 0.5):.1f} {y:.1f}"
            steps.append(f"{start}H{_x(found, column + 0.5):.1f}")
    return "".join(steps)


def _x(found: Lateness, column: float) -> float:
    return _LEFT + (column + 0.5) * (_WIDTH - _LEFT - _RIGHT) / len(found.batches)


def _y(found: Lateness, row: float) -> float:
    height = _HEIGHT - _TOP - _BOTTOM
    return _HEIGHT - _BOTTOM - (row + 0.5) * height / len(found.on_time)
