"""`clickstream logs`: what the parts say."""

from contextlib import closing
from typing import TYPE_CHECKING, Annotated

import typer

from clickstream.cli.completing import log_names
from clickstream.cli.terminal import show_lines

if TYPE_CHECKING:
    from collections.abc import Iterable

    from clickstream.operate.logs import LogLine

_EVERY_S = 0.2


def logs(
    name: Annotated[
        str | None, typer.Argument(help="One part, such as stream; all without it.", autocompletion=log_names)
    ] = None,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Show what comes as well, until Ctrl-C.")
    ] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", min=0, help="The last lines of each log.")] = 20,
) -> None:
    """Show the last lines of the parts' logs, each with the name of its part, and follow them with -f.

    Following survives a restart of the parts, and a log that is cut or put aside.

    Example: clickstream logs -f stream
    """
    from clickstream.clock import SystemClock
    from clickstream.operate.logs import PartLogs
    from clickstream.pipeline.stopping import stop_on_signals, wait_unless_stopped
    from clickstream.settings import load

    settings, _ = load()
    with closing(PartLogs(settings.paths.state.absolute(), name)) as part_logs:
        _show(part_logs.last(lines), part_logs.names)
        if not follow:
            return
        clock = SystemClock()
        with stop_on_signals() as stop_requested:
            while not stop_requested():
                _show(part_logs.new(), part_logs.names)
                wait_unless_stopped(_EVERY_S, clock, stop_requested)


def _show(lines: "Iterable[LogLine]", names: list[str]) -> None:
    from rich.text import Text

    from clickstream.report.escaping import tame

    width = max(map(len, names), default=0)
    show_lines(Text.assemble((f"{line.name:<{width}} │ ", "cyan"), tame(line.text)) for line in lines)
