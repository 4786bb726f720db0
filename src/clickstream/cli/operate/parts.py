"""`clickstream up`, `down` and `restart`: start and stop the parts of the pipeline in the background."""

from typing import Annotated, Any

import typer

from clickstream.cli.parameters import Parts, restartable_names
from clickstream.cli.printing.output import finishing
from clickstream.cli.printing.stages import stages
from clickstream.cli.printing.terminal import show, show_text, tell, width
from clickstream.cli.setting_options import with_settings


@with_settings("MSGS_PER_SEC", "BROKER_BACKEND")
def up(
    given: dict[str, Any],
    parts: Parts = None,
    spark: Annotated[
        str | None,
        typer.Option(
            metavar="local|standalone",
            show_default="local",
            help="Run the job here, or on a cluster started here.",
        ),
    ] = None,
) -> None:
    """Start the pipeline in the background; wait until it works.

    With names, starts only these parts and the parts that they need. Does not change running parts. Prints
    which broker it chose, and why. Stop the pipeline with `clickstream down`.

    Example: clickstream up broker stream
    """
    from clickstream.broker.config import acks_warning
    from clickstream.clock import SystemClock
    from clickstream.contract.part_names import STREAM
    from clickstream.operate.parts.names import named_parts
    from clickstream.operate.start.attempt import StartAttempt
    from clickstream.operate.start.up import up as start_pipeline
    from clickstream.pipeline.run import layout_of
    from clickstream.report.next_steps import after_up, after_up_without_job
    from clickstream.report.status.running_parts import differing_settings, parts_table
    from clickstream.settings import load

    settings, _ = load(given)
    for line in acks_warning(settings.broker):
        tell(line)
    with stages() as on_stage:
        attempt = StartAttempt(settings, SystemClock(), on_stage, on_stage.download)
        rate = given["MSGS_PER_SEC"]
        flags = {"--rate": rate} if rate else {}
        running = start_pipeline(attempt, parts=named_parts(parts or ()), producer_flags=flags, spark=spark)
    if not any(part.started_now for part in running):
        show_text("The named parts run already." if parts else "The pipeline runs already.")
    show(parts_table(running, width()))
    for line in differing_settings((part.name, part.differences) for part in running):
        show_text(line)
    run = next((part.writes_to for part in running if part.writes_to), layout_of(settings.paths).output)
    show_text(after_up(run) if any(part.name == STREAM for part in running) else after_up_without_job())


def down(
    parts: Parts = None,
    volumes: Annotated[
        bool, typer.Option("--volumes", "-v", help="Remove output, checkpoints, topic and logs, too.")
    ] = False,
) -> None:
    """Stop the parts that `up` started.

    With names, stops only these parts. The producer delivers its records, and the job finishes its batches.
    The data stays, and the next `up` continues; --volumes removes the data.

    Example: clickstream down producer
    """
    from clickstream.operate.down import down as stop_pipeline
    from clickstream.operate.parts.names import named_parts
    from clickstream.settings import load

    settings, _ = load()
    with finishing(), stages() as on_stage:
        stopped, removed = stop_pipeline(
            settings, volumes=volumes, on_stage=on_stage, parts=named_parts(parts or ())
        )
    for part in stopped:
        known_by = f"container {part.container}" if part.container else f"pid {part.pid}"
        show_text(f"{part.name} ({known_by}) {part.how}")
    if not stopped:
        show_text(
            f"Nothing to stop: {' and '.join(parts)} not running."
            if parts
            else "Nothing that `up` started is running here."
        )
    for path in removed:
        show_text(f"removed {path}")


def restart(
    name: Annotated[
        str,
        typer.Argument(metavar="PART", help="broker, producer or stream.", autocompletion=restartable_names),
    ],
    rate: Annotated[
        str | None,
        typer.Option(
            metavar="NUMBER",
            show_default="as started",
            help="Send this many events per second; producer only (MSGS_PER_SEC).",
        ),
    ] = None,
) -> None:
    """Stop one part and start it again.

    The producer first delivers its records, and the job finishes its batches. The embedded broker keeps its
    port and data; producer and job continue. Uses the current settings of the environment and `.env`, and
    the flags of the `up` that started the part.

    Example: clickstream restart producer --rate 1000
    """
    from clickstream.clock import SystemClock
    from clickstream.operate.start.attempt import StartAttempt
    from clickstream.operate.start.restart import restart as restart_part
    from clickstream.settings import load

    settings, _ = load({"MSGS_PER_SEC": rate})
    with finishing(), stages() as on_stage:
        attempt = StartAttempt(settings, SystemClock(), on_stage, on_stage.download)
        part = restart_part(attempt, name, {"--rate": rate} if rate else {})
    show_text(f"{part.name} (pid {part.pid}) {part.address}: {part.answered}")
