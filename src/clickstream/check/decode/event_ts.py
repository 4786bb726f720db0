"""`event_ts` from the time field: the rule for one text, and the same for a column of usual texts.

polars' own parsing is not the rule: it takes second 60 and offsets beyond 18:00. So the usual form is
found by an expression that leaves only the calendar to polars, and everything else goes through the rule.
"""

import re
from datetime import date

import polars as pl

_ISO = re.compile(
    r"([0-9]{4})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    r"[T ]([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])"
    r"(?:\.([0-9]{1,9}))?"
    r"(?:Z|([+-])([0-9]{2}):?([0-5][0-9]))?"
)
FIXED_FORM = (
    r"\A[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
    r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{6}"
)
"""Begins a regular expression for texts that `fixed_form_us` takes; the day of the month may not exist."""

_USUAL = FIXED_FORM + r"(?:\+00:00|Z)\z"
_SECOND = "%Y-%m-%dT%H:%M:%S"
_SECOND_CHARACTERS, _FRACTION_CHARACTERS = 19, 6

_EPOCH_DAY = date(1970, 1, 1).toordinal()
_CYCLE_YEARS, _CYCLE_DAYS = 400, 146_097
_MAX_OFFSET_MINUTES = 18 * 60
_US_PER_S = 1_000_000


def event_ts_us(text: str) -> int | None:
    """Microseconds since the Unix epoch of one time as text, or None where it has not the asked form.

    The rule is the one of docs/semantics.md: calendar date, `T` or a blank, time of day, at most nine
    digits of fraction (cut to six), `Z`, an offset of at most 18:00, or nothing, which means UTC.
    """
    parts = _ISO.fullmatch(text)
    if parts is None:
        return None
    day = _epoch_day(int(parts[1]), int(parts[2]), int(parts[3]))
    if day is None:
        return None
    offset_minutes = 0
    if parts[8]:
        offset_minutes = int(parts[9]) * 60 + int(parts[10])
        if offset_minutes > _MAX_OFFSET_MINUTES:
            return None
        if parts[8] == "-":
            offset_minutes = -offset_minutes
    seconds = ((day * 24 + int(parts[4])) * 60 + int(parts[5]) - offset_minutes) * 60 + int(parts[6])
    fraction_us = int((parts[7] or "0").ljust(6, "0")[:6])
    return seconds * _US_PER_S + fraction_us


def unreadable(texts: pl.Expr) -> pl.Expr:
    """Whether a text has not the asked form; false for null, and for a day that does not exist."""
    return texts.is_not_null() & ~texts.str.contains(rf"\A{_ISO.pattern}\z")


def _epoch_day(year: int, month: int, day: int) -> int | None:
    # Python's calendar begins with year 1, the rule's with year 0; both repeat every 400 years.
    cycles = 1 if year < _CYCLE_YEARS else 0
    try:
        ordinal = date(year + cycles * _CYCLE_YEARS, month, day).toordinal()
    except ValueError:
        return None
    return ordinal - cycles * _CYCLE_DAYS - _EPOCH_DAY


def fixed_form_us(text: pl.Expr) -> pl.Expr:
    """Int64 microseconds of texts that begin with `FIXED_FORM`; null for a day that does not exist."""
    # The second is read once for all texts that share it: a tenth of the time of whole moments.
    second = text.str.head(_SECOND_CHARACTERS).str.to_datetime(_SECOND, time_unit="us", strict=False)
    fraction = text.str.slice(_SECOND_CHARACTERS + 1, _FRACTION_CHARACTERS).cast(pl.Int64, strict=False)
    return second.cast(pl.Int64) + fraction


def event_ts(texts: pl.Series, kafka_timestamp_us: pl.Series) -> pl.Series:
    """`event_ts` of each event, Int64 microseconds: from its own time, else from the Kafka timestamp.

    Args:
        texts: the time field, String, null where the event has none.
        kafka_timestamp_us: Int64, microseconds since the Unix epoch.
    """
    text = pl.col("text")
    us = (
        texts.to_frame("text")
        .select(pl.when(text.str.contains(_USUAL)).then(fixed_form_us(text)))
        .to_series()
    )
    unusual = us.is_null() & texts.is_not_null()
    if unusual.any():
        by_rule = [event_ts_us(text) for text in texts.filter(unusual)]
        places = unusual.arg_true()
        us = us.scatter(places, pl.Series(by_rule, dtype=pl.Int64))
    return us.zip_with(us.is_not_null(), kafka_timestamp_us).rename("event_ts")
