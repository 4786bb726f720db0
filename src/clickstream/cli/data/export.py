"""`clickstream export`: the landed rows of a table in one file."""

from pathlib import Path
from typing import Annotated

import typer

from clickstream.cli.parameters import DemoFolder, OfDemo, TableName, path_parser, settings_of, table_of
from clickstream.cli.printing.terminal import show_text


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
    show_text(f"Exported {rows:,} rows of {table} to {file}.")
