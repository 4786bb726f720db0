"""Which batches Spark's own log of a query knows: `offsets/N` comes before batch N, `commits/N` after it."""

from pathlib import Path


def newest_offsets(checkpoint: Path) -> int:
    """The last batch that has begun, -1 for none."""
    return _newest(checkpoint / "offsets")


def newest_commit(checkpoint: Path) -> int:
    """The last batch that has ended, -1 for none."""
    return _newest(checkpoint / "commits")


def is_in_a_batch(checkpoint: Path) -> bool:
    """Whether a batch has begun and not ended: one that is under way, or was cut off.

    True from before Spark plans the batch, which on a busy machine takes seconds before it calls us.
    """
    # In this order: what begins between the two looks is seen.
    ended = newest_commit(checkpoint)
    return newest_offsets(checkpoint) > ended


def _newest(log: Path) -> int:
    try:
        return max((int(path.name) for path in log.iterdir() if path.name.isdigit()), default=-1)
    except FileNotFoundError:
        return -1
