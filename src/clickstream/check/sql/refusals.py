"""Errors about a statement, with the line and a caret below the place."""

import unicodedata

from clickstream.errors import UsageError

_SHOWN = 70
"""Columns of a line that are shown around the place."""


def refusal(sentence: str, next_step: str, sql: str, place: int | None) -> UsageError:
    """An error about the character at `place` of the SQL; None for one about no particular place."""
    details = () if place is None else pointed_at(sql, place)
    return UsageError(sentence, next_step=next_step, details=details)


def pointed_at(sql: str, place: int) -> tuple[str, str]:
    """The line of the place, cut to what is around it, and a line with a caret below the place."""
    begin = sql.rfind("\n", 0, place) + 1
    line = sql[begin:].split("\n", 1)[0].rstrip().expandtabs(1)
    column = min(place - begin, len(line))
    first = max(0, column - _SHOWN // 2) if len(line) > _SHOWN else 0
    before = ("…" if first else "") + line[first:column]
    rest = line[column : first + _SHOWN]
    cut = "…" if len(line) > first + _SHOWN else ""
    return before + rest + cut, " " * sum(map(_width, before)) + "^"


def _width(character: str) -> int:
    """Columns of a terminal that a character takes."""
    if not character.isprintable():
        return len(ascii(character)) - 2  # it is shown as its escape
    return 0 if unicodedata.combining(character) else 1 + (unicodedata.east_asian_width(character) in "WF")
