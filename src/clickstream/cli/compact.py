"""`clickstream compact`: few files in place of many."""

from typing import Annotated

import typer

from clickstream.cli.terminal import show_text
from clickstream.errors import UsageError


def compact(
    keep: Annotated[
        int, typer.Option(min=2, help="How many of each query's newest batches to leave as they are.")
    ] = 10,
    remove_after: Annotated[
        str,
        typer.Option(
            help="How long replaced files stay for readers on their way; `0 seconds` for not at all."
        ),
    ] = "10 minutes",
) -> None:
    """Merge the small files of old batches; the check tells their batches apart as before.

    The job may run meanwhile. Who goes by the batch records sees every row once, at any moment; the files
    that were replaced are removed by the first `compact` after `--remove-after`.

    Example: clickstream compact --keep 100
    """
    from clickstream.clock import SystemClock
    from clickstream.duration import Duration
    from clickstream.operate.compact import compact_run
    from clickstream.settings import load

    try:
        stay = Duration.parse(remove_after)
    except ValueError as error:
        raise UsageError(
            f"--remove-after cannot be {remove_after!r}.", next_step="Give it a duration, such as `1 hour`."
        ) from error
    settings, _ = load()
    done = compact_run(settings, keep=keep, remove_after=stay, clock=SystemClock())
    if done.batches:
        show_text(
            f"Merged {done.batches:,} batches of the four queries: {done.files_before:,} files are"
            f" {done.files_after:,} now."
        )
    else:
        show_text(f"Nothing to merge: no two batches older than the newest {keep} lie in files of their own.")
    if done.files_removed:
        show_text(f"Removed {done.files_removed:,} files that had been replaced.")
    if done.files_before > done.files_removed:
        show_text(f"Replaced files stay for {stay}; the next `clickstream compact` after that removes them.")
