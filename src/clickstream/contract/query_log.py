"""Which batches Spark's own log of a query knows: `offsets/N` comes before batch N, `commits/N` after it."""

from pathlib import Path


def batches_in(log: Path) -> list[int]:
    """The batches that one of Spark's logs of a query has an entry of, in order."""
    if not log.is_dir():
        return []
    # ASCII digits: what else Python takes for a digit is no batch.
    return sorted(int(path.name) for path in log.iterdir() if path.name.isdecimal() and path.name.isascii())


def newest_batch_in(log: Path) -> int:
    """The last of them, -1 for none."""
    return max(batches_in(log), default=-1)


def is_in_a_batch(checkpoint: Path) -> bool:
    """Whether a batch has begun and not ended: one that is under way, or was cut off.

    True from before Spark plans the batch, which on a busy machine takes seconds before it calls us.
    """
    # In this order: what begins between the two looks is seen.
    ended = newest_batch_in(checkpoint / "commits")
    return newest_batch_in(checkpoint / "offsets") > ended
