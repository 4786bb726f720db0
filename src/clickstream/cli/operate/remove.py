"""`clickstream reset` and `clickstream purge`: remove what a run wrote, or what was downloaded."""

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from clickstream.cli.printing.output import finishing
from clickstream.cli.printing.stages import stages
from clickstream.cli.printing.terminal import show_text
from clickstream.errors import Interrupted, UsageError

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Remove without asking.")]


def reset(yes: Yes = False) -> None:
    """Remove a run's output, checkpoints, topic, ledgers and logs.

    Lists first what it will remove. Refuses while parts run. Keeps files beside the folders of the
    run's tables, the topic of an external broker, and the cache.

    Example: clickstream reset --yes
    """
    from clickstream.operate.remove.reset_and_purge import reset as remove_all
    from clickstream.operate.remove.reset_and_purge import what_reset_removes
    from clickstream.settings import load

    settings, _ = load()
    broker = settings.broker
    stays = f"Topic {broker.topic} at {broker.bootstrap_servers} stays." if broker.bootstrap_servers else ""
    if _agreed(what_reset_removes(settings), stays, yes=yes):
        with finishing(), stages() as on_stage:
            remove_all(settings, on_stage=on_stage)
        show_text("Removed.")


def purge(yes: Yes = False) -> None:
    """Remove the downloaded jars from the cache.

    All projects of this user share the cache. The next run fetches the jars again.

    Example: clickstream purge --yes
    """
    from clickstream.operate.remove.reset_and_purge import purge as remove_jars
    from clickstream.operate.remove.reset_and_purge import what_purge_removes
    from clickstream.settings import load

    settings, _ = load()
    if _agreed(what_purge_removes(settings), yes=yes):
        remove_jars(settings)
        show_text("Removed.")


def _agreed(removals: Sequence[tuple[str, int | None]], stays: str = "", *, yes: bool) -> bool:
    """List what would be removed and how large it is; whether to remove it, by --yes or the user's answer."""
    from rich.filesize import decimal

    from clickstream.report.commands import setting_from_here

    if not removals:
        show_text("There is nothing to remove.")
        return False
    for name, size_bytes in removals:
        show_text(f"{'' if size_bytes is None else decimal(size_bytes):>10}  {setting_from_here(name)}")
    show_text(f"{decimal(sum(size_bytes or 0 for _, size_bytes in removals)):>10}  in all")
    if stays:
        show_text(stays)
    if yes:
        return True
    if not sys.stdin.isatty():
        raise UsageError(
            "Nothing was removed: there is no terminal to ask at.", next_step="Add --yes to remove it."
        )
    try:
        wanted = typer.confirm("Remove it?")
    except typer.Abort as error:
        show_text("")  # ends the line of the question
        raise Interrupted("Nothing was removed.") from error
    if not wanted:
        show_text("Nothing was removed.")
    return wanted
