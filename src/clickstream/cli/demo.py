"""`clickstream demo`: the whole pipeline once, and a verdict."""

from pathlib import Path
from typing import Annotated, Any

import typer

from clickstream.cli.parameters import ReportFile, path_option
from clickstream.cli.printing.stages import stages
from clickstream.cli.printing.terminal import show, show_text, stopping_in_order, tell
from clickstream.cli.report_file import refuse_unwritable, write_report_file
from clickstream.cli.setting_options import FAULTS, with_settings


@with_settings("SEED", *FAULTS)
def demo(
    given: dict[str, Any],
    events: Annotated[
        int | None,
        typer.Option(min=1, metavar="COUNT", show_default="20,000", help="Produce this many events."),
    ] = None,
    rate: Annotated[
        str | None,
        typer.Option(
            metavar="NUMBER",
            show_default="33.3",
            help="Set the events per second of event time (MSGS_PER_SEC).",
        ),
    ] = None,
    folder: Annotated[
        Path | None,
        path_option("--folder", "PATH", "Run in this folder, emptied at every start.", "data/demo"),
    ] = None,
    report: ReportFile = None,
) -> None:
    """Run the whole pipeline once and check its output.

    Starts the embedded broker and produces ten minutes of event time, with late and malformed messages. Runs
    the Spark job in several micro-batches, checks the landed rows and stops everything. Ends in PASS or FAIL.

    Example: clickstream demo --seed 7 --late-rate 0.1
    """
    refuse_unwritable(report)  # before Spark is loaded

    from clickstream.broker.config import acks_warning
    from clickstream.clock import SystemClock
    from clickstream.pipeline.demo.demo import run_demo
    from clickstream.pipeline.demo.demo_settings import DEMO_EVENTS, default_demo_folder, demo_settings
    from clickstream.report.log_lines import batch_line
    from clickstream.report.next_steps import after_demo, stage_times
    from clickstream.report.verdict import as_text as text_report
    from clickstream.settings import load

    flags = {**given, "MSGS_PER_SEC": rate}
    settings, _ = load(flags)  # what cannot be used is refused before anything is touched
    for line in acks_warning(settings.broker):
        tell(line)
    where = folder or default_demo_folder()
    chosen = demo_settings(flags, folder=where)
    with stopping_in_order() as stop_requested, stages() as on_stage:
        verdict, seconds_by_stage = run_demo(
            chosen,
            events=events or DEMO_EVENTS,
            folder=where,
            clock=SystemClock(),
            stop_requested=stop_requested,
            on_stage=on_stage,
            on_batch=lambda progress: on_stage(batch_line(progress)),
            on_download=on_stage.download,
        )
    write_report_file(report, chosen, of_demo=True, folder=where, verdict=verdict)
    show_text(stage_times(seconds_by_stage))
    show_text(after_demo(chosen.paths, None if folder is None else where))
    show(text_report.verdict(verdict))
    raise typer.Exit(0 if verdict.passed else 1)
