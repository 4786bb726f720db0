"""Durations, memory, shares, times and ports: one grammar for all settings and flags."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from clickstream.duration import DURATION_UNITS, Duration
from clickstream.moment import MOMENT_FORMS, parse_moment
from clickstream.settings.kinds.group import Worded, refused

_FIRST_MOMENT = datetime(1970, 1, 1, 0, 0, 0, 1_000, tzinfo=UTC)
"""librdkafka reads a Kafka timestamp of 0 as "now"."""
_MEMORY = re.compile(r"\s*(\d{1,12})\s*([kmgt])(?:i?b)?\s*", re.ASCII | re.IGNORECASE)
_KIB = {"k": 1, "m": 2**10, "g": 2**20, "t": 2**30}
_PERCENT = re.compile(r"\s*(\d+(?:\.\d+)?)\s*%\s*", re.ASCII)


def duration_of(value: object) -> Duration:
    """Read a duration.

    Raises:
        PydanticCustomError: it is none; says why.
    """
    if isinstance(value, Duration):
        return value
    try:
        return Duration.parse(str(value))
    except ValueError as error:
        raise refused(why=str(error)) from error


def _positive(value: Duration) -> Duration:
    if value.milliseconds == 0:
        raise refused(why="it must be longer than zero")
    return value


def _seconds(value: object) -> object:
    """A bare number is seconds, as the setting's name says; a duration is read as such."""
    text = str(value).strip()
    if not re.search(r"[A-Za-z]", text):
        return value
    milliseconds = duration_of(text).milliseconds
    if milliseconds % 1_000:
        raise refused(why="it is not a whole number of seconds")
    return milliseconds // 1_000


def _share(value: object) -> object:
    percent = _PERCENT.fullmatch(str(value))
    return float(Decimal(percent[1]) / 100) if percent else value


def _jvm_memory(value: object) -> str:
    """In the form that Java and Spark read: whole `m`, or `g` where that is the same."""
    given = _MEMORY.fullmatch(str(value))
    if given is None:
        bare = re.fullmatch(r"\s*\d+\s*", str(value))
        raise refused(why="it has no unit" if bare else "it is not a whole number with a unit")
    mebibytes, rest = divmod(int(given[1]) * _KIB[given[2].lower()], _KIB["m"])
    if rest or not mebibytes:
        raise refused(why="it is not a whole number of MB, or none at all")
    return f"{mebibytes // 1024}g" if mebibytes % 1024 == 0 else f"{mebibytes}m"


def _start_time(value: object) -> str:
    """ISO-8601 in UTC; empty stays empty."""
    if not str(value).strip():
        return ""
    try:
        moment = parse_moment(str(value))
    except ValueError as error:
        raise refused(why=str(error)) from error
    if moment < _FIRST_MOMENT:
        raise refused(why="it is not after the start of 1970")
    return moment.isoformat()


_UNITS = f"whole numbers with {DURATION_UNITS}"
AnyDuration = Annotated[Duration, BeforeValidator(duration_of), Worded("a duration", _UNITS)]
PositiveDuration = Annotated[AnyDuration, AfterValidator(_positive)]
Seconds = Annotated[
    int, BeforeValidator(_seconds), Worded("a whole number of seconds", "or a duration such as 5m")
]
Share = Annotated[
    float,
    BeforeValidator(_share),
    Worded("a number", "or a percentage such as 2%"),
    Field(allow_inf_nan=False),
]
Rate = Annotated[Share, Field(ge=0, le=1)]
Port = Annotated[int, Field(ge=0, le=65_535)]
JvmMemory = Annotated[
    str, BeforeValidator(_jvm_memory), Worded("an amount of memory", "such as 512m, 1g or 1GB")
]
StartTime = Annotated[
    str, BeforeValidator(_start_time), Worded(MOMENT_FORMS, "after 1970, or to nothing for now")
]
