"""`clickstream topic`: the topic itself."""

from typing import Annotated

import typer

from clickstream.cli.help import Commands
from clickstream.cli.parameters import AsJson
from clickstream.cli.printing.terminal import show, show_json, show_lines

app = Commands(help="Show the topic and its newest messages.", no_args_is_help=True)


@app.command()
def describe(
    as_json: AsJson = False,
) -> None:
    """Show the topic's partitions, id, configuration and offsets.

    Example: clickstream topic describe
    """
    from clickstream.operate.topic import describe as describe_topic
    from clickstream.report import topic as report
    from clickstream.settings import load

    found = describe_topic(load()[0])
    if as_json:
        show_json(report.details_json(found))
    else:
        show(report.details(found))


@app.command()
def tail(
    count: Annotated[
        int, typer.Option("--count", "-n", min=1, max=1_000, metavar="COUNT", help="Show this many messages.")
    ] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object per message.")] = False,
) -> None:
    """Show the newest messages of all partitions.

    A line has partition@offset, time, key and value. Bytes that are not text are escaped.

    Example: clickstream topic tail -n 5
    """
    from clickstream.clock import SystemClock
    from clickstream.operate.topic import newest_messages
    from clickstream.report import topic as report
    from clickstream.settings import load

    messages = newest_messages(load()[0], count, clock=SystemClock())
    if as_json:
        show_json(report.messages_json(messages))
    else:
        show_lines(report.message_lines(messages))
