"""One value of a frame as text for people: null, "text" in quotes, moments in UTC, bytes as escapes."""

import polars as pl

_LONGEST = 80


def rendered(row: pl.DataFrame, column: str) -> str:
    """The value of `column` in the first row, cut where it is long."""
    values = row[column].head(1)
    if values.is_null()[0]:
        return "null"
    # By polars: Python's datetime ends with year 9999, event times do not.
    value = values.cast(pl.String)[0] if isinstance(values.dtype, pl.Datetime) else values[0]
    text = repr(value) if isinstance(value, bytes | float) else str(value)
    if isinstance(values.dtype, pl.String | pl.Categorical):
        text = '"' + text.encode("unicode_escape").decode().replace('"', '\\"') + '"'
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
