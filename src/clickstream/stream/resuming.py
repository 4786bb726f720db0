"""What a start changes in a checkpoint before Spark continues from it.

It removes unfinished entries of Spark's log. Without that, a first batch whose `offsets/0` was never renamed
keeps Spark from starting: it takes the temporary file for another query's checkpoint (SPARK-53103).

It takes back a last commit after which Spark has more to compute. After a batch that moved the watermark,
Spark runs one more without data, for the windows that are now complete, but only in the process that computed
the batch. If that process ends before, the windows would stay in the state, and their rows would be missing.
"""

from pathlib import Path

from clickstream.contract.run.query_log import (
    UnreadableEntry,
    end_of_batch,
    newest_batch_in,
    next_watermark_ms,
)


def remove_cut_off(checkpoint: Path) -> list[Path]:
    """Remove the unfinished entries that a crash left in a query's log; call it while no job runs.

    Spark writes an entry as `.7.<uuid>.tmp` and renames it when it is whole; it never reads one. Returns what
    was removed. A folder that is not there has nothing.
    """
    folders = (checkpoint, checkpoint / "offsets", checkpoint / "commits", *checkpoint.glob("sources/*"))
    removed = [path for folder in folders for path in folder.glob(".*.tmp")]
    for path in removed:
        path.unlink()
    return removed


def repeat_last_batch(checkpoint: Path) -> bool:
    """Take back the last commit of a query where the watermark has moved and no batch has run with it.

    Spark then computes that batch again, as after a crash just before its commit, finds it landed, and runs
    the batch for the new watermark. Returns whether it took a commit back; a log in an unknown form stays
    as it is.
    """
    last = newest_batch_in(checkpoint / "commits")
    if last < 0 or last != newest_batch_in(checkpoint / "offsets"):
        return False
    try:
        _, ran_with_ms = end_of_batch(checkpoint, last, offsets_in=lambda _line: {})
        next_ms = next_watermark_ms(checkpoint, last)
    except UnreadableEntry:
        return False
    if next_ms <= ran_with_ms:
        return False
    (checkpoint / "commits" / str(last)).unlink()
    (checkpoint / "commits" / f".{last}.crc").unlink(missing_ok=True)
    return True
