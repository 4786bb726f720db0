"""`clickstream sql`: the landed tables in SQL."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from clickstream.cli.parameters import DemoFolder, OfDemo, settings_of
from clickstream.cli.printing.terminal import show, show_csv, show_error, show_json, tell, width
from clickstream.errors import ClickstreamError, UsageError

if TYPE_CHECKING:
    from clickstream.settings import Settings

_ROWS = 100
"""Rows that are printed as a table, without --limit."""


def sql(
    statement: Annotated[
        str | None,
        typer.Argument(
            metavar="STATEMENT", help="The query.", show_default="a prompt, or the statements on stdin"
        ),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(
            "--limit",
            "-n",
            min=1,
            metavar="ROWS",
            help="Print at most this many rows.",
            show_default=f"{_ROWS}, all with --json and --csv",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object per row.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV with a header row.")] = False,
    of_demo: OfDemo = False,
    folder: DemoFolder = None,
) -> None:
    """Query the landed tables in SQL.

    Reads rows of landed batches only and changes nothing. The SQL is that of polars, times are in UTC.
    Without STATEMENT, a prompt opens. If stdin is not a terminal, statements are read from there, with a
    semicolon after each.

    Example: clickstream sql "SELECT count(*) AS n FROM TABLE"
    """
    if as_json and as_csv:
        raise UsageError("--json and --csv exclude each other.", next_step="Leave one of them out.")
    from clickstream.operate.parts.differences import writes_elsewhere

    settings = settings_of(of_demo=of_demo, folder=folder)
    if elsewhere := writes_elsewhere(settings):
        tell(elsewhere)

    def run(text: str) -> None:
        _print_answer(settings, text, limit, as_json=as_json, as_csv=as_csv)

    if statement is not None:
        run(statement)
    elif sys.stdin.isatty():
        _prompt(settings, run)
    else:
        for text in _statements_on_stdin():
            run(text)


def _print_answer(
    settings: "Settings", statement: str, limit: int | None, *, as_json: bool, as_csv: bool
) -> None:
    from clickstream.check.sql.answer import Answer
    from clickstream.pipeline.run import layout_of
    from clickstream.report import landed_rows

    answer = Answer(layout_of(settings.paths), settings.pipeline, statement)
    if as_json:
        for batch in answer.batches(limit):
            show_json(landed_rows.json_lines(batch))
    elif as_csv:
        for part in answer.csv(limit):
            show_csv(part)
    else:
        rows, count = answer.first(limit or _ROWS)
        show(landed_rows.counted_table(rows, count, answer.columns, width()))


def _statements_on_stdin() -> list[str]:
    from clickstream.check.sql.statement import is_blank, split

    sys.stdin.reconfigure(errors="surrogateescape")  # type: ignore[union-attr]  # a TextIOWrapper
    statements, rest = split(sys.stdin.read())
    found = [statement for statement in (*statements, rest) if not is_blank(statement)]
    if not found:
        raise UsageError(
            "There is no statement on stdin.", next_step='Name one: `clickstream sql "SHOW TABLES"`.'
        )
    return found


def _prompt(settings: "Settings", run: Callable[[str], None]) -> None:
    from clickstream.cli.data.sql_prompt import HISTORY, typed_statements
    from clickstream.settings import load

    tables = ", ".join(table.name for table in settings.pipeline.tables)
    tell(f"Tables: {tables}. End a statement with ; and Enter. Tab completes, Ctrl-D ends.")
    # Of the project, also for the demo's tables: the demo's folder keeps only what the demo writes.
    for statement in typed_statements(settings.pipeline, load()[0].paths.state.absolute() / HISTORY):
        try:
            run(statement)
        except ClickstreamError as error:
            show_error(error)
        except KeyboardInterrupt:
            tell("The statement was stopped.")
