"""`clickstream replay`: the topic again, into a new run."""

from typing import Annotated

import typer

from clickstream.cli.stages import stages
from clickstream.cli.terminal import download_bar, show, show_text, stopping_in_order


def replay(
    run_id: Annotated[
        str, typer.Option("--run-id", metavar="NAME", help="Give the new run this id (RUN_ID).")
    ],
    master: Annotated[
        str | None, typer.Option(metavar="URL", help="Run on this Spark master (SPARK_MASTER_URL).")
    ] = None,
) -> None:
    """Read the topic into a new run and check it.

    Uses the current settings. The current run is not touched, and may go on. If no broker runs, starts the
    one that has its data here for the time of the replay. Ends in PASS or FAIL, with the exit codes of
    `check`. Refuses a run that exists.

    Example: clickstream replay --run-id second
    """
    from functools import partial

    from clickstream.clock import SystemClock
    from clickstream.pipeline.replay import replay as replay_topic
    from clickstream.pipeline.replay import replay_settings
    from clickstream.report import as_text as text_report
    from clickstream.report.progress import batch_line
    from clickstream.report.replay import how_to_use

    settings = replay_settings(run_id, {"SPARK_MASTER_URL": master})
    from clickstream.pipeline.process import process_at  # after the refusals: it takes Spark's time

    with (
        stopping_in_order() as stop_requested,
        stages() as on_stage,
        download_bar("fetching Apache Kafka and its connector", on_stage) as bar,
    ):
        job = partial(
            process_at,
            settings=settings,
            available_now=True,
            clock=SystemClock(),
            stop_requested=stop_requested,
            on_batch=lambda progress: on_stage(batch_line(progress)),
            on_stage=on_stage,
            on_download=bar,
        )
        verdict = replay_topic(
            settings,
            job,
            clock=SystemClock(),
            stop_requested=stop_requested,
            on_stage=on_stage,
            on_download=bar,
        )
    show_text(how_to_use(settings.paths))
    show(text_report.verdict(verdict))
    raise typer.Exit(0 if verdict.passed else 1)
