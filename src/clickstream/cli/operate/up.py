"""`clickstream up`: the whole pipeline in the background."""

from typing import Annotated, Any

import typer

from clickstream.cli.parameters import Parts
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
