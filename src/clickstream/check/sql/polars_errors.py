"""What polars says of a statement, as an error that points at the place and names what there is."""

import difflib
import re
from collections.abc import Iterable, Sequence

import polars as pl

from clickstream.check.sql.statement import refusal, tokens
from clickstream.contract.definition.tables import Table
from clickstream.errors import UsageError

FAILURES = (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError)
"""What polars raises while it reads a statement or runs it."""

_LINE_AND_COLUMN = re.compile(r" at Line: (\d+), Column: (\d+)")
_UNKNOWN_COLUMN = re.compile(r"unable to find column \"(?P<name>.*?)\"; valid columns: \[(?P<names>.*)\]")
_NOT_IN_TABLE = re.compile(r"no column named '(?P<name>.*?)' found in table '(?P<table>.*?)'")
_UNKNOWN_TABLE = re.compile(r"relation '(?P<name>.*?)' was not found")
_NAMED = re.compile(r"'([^']+)'|\"([^\"]+)\"|`([^`]+)`")
_COLUMN_OF_EXPRESSION = re.compile(r"col\(\"(.*?)\"\)")
_WITHOUT_ZONE = "Datetime('μs')"


def error_of(sql: str, error: BaseException, tables: Sequence[Table]) -> UsageError:
    """The error about a statement that polars refuses or cannot run; `tables` are those of the pipeline."""
    said = str(error).split("\n", 1)[0]
    if found := _UNKNOWN_COLUMN.match(said):
        names = re.findall(r'"(.*?)"', found["names"])
        return _unknown("column", found["name"], names, sql)
    if found := _NOT_IN_TABLE.match(said):
        of_table = [table for table in tables if table.name == found["table"]]
        used = {token.name for token in tokens(sql)}
        others = [table for table in tables if table.name in used]
        names = [name for table in of_table or others for name in table.column_names]
        return _unknown("column", found["name"], names, sql)
    if found := _UNKNOWN_TABLE.match(said):
        return _unknown("table", found["name"], [table.name for table in tables], sql)
    if said.startswith("sql parser error: "):
        return _unreadable(sql, said.removeprefix("sql parser error: "))
    named = [next(filter(None, names)) for names in _NAMED.findall(said)]
    named += _COLUMN_OF_EXPRESSION.findall(str(error))
    place = next((each for name in named if (each := _place(sql, name)) is not None), None)
    next_step = "Change the statement."
    if _WITHOUT_ZONE in said:
        next_step = "Write times as texts in UTC: '2026-01-31 08:00:00'."
    return refusal(f"The statement cannot be run: {said.rstrip('.: ')}.", next_step, sql, place)


def _unreadable(sql: str, said: str) -> UsageError:
    """What the parser says, at the line and column that it names, or at the end."""
    place = len(sql.rstrip())
    if found := _LINE_AND_COLUMN.search(said):
        line, column = int(found[1]), int(found[2])
        place = sum(len(each) + 1 for each in sql.split("\n")[: line - 1]) + column - 1
    words = _LINE_AND_COLUMN.sub("", said).replace("EOF", "the end").rstrip(". ")
    return refusal(f"This is not SQL: {words}.", "Change the statement at the mark.", sql, place)


def _unknown(what: str, name: str, names: Iterable[str], sql: str) -> UsageError:
    known = {each.lower(): each for each in names}
    near = difflib.get_close_matches(name.lower(), known, n=1)
    meant = f"Did you mean {known[near[0]]}? " if near else ""
    next_step = f"{meant}The {what}s are {', '.join(known.values())}." if known else ""
    return refusal(f"There is no {what} {name!r}.", next_step, sql, _place(sql, name))


def _place(sql: str, name: str) -> int | None:
    """Where the SQL names this first; None if it does not."""
    found = tokens(sql)
    for same in (str, str.lower):
        for token in found:
            if token.name and same(token.name) == same(name):
                return token.place
    return None
