"""Before something is removed or written over: what it is, and whether it may be."""

import os
import sys
from collections.abc import Iterable
from pathlib import Path

import typer

from clickstream.cli.terminal import show_text
from clickstream.errors import Interrupted, UsageError


def list_removals(removals: Iterable[tuple[str, int | None]]) -> None:
    """Print each thing with its size, and how much it is together; paths from here where they are below."""
    from rich.filesize import decimal

    here = f"{Path.cwd()}{os.sep}"
    total_bytes = 0
    for name, size_bytes in removals:
        show_text(f"{'' if size_bytes is None else decimal(size_bytes):>10}  {name.removeprefix(here)}")
        total_bytes += size_bytes or 0
    show_text(f"{decimal(total_bytes):>10}  in all")


def ask_to_remove(*, yes: bool) -> None:
    """Return when it may be removed; see `ask`."""
    ask("Remove it?", otherwise="Nothing was removed.", to_do_it="to remove it", yes=yes)


def ask(question: str, *, otherwise: str, to_do_it: str, yes: bool) -> None:
    """Return when it may be done: by --yes, or by a person who said so.

    Args:
        question: for the person.
        otherwise: what is said where it is not done.
        to_do_it: what --yes is for.
        yes: whether it was given.

    Raises:
        UsageError: there is nobody to ask.
        Interrupted: Ctrl-C instead of an answer.
        typer.Exit: the answer was no; with 0.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError(
            f"{otherwise.removesuffix('.')}: there is no terminal to ask at.",
            next_step=f"Add --yes {to_do_it}.",
        )
    try:
        wanted = typer.confirm(question)
    except typer.Abort as error:
        show_text("")  # the cursor stands behind the question
        raise Interrupted(otherwise) from error
    if not wanted:
        show_text(otherwise)
        raise typer.Exit(0)
