"""One value of a frame as text for people: null, "text" in quotes, moments in UTC, bytes as escapes."""

import polars as pl

from clickstream.moment import written_us

_LONGEST = 80


def rendered(row: pl.DataFrame, column: str) -> str:
    """The value of `column` in the first row, cut where it is long."""
    values = row[column].head(1)
    if values.is_null()[0]:
        return "null"
    # Neither Python's datetime nor polars' calendar reaches as far as event and Kafka times do.
    moment = isinstance(values.dtype, pl.Datetime)
    value = written_us(values.cast(pl.Int64)[0]) if moment else values[0]
    text = repr(value) if isinstance(value, bytes | float) else str(value)
    if isinstance(values.dtype, pl.String | pl.Categorical):
        text = '"' + text.encode("unicode_escape").decode().replace('"', '\\"') + '"'
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
