"""`clickstream purge`: what was fetched."""

import os
from typing import Annotated

import typer

from clickstream.cli.asking import ask_to_remove, list_removals
from clickstream.cli.terminal import show_text


def purge(
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Remove without asking.")] = False,
) -> None:
    """Remove the downloaded jars from the cache.

    All projects of this user share the cache. Only files of the kit's own lock files are removed.

    Example: clickstream purge --yes
    """
    from clickstream.operate.remove.purge import purge as remove_jars
    from clickstream.operate.remove.purge import what_purge_removes
    from clickstream.settings import load

    settings, _ = load()
    removals = what_purge_removes(settings)
    if not removals:
        show_text("There is nothing to remove.")
        return
    folder = os.path.commonpath([path for path, _ in removals])
    list_removals([(f"{folder} ({len(removals)} jars)", sum(size_bytes for _, size_bytes in removals))])
    ask_to_remove(yes=yes)
    remove_jars(settings)
    show_text("Removed.")
