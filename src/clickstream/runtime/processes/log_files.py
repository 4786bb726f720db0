"""A start puts a log that has grown long aside, so that none grows from start to start for ever."""

import contextlib
from pathlib import Path

LARGEST_BYTES = 10_000_000
"""A log that has grown beyond this is put aside when the part that writes it starts again."""


def put_aside_when_long(log: Path, above_bytes: int = LARGEST_BYTES) -> None:
    """Rename a log above this size to `<name>.1`, in place of the one put aside before.

    To be called before its writer starts: a process that has it open would go on writing to the old file.
    """
    # A log that cannot be renamed is no reason not to start; one that cannot be written is found later.
    with contextlib.suppress(OSError):
        if log.stat().st_size > above_bytes:
            log.replace(log.with_name(f"{log.name}.1"))
