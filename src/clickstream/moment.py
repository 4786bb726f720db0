"""Times: read as settings and flags give them, and written as every command shows them, in UTC."""

import re
from datetime import UTC, datetime

MOMENT_FORMS = "a date or a time such as 2026-01-31, 2026-01-31T08:00 or 2026-01-31 08:00:00+02:00"
"""What `parse_moment` takes, for errors; without an offset it is UTC."""

_FORM = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)\s*(Z|[+-]\d\d(?::?\d\d)?)?)?",
    re.ASCII | re.IGNORECASE,
)


def parse_moment(text: str) -> datetime:
    """Read a date (its midnight) or a date with a time, to the microsecond; UTC unless it has an offset.

    Raises:
        ValueError: `text` is of another form, or that date or time does not exist.
    """
    form = _FORM.fullmatch(text.strip())
    if form is None:
        raise ValueError("it is not of the form YYYY-MM-DD or YYYY-MM-DDThh:mm:ss")
    date, time, offset = form[1], form[2] or "00:00", (form[3] or "Z").upper()
    try:
        return datetime.fromisoformat(f"{date}T{time}{offset}").astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError("that date, time or offset does not exist") from error


_US_PER_S = 1_000_000
_S_PER_DAY = 86_400
_DAYS_TO_1970 = 719_468
"""From 0000-03-01, where the years of `_date` begin, to 1970-01-01."""


def written_us(epoch_us: int, *, digits: int = 6, separator: str = " ") -> str:
    """Microseconds of the Unix epoch as a UTC time, for every integer: `2026-01-31 08:00:00.000000`.

    Python's datetime knows the years 1 to 9999 only, and event times, windows and watermarks go further. By
    ISO 8601 other years have a sign and at least four digits: `+10000-01-01`, `-0044-03-15`; the year before
    1 is `0000`. Fractions are cut to `digits`, of which there may be 0, 3 or 6.
    """
    seconds, us = divmod(epoch_us, _US_PER_S)
    days, second = divmod(seconds, _S_PER_DAY)
    fraction = f".{us:06d}"[: digits + 1] if digits else ""
    time = f"{second // 3_600:02d}:{second // 60 % 60:02d}:{second % 60:02d}{fraction}"
    return f"{_date(days)}{separator}{time}"


def written_ms(epoch_ms: int, *, digits: int = 3) -> str:
    """The same of milliseconds."""
    return written_us(epoch_ms * 1_000, digits=digits)


def _date(days_since_1970: int) -> str:
    """The Gregorian date, in eras of 400 years that begin on March 1. Source: Hinnant, civil_from_days."""
    era, day_of_era = divmod(days_since_1970 + _DAYS_TO_1970, 146_097)
    year_of_era = (day_of_era - day_of_era // 1_460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    month_from_march = (5 * day_of_year + 2) // 153
    day = day_of_year - (153 * month_from_march + 2) // 5 + 1
    month = month_from_march + 3 if month_from_march < 10 else month_from_march - 9
    year = year_of_era + era * 400 + (month <= 2)
    if 0 <= year <= 9_999:
        return f"{year:04d}-{month:02d}-{day:02d}"
    return f"{'-' if year < 0 else '+'}{abs(year):04d}-{month:02d}-{day:02d}"
