"""`clickstream show`: what has landed."""

from typing import Annotated

import typer

from clickstream.cli.chosen_run import DemoFolder, OfDemo, settings_of
from clickstream.cli.completing import table_names
from clickstream.cli.terminal import show as show_result
from clickstream.cli.terminal import show_json, tell, width
from clickstream.errors import UsageError


def show(
    table: Annotated[
        str, typer.Argument(metavar="TABLE", help="The name of the table.", autocompletion=table_names)
    ],
    count: Annotated[
        int, typer.Option("--count", "-n", min=1, max=100_000, metavar="COUNT", help="Show this many rows.")
    ] = 10,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print a JSON object per row, with all columns.")
    ] = False,
    of_demo: OfDemo = False,
    folder: DemoFolder = None,
) -> None:
    """Show the newest landed rows of a table.

    Shows rows of landed batches only, the newest last, with times in UTC. On a terminal, columns that do not
    fit are left out and named.

    Example: clickstream show page_metrics -n 20
    """
    from clickstream.contract.tables import TABLES

    by_name = {each.name: each for each in TABLES}
    if table not in by_name:
        raise UsageError(f"{table!r} is not a table.", next_step=f"The tables are {', '.join(by_name)}.")
    from clickstream.check.newest import newest_rows
    from clickstream.operate.parts.differences import writes_elsewhere
    from clickstream.pipeline.places import layout_of
    from clickstream.report import landed_rows

    settings = settings_of(of_demo=of_demo, folder=folder)
    if elsewhere := writes_elsewhere(settings):
        tell(elsewhere)
    newest = newest_rows(layout_of(settings.paths), by_name[table], count)
    if as_json:
        show_json(landed_rows.as_json_lines(newest))
    else:
        show_result(landed_rows.as_table(newest, width()))
