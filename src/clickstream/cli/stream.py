"""`clickstream stream`: the Spark job."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from clickstream.cli.terminal import download_bar, show_text, tell, tell_of_stopping

if TYPE_CHECKING:
    from clickstream.contract.progress import BatchProgress


def stream(
    available_now: Annotated[
        bool,
        typer.Option("--available-now", help="Process what is in the topic now, in micro-batches, and end."),
    ] = False,
    trigger_interval: Annotated[
        str | None, typer.Option(help="How often a micro-batch starts (TRIGGER_INTERVAL).")
    ] = None,
) -> None:
    """Run the Spark job: the topic's events to five tables, exactly once.

    Runs until Ctrl-C or SIGTERM, then lets the running batches end. Prints a line per micro-batch: words on
    a terminal, key=value with the time in a log file.

    Example: clickstream stream --available-now
    """
    from clickstream.cli.logs import batch_log, log_to_stderr
    from clickstream.clock import SystemClock
    from clickstream.pipeline.heartbeat import STREAM, Heartbeat
    from clickstream.pipeline.process import process
    from clickstream.pipeline.stopping import stop_on_signals
    from clickstream.settings import load

    settings, _ = load({"TRIGGER_INTERVAL": trigger_interval})
    clock = SystemClock()
    heartbeat = Heartbeat(settings.paths.state.absolute(), STREAM, clock)
    tell_of = _show_line if sys.stdout.isatty() else batch_log()
    if not sys.stderr.isatty():
        log_to_stderr(clock)

    def landed(progress: "BatchProgress") -> None:
        heartbeat.landed(progress)
        tell_of(progress)

    with (
        heartbeat.noting_the_end(),
        stop_on_signals(tell_of_stopping) as stop_requested,
        download_bar("fetching the Kafka connector") as bar,
    ):
        process(
            settings,
            available_now=available_now,
            clock=clock,
            stop_requested=stop_requested,
            on_batch=landed,
            on_stage=tell,
            on_download=bar,
        )


def _show_line(progress: "BatchProgress") -> None:
    from clickstream.report.progress import batch_line

    show_text(batch_line(progress))
