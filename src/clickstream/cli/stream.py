"""`clickstream stream`: the Spark job."""

from typing import Annotated

import typer

from clickstream.cli.terminal import download_bar, show_text, tell


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

    Runs until Ctrl-C or SIGTERM, then lets the running batches end. Prints a line per micro-batch.

    Example: clickstream stream --available-now
    """
    from clickstream.clock import SystemClock
    from clickstream.contract.progress import BatchProgress
    from clickstream.pipeline.heartbeat import STREAM, Heartbeat
    from clickstream.pipeline.process import process
    from clickstream.pipeline.stopping import stop_on_signals
    from clickstream.report.progress import batch_line
    from clickstream.settings import load

    settings, _ = load({"TRIGGER_INTERVAL": trigger_interval})
    clock = SystemClock()
    heartbeat = Heartbeat(settings.paths.state.absolute(), STREAM, clock)

    def landed(progress: BatchProgress) -> None:
        heartbeat.landed(progress)
        show_text(batch_line(progress))

    with stop_on_signals() as stop_requested, download_bar("fetching the Kafka connector") as bar:
        process(
            settings,
            available_now=available_now,
            clock=clock,
            stop_requested=stop_requested,
            on_batch=landed,
            on_stage=tell,
            on_download=bar,
        )
