"""`clickstream restart`: stop one part and start it again; the others run on."""

from typing import Annotated

import typer

from clickstream.cli.parameters import restartable_names
from clickstream.cli.printing.output import finishing
from clickstream.cli.printing.stages import stages
from clickstream.cli.printing.terminal import show_text


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
