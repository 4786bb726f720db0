"""`clickstream up`: the whole pipeline in the background."""

from typing import Annotated

import typer

from clickstream.cli.stages import stages
from clickstream.cli.terminal import download_bar, show, show_text, tell


def up(
    rate: Annotated[
        str | None, typer.Option(help="Events per second of the producer (MSGS_PER_SEC).")
    ] = None,
    backend: Annotated[
        str | None,
        typer.Option(
            help="Which broker (BROKER_BACKEND).",
            metavar="auto|redpanda|embedded|external",
            show_default=False,
        ),
    ] = None,
    spark: Annotated[
        str | None,
        typer.Option(
            help="Where the job runs: SPARK_MASTER_URL, or a cluster started here.",
            metavar="local|standalone",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Start broker, topic, producer and job in the background, and wait until each really answers.

    What runs already is left alone, and said; so is which broker is taken, and why. Stop it with
    `clickstream down`.

    Example: clickstream up --rate 500
    """
    from clickstream.broker.guarantees import fallen_guarantees
    from clickstream.clock import SystemClock
    from clickstream.operate.up import up as start_pipeline
    from clickstream.pipeline.places import layout_of
    from clickstream.report import differing_settings
    from clickstream.report.running_parts import next_steps, parts_table
    from clickstream.settings import load

    settings, _ = load({"MSGS_PER_SEC": rate, "BROKER_BACKEND": backend})
    for line in fallen_guarantees(settings.broker):
        tell(line)
    with stages() as on_stage, download_bar("fetching Apache Kafka and Spark's connector", on_stage) as bar:
        parts = start_pipeline(
            settings,
            producer_arguments=("--rate", rate) if rate else (),
            spark=spark,
            clock=SystemClock(),
            on_stage=on_stage,
            on_download=bar,
        )
    if not any(part.started_now for part in parts):
        show_text("The pipeline runs already.")
    show(parts_table(parts))
    for line in differing_settings.lines((part.name, part.differences) for part in parts):
        show_text(line)
    run = next((part.writes_to for part in parts if part.writes_to), layout_of(settings.paths).output)
    show_text(next_steps(run))
