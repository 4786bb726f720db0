"""`clickstream logs`: what the parts say."""

from typing import TYPE_CHECKING, Annotated

import typer

from clickstream.cli.parameters import log_names
from clickstream.cli.printing.terminal import show_lines

if TYPE_CHECKING:
    from collections.abc import Iterable

    from clickstream.operate.logs import LogLine

_EVERY_S = 0.2


def logs(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PART",
            help="Name parts, such as producer stream.",
            show_default="all",
            autocompletion=log_names,
        ),
    ] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Show new lines too, until Ctrl-C.")] = False,
    lines: Annotated[
        int, typer.Option("--lines", "-n", min=0, metavar="COUNT", help="Show this many lines of each log.")
    ] = 20,
) -> None:
    """Show the last lines of the logs, or follow them.

    Lines of several parts begin with the part's name. Times are ISO-8601 in UTC. -f continues
    after a restart of a part, and if a log is truncated or renamed.

    Example: clickstream logs -f producer stream
    """
    from clickstream.clock import SystemClock
    from clickstream.operate.logs import PartLogs
    from clickstream.pipeline.stopping import stop_on_signals, wait_unless_stopped
    from clickstream.settings import load

    settings, _ = load()
    part_logs = PartLogs(settings.paths.state.absolute(), names or ())
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

    from clickstream.report.log_lines import with_readable_times
    from clickstream.report.plain_text import tame

    width = max(map(len, names), default=0)
    show_lines(
        Text.assemble(
            (f"{line.name:<{width}} │ " if len(names) > 1 else "", "cyan"),
            tame(with_readable_times(line.text)),
        )
        for line in lines
    )
