"""`clickstream replay`: the topic again, into a new run."""

from typing import Annotated, Any

import typer

from clickstream.cli.printing.stages import stages
from clickstream.cli.printing.terminal import show, show_text, stopping_in_order
from clickstream.cli.setting_options import with_settings


@with_settings("SPARK_MASTER_URL")
def replay(
    given: dict[str, Any],
    run_id: Annotated[
        str, typer.Option("--run-id", metavar="NAME", help="Give the new run this id (RUN_ID).")
    ],
) -> None:
    """Read the topic into a new run and check it.

    Uses the current settings. Does not change the current run, which may continue. If no broker runs, starts
    the one that has its data here temporarily. Ends in PASS or FAIL, with the exit codes of `check`. Refuses
    a run that exists.

    Example: clickstream replay --run-id second
    """
    from clickstream.clock import SystemClock
    from clickstream.pipeline.verify.replay import replay as replay_topic
    from clickstream.pipeline.verify.replay import replay_settings
    from clickstream.report.log_lines import batch_line
    from clickstream.report.next_steps import after_replay
    from clickstream.report.verdict import as_text as text_report

    settings = replay_settings(run_id, given)
    from clickstream.pipeline.process.process import (  # after the refusals: it takes Spark's time
        JobRun,
        process,
    )

    with stopping_in_order() as stop_requested, stages() as on_stage:
        run = JobRun(
            available_now=True,
            clock=SystemClock(),
            stop_requested=stop_requested,
            on_batch=lambda progress: on_stage(batch_line(progress)),
        )
        verdict = replay_topic(
            settings,
            lambda broker: process(settings, run, broker, on_stage=on_stage, on_download=on_stage.download),
            clock=SystemClock(),
            stop_requested=stop_requested,
            on_stage=on_stage,
            on_download=on_stage.download,
        )
    show_text(after_replay(settings.paths))
    show(text_report.verdict(verdict))
    raise typer.Exit(0 if verdict.passed else 1)
