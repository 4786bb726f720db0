"""`clickstream down`: stop what `up` started."""

from typing import Annotated

import typer

from clickstream.cli.parameters import Parts
from clickstream.cli.printing.output import finishing
from clickstream.cli.printing.stages import stages
from clickstream.cli.printing.terminal import show_text


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
