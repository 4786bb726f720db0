"""`clickstream status`: how the kit is."""

from typing import TYPE_CHECKING, Annotated

import typer

from clickstream.cli.parameters import AsJson, DemoFolder, OfDemo, settings_of
from clickstream.cli.printing.terminal import has_screen, live, screen_size, show, show_json, show_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from clickstream.contract.status import KitStatus

_EVERY_S = 2.0


def status(
    as_json: AsJson = False,
    watch: Annotated[
        bool, typer.Option("--watch", "-w", help="Refresh every two seconds until Ctrl-C.")
    ] = False,
    of_demo: OfDemo = False,
    folder: DemoFolder = None,
) -> None:
    """Show parts, topic, lag and landed rows.

    Exit 0: everything that was started runs, 3: nothing runs, 4: a part died. With --watch, Ctrl-C ends it
    with 0; if the output is not a terminal, it prints a line per batch and per change of a part.

    Example: clickstream status --watch
    """
    from clickstream.clock import SystemClock
    from clickstream.operate.status.kit_status import StatusReader, exit_code_of
    from clickstream.report.status import as_json as status_json
    from clickstream.report.status import as_text as status_text

    settings = settings_of(of_demo=of_demo, folder=folder)
    reader = StatusReader(settings, SystemClock())
    if watch:
        _watch(reader.read, as_json=as_json)
        return
    found = reader.read()
    if as_json:
        show_json(status_json.status(found))
    else:
        show(status_text.status(found))
    raise typer.Exit(exit_code_of(found))


def _watch(read: "Callable[[], KitStatus]", *, as_json: bool) -> None:
    from clickstream.clock import SystemClock
    from clickstream.pipeline.stopping import stop_on_signals, wait_unless_stopped
    from clickstream.report.status import as_json as status_json
    from clickstream.report.status import as_lines, on_screen
    from clickstream.report.status import as_text as status_text

    clock = SystemClock()
    with stop_on_signals() as stop_requested:
        if as_json or not has_screen():
            before = None
            while not stop_requested():
                found = read()
                if as_json:
                    show_json(status_json.status(found, indent=None))
                else:
                    for line in as_lines.lines_since(found, before):
                        show_text(line)
                before = found
                wait_unless_stopped(_EVERY_S, clock, stop_requested)
            return
        found, size = read(), screen_size()

        def disturbed() -> bool:
            return stop_requested() or screen_size() != size

        with live() as screen:
            while not stop_requested():
                screen(on_screen.versions(found, size.width))
                wait_unless_stopped(_EVERY_S, clock, disturbed)
                # A screen of another size is filled at once.
                found, size = (read() if screen_size() == size else found), screen_size()
        show(status_text.status(found))
