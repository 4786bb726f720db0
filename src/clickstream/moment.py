"""Times: read as settings and flags give them, and written as every command shows them, in UTC."""

import re
from datetime import UTC, date, datetime

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
    day, time, offset = form[1], form[2] or "00:00", (form[3] or "Z").upper()
    try:
        return datetime.fromisoformat(f"{day}T{time}{offset}").astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError("that date, time or offset does not exist") from error


_US_PER_S = 1_000_000
_S_PER_DAY = 86_400
_DAYS_IN_400_YEARS = 146_097
"""After which the Gregorian calendar repeats itself."""


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
    """The Gregorian date, of every year: Python has that of a year from 1 to 400 with the same calendar."""
    cycle, day_of_cycle = divmod(days_since_1970 + date(1970, 1, 1).toordinal() - 1, _DAYS_IN_400_YEARS)
    alike = date.fromordinal(day_of_cycle + 1)
    year = alike.year + 400 * cycle
    sign = "" if 0 <= year <= 9_999 else "-" if year < 0 else "+"
    return f"{sign}{abs(year):04d}-{alike.month:02d}-{alike.day:02d}"
