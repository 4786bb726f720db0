"""`clickstream report`: a run in one HTML file."""

import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from clickstream.cli.parameters import AsJson, DemoFolder, OfDemo, path_parser, settings_of
from clickstream.cli.printing.terminal import show_json, show_text, tell
from clickstream.cli.report_file import refuse_unwritable, report_reader

DEFAULT_FILE = Path("report.html")


def report(
    out: Annotated[
        Path | None,
        typer.Option(
            parser=path_parser("--out"),
            metavar="FILE",
            show_default=str(DEFAULT_FILE),
            help="Write the page to this file.",
        ),
    ] = None,
    open_it: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
    as_json: AsJson = False,
    of_demo: OfDemo = False,
    folder: DemoFolder = None,
) -> None:
    """Write the report of a run as one HTML file.

    The page has the last verdict, the flow of records, charts, the landed tables and how the run was made. It
    opens from disk without network and scripts. With --json, prints the data behind it and writes no file.

    Example: clickstream report --out run.html --open
    """
    from clickstream.check.history.run import terms_of
    from clickstream.operate.run_report.writing import write_report
    from clickstream.pipeline.run import layout_of
    from clickstream.report.run_report import as_json as json_report

    file = out or DEFAULT_FILE
    refuse_unwritable(None if as_json else file)
    settings = settings_of(of_demo=of_demo, folder=folder)
    terms_of(layout_of(settings.paths), settings.pipeline)  # there is no report of nothing
    found = report_reader(settings, of_demo=of_demo, folder=folder).read()
    if as_json:
        show_json(json_report(found))
        return
    write_report(found, file)
    show_text(f"Wrote {file}.")
    if open_it and not webbrowser.open(file.absolute().as_uri()):
        tell(f"No browser can be started here. Open {file.absolute().as_uri()} yourself.")
