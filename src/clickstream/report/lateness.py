"""Events against the watermark, as a diagram for a terminal."""

from itertools import chain

from clickstream.check.history.lateness import Grid, Lateness
from clickstream.duration import Duration
from clickstream.moment import written_us

ON_TIME, COUNTED, DROPPED, WATERMARK = "·", "o", "x", "─"
_LABEL_EVERY = 4


def title_of(found: Lateness) -> str:
    """The table, its windows and the delay of the watermark."""
    return (
        f"{found.table}: windows of {Duration(found.window_ms)},"
        f" watermark {Duration(found.delay_ms)} behind the newest event"
    )


def total(grid: Grid) -> int:
    """All events of a grid."""
    return sum(chain.from_iterable(grid))


def row_of(found: Lateness, us: int) -> int | None:
    """The row of a time; None if it is outside the rows."""
    row = (us - found.first_us) // found.row_us
    return row if 0 <= row < len(found.on_time) else None


def time_of_row(found: Lateness, row: int) -> str:
    """The time of day at which a row begins."""
    return written_us(found.first_us + row * found.row_us, digits=0).rpartition(" ")[2]


def as_diagram(found: Lateness, width: int) -> str:
    """A column for each batch (or for adjacent ones), the newest event times at the top.

    Few batches get wider columns, so that the diagram has about `width` characters.
    """
    wide = max(1, width // len(found.batches))
    watermark_rows = [row_of(found, each) for each in found.watermarks_us]
    lines = []
    for row in reversed(range(len(found.on_time))):
        label = "" if row % _LABEL_EVERY else time_of_row(found, row)
        cells = (_cell(found, row, column, each == row) * wide for column, each in enumerate(watermark_rows))
        lines.append(f"{label:>8} │ {''.join(cells)}".rstrip())
    first, last = f"batch {found.batches[0][0]}", str(found.batches[-1][1])
    space = max(1, wide * len(found.batches) - len(first) - len(last))
    return "\n".join(
        (
            title_of(found),
            "",
            *lines,
            f"{'':>8} └{'─' * (wide * len(found.batches) + 1)}",
            f"{'':>11}{first}{' ' * space}{last}",
            "",
            f"{ON_TIME} on time {total(found.on_time):,}   {COUNTED} late, counted {total(found.counted):,}"
            f"   {DROPPED} late, dropped {total(found.dropped):,}   {WATERMARK} watermark",
        )
    )


def _cell(found: Lateness, row: int, column: int, is_watermark: bool) -> str:
    if is_watermark:
        return WATERMARK
    for grid, mark in ((found.dropped, DROPPED), (found.counted, COUNTED), (found.on_time, ON_TIME)):
        if grid[row][column]:
            return mark
    return " "
