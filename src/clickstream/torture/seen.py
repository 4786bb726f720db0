"""Which files there are while commands write and remove them."""

from pathlib import Path


def files_seen(folder: Path, pattern: str) -> set[Path]:
    """The paths below `folder` that a pattern matches at this moment, whatever goes while it looks."""
    while True:
        try:
            return set(folder.glob(pattern))
        except FileNotFoundError:  # pathlib's, of a folder that was listed and has gone before it was entered
            continue
