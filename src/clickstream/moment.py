"""Times as settings and flags give them: a date, or a date and a time, with or without an offset from UTC."""

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
