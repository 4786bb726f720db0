"""Texts of one fixed form → microseconds since the Unix epoch.

polars reads a whole moment with its fraction for 0.3 µs. The second is read once for all texts that share
it, and the six digits are an integer: together a tenth of that.
"""

import polars as pl

FIXED_FORM = (
    r"\A[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
    r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{6}"
)
"""Begins a regular expression for texts that `fixed_form_us` takes; the day of the month may not exist."""

_SECOND = "%Y-%m-%dT%H:%M:%S"
_SECOND_CHARACTERS, _FRACTION_CHARACTERS = 19, 6


def fixed_form_us(text: pl.Expr) -> pl.Expr:
    """Int64 microseconds of texts that begin with `FIXED_FORM`; null for a day that does not exist."""
    second = text.str.head(_SECOND_CHARACTERS).str.to_datetime(_SECOND, time_unit="us", strict=False)
    fraction = text.str.slice(_SECOND_CHARACTERS + 1, _FRACTION_CHARACTERS).cast(pl.Int64, strict=False)
    return second.cast(pl.Int64) + fraction
