"""What a start does to a checkpoint before Spark goes on from it.

What a crash has cut off in Spark's log goes: a first batch whose `offsets/0` was never named would else keep
Spark from starting for good, because it takes the staged file for somebody else's checkpoint (SPARK-53103).

And a run over all that is there owes something to the one before it: the batch for a watermark that has
moved. After a batch that moved the watermark Spark runs one more, without data, for the windows that are
complete by now; but only in the run that computed the batch. A run that ends in between would leave them in
the state for good, and its rows would not be those of an undisturbed run.
"""

from pathlib import Path

from clickstream.contract.run.query_log import NOT_READABLE, end_of_batch, newest_batch_in, next_watermark_ms


def remove_cut_off(checkpoint: Path) -> list[Path]:
    """Remove what a crash left in a query's log before it had its name; call it while no job runs.

    Spark writes an entry as `.7.<uuid>.tmp` and renames it when it is whole; it never reads one. Returns what
    was removed. A folder that is not there has nothing.
    """
    folders = (checkpoint, checkpoint / "offsets", checkpoint / "commits", *checkpoint.glob("sources/*"))
    removed = [path for folder in folders for path in folder.glob(".*.tmp")]
    for path in removed:
        path.unlink()
    return removed


def owe_the_last_batch(checkpoint: Path) -> bool:
    """Take back the last commit of a query where the watermark has moved and no batch has run with it.

    Spark then computes that batch again, as after a crash just before its commit, finds it landed, and goes
    on to the batch that is owed. Whether a commit was taken back; a log in a form that is not known is left
    alone.
    """
    last = newest_batch_in(checkpoint / "commits")
    if last < 0 or last != newest_batch_in(checkpoint / "offsets"):
        return False
    try:
        _, ran_with_ms = end_of_batch(checkpoint, last, offsets_in=lambda _line: {})
        next_ms = next_watermark_ms(checkpoint, last)
    except NOT_READABLE:
        return False
    if next_ms <= ran_with_ms:
        return False
    (checkpoint / "commits" / str(last)).unlink()
    (checkpoint / "commits" / f".{last}.crc").unlink(missing_ok=True)
    return True
