"""`clickstream watermark`: which events were late, and what became of them."""

from pathlib import Path
from typing import Annotated

import typer

from clickstream.cli.parameters import DemoFolder, OfDemo, path_option, settings_of, table_names, table_of
from clickstream.cli.printing.terminal import show_text

_COLUMNS, _ROWS = 64, 20
_SVG_COLUMNS, _SVG_ROWS = 120, 48


def watermark(
    table: Annotated[
        str | None,
        typer.Argument(
            metavar="TABLE",
            help="The name of a table with tumbling windows.",
            show_default="the first one",
            autocompletion=table_names,
        ),
    ] = None,
    svg: Annotated[Path | None, path_option("--svg", "FILE", "Write an SVG picture to this file.")] = None,
    of_demo: OfDemo = False,
    folder: DemoFolder = None,
) -> None:
    """Draw events against the watermark: on time or late.

    A column is a batch, or several adjacent ones. Late events are behind the watermark. They are counted
    while their window is open, and dropped afterwards. Reads only landed files and batch records.

    Example: clickstream watermark --demo
    """
    from clickstream.check.history.lateness import lateness_of, tumbling_tables
    from clickstream.errors import UsageError, writing
    from clickstream.pipeline.run import layout_of
    from clickstream.report.html.lateness import as_svg
    from clickstream.report.lateness import as_diagram

    settings = settings_of(of_demo=of_demo, folder=folder)
    pipeline, layout = settings.pipeline, layout_of(settings.paths)
    tables = tumbling_tables(pipeline)
    if table is None and not tables:
        raise UsageError(
            f"The pipeline {pipeline.name} has no table with tumbling windows.",
            next_step="Add one; docs/change-the-pipeline.md shows how.",
        )
    chosen = tables[0] if table is None else table_of(table)
    found = lateness_of(layout, pipeline, chosen, columns=_COLUMNS, rows=_ROWS)
    show_text(as_diagram(found, _COLUMNS))
    if svg is not None:
        found = lateness_of(layout, pipeline, chosen, columns=_SVG_COLUMNS, rows=_SVG_ROWS)
        with writing(f"The picture {svg}", next_step="Name another file with --svg."):
            svg.write_text(as_svg(found), encoding="utf-8")
        show_text(f"Wrote {svg}.")
