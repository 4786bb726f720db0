"""`clickstream show`: what has landed."""

from typing import Annotated

import typer

from clickstream.cli.parameters import DemoFolder, OfDemo, TableName, settings_of, table_of
from clickstream.cli.printing.terminal import show as show_result
from clickstream.cli.printing.terminal import show_json, tell, width


def show(
    table: TableName,
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

    Shows only rows of landed batches, the newest last, with times in UTC. On a terminal, lists the names of
    columns that do not fit.

    Example: clickstream show TABLE -n 20
    """
    chosen = table_of(table)
    from clickstream.check.landed.newest import newest_rows
    from clickstream.operate.parts.differences import writes_elsewhere
    from clickstream.pipeline.run import layout_of
    from clickstream.report import landed_rows

    settings = settings_of(of_demo=of_demo, folder=folder)
    if elsewhere := writes_elsewhere(settings):
        tell(elsewhere)
    newest = newest_rows(layout_of(settings.paths), settings.pipeline, chosen, count)
    if as_json:
        show_json(landed_rows.as_json_lines(newest))
    else:
        show_result(landed_rows.as_table(newest, width()))
