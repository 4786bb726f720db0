"""`clickstream show` and `export`: the landed rows of a table on the terminal, or in one file."""

from pathlib import Path
from typing import Annotated

import typer

from clickstream.cli.parameters import DemoFolder, OfDemo, TableName, path_parser, settings_of, table_of
from clickstream.cli.printing import terminal


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
        terminal.tell(elsewhere)
    newest = newest_rows(layout_of(settings.paths), settings.pipeline, chosen, count)
    if as_json:
        terminal.show_json(landed_rows.as_json_lines(newest))
    else:
        terminal.show(landed_rows.as_table(newest, terminal.width()))


def export(
    table: TableName,
    file: Annotated[
        Path,
        typer.Argument(
            parser=path_parser("FILE", "argument"),
            metavar="FILE",
            help="The file: .parquet, .csv, .ndjson or .jsonl.",
        ),
    ],
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the file if it exists.")] = False,
    of_demo: OfDemo = False,
    folder: DemoFolder = None,
) -> None:
    """Write all landed rows of a table to a file.

    Exports exactly the rows that batch records list, each once, and verifies the landed files first. The job
    may run. The file appears when it is complete.

    Example: clickstream export TABLE rows.parquet
    """
    chosen = table_of(table)
    from clickstream.operate.export import export_table

    settings = settings_of(of_demo=of_demo, folder=folder)
    rows = export_table(settings, chosen, file, overwrite=overwrite)
    terminal.show_text(f"Exported {rows:,} rows of {table} to {file}.")
