"""Before something is removed: what it is, and whether it may be."""

import sys
from collections.abc import Iterable

import typer

from clickstream.cli.terminal import show_text
from clickstream.errors import Interrupted, UsageError


def list_removals(removals: Iterable[tuple[str, int | None]]) -> None:
    """Print each thing with its size, and how much it is together; paths from here where they are below."""
    from rich.filesize import decimal

    from clickstream.report.running_parts import from_here_or_as_is

    total_bytes = 0
    for name, size_bytes in removals:
        show_text(f"{'' if size_bytes is None else decimal(size_bytes):>10}  {from_here_or_as_is(name)}")
        total_bytes += size_bytes or 0
    show_text(f"{decimal(total_bytes):>10}  in all")


def ask_to_remove(*, yes: bool) -> None:
    """Return if it may be removed: with --yes, or after a person has agreed.

    Raises:
        UsageError: there is nobody to ask.
        Interrupted: Ctrl-C instead of an answer.
        typer.Exit: the answer was no; with 0.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError(
            "Nothing was removed: there is no terminal to ask at.", next_step="Add --yes to remove it."
        )
    try:
        wanted = typer.confirm("Remove it?")
    except typer.Abort as error:
        show_text("")  # the cursor stands behind the question
        raise Interrupted("Nothing was removed.") from error
    if not wanted:
        show_text("Nothing was removed.")
        raise typer.Exit(0)
