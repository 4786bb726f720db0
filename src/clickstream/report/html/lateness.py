"""Events against the watermark, as an SVG picture without scripts, for light and dark mode."""

from clickstream.check.history.lateness import Lateness
from clickstream.report.html.page import environment
from clickstream.report.lateness import row_of, time_of_row, title_of, total

_WIDTH, _HEIGHT = 720, 380
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 16, 64, 36
_LABEL_EVERY = 8


def as_svg(found: Lateness) -> str:
    """The picture: a dot for each batch and span of event time with events, and the watermark as a line."""
    rows = len(found.on_time)

    def x(column: float) -> str:
        return f"{_LEFT + (column + 0.5) * (_WIDTH - _LEFT - _RIGHT) / len(found.batches):.1f}"

    def y(row: float) -> str:
        return f"{_HEIGHT - _BOTTOM - (row + 0.5) * (_HEIGHT - _TOP - _BOTTOM) / rows:.1f}"

    watermark = ""  # a step over the width of each column whose watermark is inside the picture
    for column, watermark_us in enumerate(found.watermarks_us):
        if row_of(found, watermark_us) is not None:
            height = y((watermark_us - found.first_us) / found.row_us - 0.5)
            start = f"V{height}" if watermark else f"M{x(column - 0.5)} {height}"
            watermark += f"{start}H{x(column + 0.5)}"
    grids = {"on": found.on_time, "counted": found.counted, "dropped": found.dropped}
    template = environment().get_template("lateness.svg.jinja")
    picture = template.render(
        title=title_of(found),
        grids=grids,
        totals={kind: total(grid) for kind, grid in grids.items()},
        labels=[(y(row), time_of_row(found, row)) for row in range(0, rows, _LABEL_EVERY)],
        batches=(found.batches[0][0], found.batches[-1][1]),
        watermark=watermark,
        place={"left": _LEFT, "top": _TOP, "right": _WIDTH - _RIGHT, "bottom": _HEIGHT - _BOTTOM},
        size=(_WIDTH, _HEIGHT),
        x=x,
        y=y,
    )
    return f"{picture}\n"
