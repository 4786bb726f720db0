"""`clickstream report`: a run in one HTML file, or as a live page."""

import threading
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clickstream.cli.parameters import AsJson, DemoFolder, OfDemo, path_option, settings_of
from clickstream.cli.printing.terminal import show_json, show_text, tell
from clickstream.cli.report_file import refuse_unwritable, report_reader
from clickstream.errors import UsageError

if TYPE_CHECKING:
    from clickstream.operate.run_report.reading import ReportReader

DEFAULT_FILE = Path("report.html")
LIVE_PORT = 8765
_LOOKS_UP_EVERY_S = 1.0


def report(
    out: Annotated[
        Path | None, path_option("--out", "FILE", "Write the page to this file.", str(DEFAULT_FILE))
    ] = None,
    open_it: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
    serve: Annotated[
        bool, typer.Option("--serve", help="Serve a live page on loopback until Ctrl-C.")
    ] = False,
    port: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=65_535,
            metavar="PORT",
            show_default=f"{LIVE_PORT} or a free one",
            help="With --serve: listen on this port.",
        ),
    ] = None,
    as_json: AsJson = False,
    of_demo: OfDemo = False,
    folder: DemoFolder = None,
) -> None:
    """Write the report of a run, or serve it.

    The page has the last verdict, the flow of records, charts, the landed tables and how the run was made. It
    opens from disk without network and scripts. --json prints the data behind it and writes no file. --serve
    serves a live page at 127.0.0.1, refreshed every two seconds, to browsers on this machine.

    Example: clickstream report --out run.html --open
    """
    from clickstream.check.terms import terms_of
    from clickstream.operate.run_report.writing import write_report
    from clickstream.pipeline.run import layout_of
    from clickstream.report.run_report import as_json as json_report

    if serve:
        if out is not None or as_json:
            raise UsageError("--serve writes no file and no JSON.", next_step="Leave out --out and --json.")
        settings = settings_of(of_demo=of_demo, folder=folder)
        _serve(report_reader(settings, of_demo=of_demo, folder=folder), port, open_it=open_it)
        return
    if port is not None:
        raise UsageError("--port works with --serve only.", next_step="Add --serve.")
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
    if open_it:
        _open(file.absolute().as_uri())


def _serve(reader: "ReportReader", port: int | None, *, open_it: bool) -> None:
    """Serve the page until Ctrl-C or SIGTERM."""
    from clickstream.clock import SystemClock
    from clickstream.operate.run_report.serving import LivePage, LiveServer
    from clickstream.pipeline.stopping import stop_on_signals, wait_unless_stopped
    from clickstream.runtime.machine.ports import is_free, refuse_port_in_use

    clock = SystemClock()
    if port:
        refuse_port_in_use(port, "the live page", "--port")
    elif port is None:
        port = LIVE_PORT if is_free(LIVE_PORT) else 0
    with stop_on_signals() as stop_requested, LiveServer(LivePage(reader.read, clock), port) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        show_text(f"Live page: {server.address} (Ctrl-C ends it)")
        if open_it:
            _open(server.address)
        while not stop_requested():
            wait_unless_stopped(_LOOKS_UP_EVERY_S, clock, stop_requested)
        server.shutdown()


def _open(address: str) -> None:
    if not webbrowser.open(address):
        tell(f"No browser can be started here. Open {address} yourself.")
