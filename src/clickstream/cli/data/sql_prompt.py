"""The prompt of `clickstream sql`: several lines, completion of names and SQL words, and a history."""

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.application import get_app
from prompt_toolkit.completion import WordCompleter
from prompt_toolkit.filters import Condition
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
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
_ENTRY = b"\n# "
"""What an entry of `FileHistory` begins with."""


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
        history=_newest(history),
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
    """A file that is left as it is when nothing can be added, as on a full disk."""

    def store_string(self, string: str) -> None:
        """Add an entry."""
        with suppress(OSError):
            super().store_string(string.strip())


def _newest(path: Path) -> History:
    """The newest statements, in a file that only its owner can read; in memory if it cannot be used."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.chmod(0o600)
        entries = path.read_bytes().split(_ENTRY)[1:]
        if len(entries) > _MOST_ENTRIES:
            path.write_bytes(_ENTRY.join([b"", *entries[-_MOST_ENTRIES:]]))
    except OSError:
        return InMemoryHistory()
    return _History(path)
