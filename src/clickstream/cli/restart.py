"""`clickstream restart`: one part anew, while the others go on."""

from typing import Annotated

import typer

from clickstream.cli.completing import part_names
from clickstream.cli.output import finishing
from clickstream.cli.stages import stages
from clickstream.cli.terminal import download_bar, show_text


def restart(
    name: Annotated[
        str, typer.Argument(help="producer, stream or embedded-kafka.", autocompletion=part_names)
    ],
    rate: Annotated[
        str | None, typer.Option(help="Events per second from now on; for the producer (MSGS_PER_SEC).")
    ] = None,
) -> None:
    """Stop one part, start it again as it was started, and wait until it answers.

    The producer delivers what it has, the job ends its batches first. The embedded broker comes back at its
    port with its data, and producer and job go on. Settings come from the environment and `.env` of now,
    flags from the `up` that started it.

    Example: clickstream restart producer --rate 1000
    """
    from clickstream.clock import SystemClock
    from clickstream.operate.restart import restart as restart_part
    from clickstream.settings import load

    settings, _ = load({"MSGS_PER_SEC": rate})
    with finishing(), stages() as on_stage, download_bar("fetching Apache Kafka", on_stage) as bar:
        part = restart_part(
            settings,
            name,
            producer_arguments=("--rate", rate) if rate else (),
            clock=SystemClock(),
            on_stage=on_stage,
            on_download=bar,
        )
    show_text(f"{part.name} (pid {part.pid}) {part.address}: {part.answered}")
