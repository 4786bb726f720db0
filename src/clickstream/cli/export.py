"""`clickstream export`: the landed rows of a table in one file."""

from pathlib import Path
from typing import Annotated

import typer

from clickstream.cli.chosen_run import DemoFolder, OfDemo, settings_of
from clickstream.cli.completing import table_names
from clickstream.cli.flags import file_argument
from clickstream.cli.terminal import show_text
from clickstream.errors import UsageError


def export(
    table: Annotated[
        str, typer.Argument(metavar="TABLE", help="The name of the table.", autocompletion=table_names)
    ],
    file: Annotated[
        Path,
        typer.Argument(
            parser=file_argument, metavar="FILE", help="The file: .parquet, .csv, .ndjson or .jsonl."
        ),
    ],
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the file if it exists.")] = False,
    of_demo: OfDemo = False,
    folder: DemoFolder = None,
) -> None:
    """Write all landed rows of a table to a file.

    Exports exactly the rows that batch records list, each once, and verifies the landed files first. The job
    may run. The file appears when it is complete.

    Example: clickstream export page_metrics pages.parquet
    """
    from clickstream.contract.tables import TABLES

    by_name = {each.name: each for each in TABLES}
    if table not in by_name:
        raise UsageError(f"There is no table {table!r}.", next_step=f"The tables are {', '.join(by_name)}.")
    from clickstream.operate.export import export_table

    settings = settings_of(of_demo=of_demo, folder=folder)
    rows = export_table(settings, by_name[table], file, overwrite=overwrite)
    show_text(f"Exported {rows:,} rows of {table} to {file}.")
