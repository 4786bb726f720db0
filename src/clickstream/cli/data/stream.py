"""`clickstream stream`: the Spark job."""

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clickstream.cli.printing.stages import stages
from clickstream.cli.printing.terminal import show_error, show_text, stopping_in_order, tell
from clickstream.cli.setting_options import with_settings

if TYPE_CHECKING:
    from clickstream.contract.progress import BatchProgress
    from clickstream.errors import ClickstreamError


@with_settings("TRIGGER_INTERVAL", "SPARK_MASTER_URL")
def stream(
    given: dict[str, Any],
    available_now: Annotated[
        bool, typer.Option("--available-now", help="Process the records in the topic, then end.")
    ] = False,
    recover: Annotated[
        bool, typer.Option("--recover", help="Restart after a crash, after increasing pauses.")
    ] = False,
    attempts: Annotated[
        int | None,
        typer.Option(
            min=1, metavar="COUNT", show_default="5", help="With --recover: give up after this many crashes."
        ),
    ] = None,
) -> None:
    """Run the Spark job.

    Runs until Ctrl-C or SIGTERM, then finishes the running batches. Prints a line per micro-batch: words on
    a terminal, key=value pairs in a log file. With --recover, restarts after a crash, but not after a
    refused start (another setting, a damaged checkpoint, no broker).

    Example: clickstream stream --available-now
    """
    from clickstream.cli.printing.logs import batch_log, log_to_stderr
    from clickstream.clock import SystemClock
    from clickstream.contract.part_names import STREAM
    from clickstream.errors import UsageError
    from clickstream.pipeline.heartbeat import Heartbeat
    from clickstream.pipeline.process.process import JobRun, process
    from clickstream.pipeline.process.recovery import DEFAULT_ATTEMPTS, Recovery
    from clickstream.settings import load

    if attempts is not None and not recover:
        raise UsageError("--attempts goes with --recover.", next_step="Give both, or neither.")
    settings, _ = load(given)
    clock = SystemClock()
    heartbeat = Heartbeat(settings.paths.state.absolute(), STREAM, clock)
    tell_of = _show_line if sys.stdout.isatty() else batch_log()
    if not sys.stderr.isatty():
        log_to_stderr(clock)

    with stopping_in_order() as stop_requested, heartbeat.noting_the_end(), stages() as on_stage:
        recovery = Recovery(
            attempts=attempts or DEFAULT_ATTEMPTS,
            clock=clock,
            stop_requested=stop_requested,
            on_crash=_tell_of_crash,
        )

        def landed(progress: "BatchProgress") -> None:
            heartbeat.landed(progress)
            recovery.landed(progress)
            tell_of(progress)

        run = JobRun(
            available_now=available_now,
            clock=clock,
            stop_requested=stop_requested,
            on_batch=landed,
            on_waiting=heartbeat.waiting,
        )

        def job() -> None:
            process(settings, run, on_stage=tell, on_download=on_stage.download)

        if recover:
            recovery.run(job)
        else:
            job()


def _tell_of_crash(crash: "ClickstreamError", attempt: int, pause_s: float) -> None:
    show_error(crash)
    tell(f"start again where it was, in {pause_s:.0f} s (attempt {attempt}) …")


def _show_line(progress: "BatchProgress") -> None:
    from clickstream.report.log_lines import batch_line

    show_text(batch_line(progress))
