"""The prompt of `clickstream sql`: several lines, completion of names and SQL words, and a history."""

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.application import get_app
from prompt_toolkit.completion import WordCompleter
from prompt_toolkit.filters import Condition
from prompt_toolkit.history import FileHistory
from prompt_toolkit.output import Output, create_output
from prompt_toolkit.shortcuts import CompleteStyle

from clickstream.check.sql.statement import is_blank, split
from clickstream.contract.definition.pipeline import Pipeline

HISTORY = "sql_history"
"""The file in STATE_PATH that keeps what was typed; readable by its owner only."""

SQL_WORDS = (
    "AND AS ASC BETWEEN BY CASE CAST CROSS DATE DESC DISTINCT ELSE END EXCEPT EXCLUDE EXTRACT FALSE FILTER "
    "FROM FULL GROUP HAVING ILIKE IN INNER INTERSECT INTERVAL IS JOIN LEFT LIKE LIMIT NOT NULL OFFSET ON OR "
    "ORDER OVER PARTITION SELECT SHOW TABLES THEN TRUE UNION USING VALUES WHEN WHERE WITH"
)
SQL_FUNCTIONS = (
    "ABS AVG CEIL COALESCE CONCAT COUNT DATE_PART FIRST FLOOR GREATEST LAST LEAST LENGTH LOWER MAX MEDIAN "
    "MIN NULLIF QUANTILE_CONT REPLACE ROUND STDDEV STRFTIME SUBSTR SUM TRIM UPPER VARIANCE"
)
_ENDS = {"exit", "quit", r"\q"}
_MOST_ENTRIES = 1_000
_LONGEST_ENTRY = 10_000


def typed_statements(pipeline: Pipeline, history: Path, output: Output | None = None) -> Iterator[str]:
    """Each statement that is typed, until Ctrl-D or `exit`; Ctrl-C abandons what is being typed.

    Enter ends a statement after `;` or on an empty line; elsewhere it begins a new line. The prompt goes to
    the terminal of stdout, or else of stderr.
    """
    names = [table.name for table in pipeline.tables]
    columns = [name for table in pipeline.tables for name in table.column_names]
    session: PromptSession[str] = PromptSession(
        "sql> ",
        prompt_continuation="...> ",
        multiline=Condition(lambda: not _is_complete(get_app().current_buffer.text)),
        completer=WordCompleter(
            list(dict.fromkeys((*names, *columns, *f"{SQL_WORDS} {SQL_FUNCTIONS}".split()))),
            ignore_case=True,
            pattern=re.compile(r"\w+"),
        ),
        complete_style=CompleteStyle.READLINE_LIKE,
        complete_while_typing=False,
        history=_History(history),
        output=output or create_output(always_prefer_tty=True),
    )
    while True:
        try:
            text = session.prompt()
        except KeyboardInterrupt:
            continue
        except EOFError:
            return
        if text.strip(" ;\n").lower() in _ENDS:
            return
        statements, rest = split(text)
        yield from (statement for statement in (*statements, rest) if not is_blank(statement))


def _is_complete(text: str) -> bool:
    before, _, line = text.rpartition("\n")
    at_an_empty_line = bool(before) and not line.strip()
    rest = split(text)[1]
    is_in_comment = rest.count("/*") > rest.count("*/")
    return at_an_empty_line or text.strip().lower() in _ENDS or (is_blank(rest) and not is_in_comment)


class _History(FileHistory):
    """The newest statements, in a file that only its owner can read; ignored if it cannot be used."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._path = path

    def load_history_strings(self) -> Iterable[str]:
        """The entries, the newest first; older ones than are kept are removed from the file."""
        with suppress(OSError):
            if self._path.exists():
                _make_private(self._path)
            entries = list(super().load_history_strings())
            if len(entries) > _MOST_ENTRIES:
                del entries[_MOST_ENTRIES:]
                self._replace(entries)
            return entries
        return []

    def store_string(self, string: str) -> None:
        """Add an entry, unless it is very long."""
        if len(string) <= _LONGEST_ENTRY:
            with suppress(OSError):
                self._path.parent.mkdir(parents=True, exist_ok=True)
                _make_private(self._path)
                super().store_string(string.strip())

    def _replace(self, entries: list[str]) -> None:
        partial = self._path.with_name(f"{self._path.name}.partial")
        partial.unlink(missing_ok=True)
        _make_private(partial)
        kept = FileHistory(partial)
        for entry in reversed(entries):
            kept.store_string(entry)
        partial.replace(self._path)


def _make_private(path: Path) -> None:
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    path.chmod(0o600)
