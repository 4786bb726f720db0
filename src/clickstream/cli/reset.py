"""`clickstream reset`: begin anew."""

from typing import Annotated

import typer

from clickstream.cli.asking import ask_to_remove, list_removals
from clickstream.cli.output import finishing
from clickstream.cli.stages import stages
from clickstream.cli.terminal import show_text


def reset(
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Remove without asking.")] = False,
) -> None:
    """Remove a run's output, checkpoints, topic, ledgers and logs.

    Lists first what it will remove. Refuses while parts run. A file that the kit has not made stays, and so
    do the topic of a broker that was given by its address, and the cache.

    Example: clickstream reset --yes
    """
    from clickstream.operate.remove.reset import reset as remove_all
    from clickstream.operate.remove.reset import what_reset_removes
    from clickstream.settings import load

    settings, _ = load()
    removals = what_reset_removes(settings)
    if not removals:
        show_text("There is nothing to remove.")
        return
    list_removals(removals)
    if settings.broker.bootstrap_servers:
        show_text(f"Topic {settings.broker.topic} at {settings.broker.bootstrap_servers} stays.")
    ask_to_remove(yes=yes)
    with finishing(), stages() as on_stage:
        remove_all(settings, on_stage=on_stage)
    show_text("Removed.")
