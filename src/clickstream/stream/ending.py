"""What ended a query, in words: a full disk, damaged state, or Spark's own innermost cause."""

from pathlib import Path

from clickstream.errors import CheckpointDamaged, ClickstreamError, FolderNotWritable, PartDied

_STATE_UNREADABLE = "CANNOT_LOAD_STATE_STORE"
"""What Spark says of state that is damaged inside: a start sees no more than the ends of its files."""


def what_ended(name: str, error: BaseException, checkpoint: Path) -> ClickstreamError:
    """The error for a query that ended by itself; `checkpoint` is its own."""
    sign = FolderNotWritable.sign_in(str(error))
    if sign is not None:  # Spark's own log and state lie in the checkpoint
        return FolderNotWritable(
            f"The query {name} ended, because its checkpoint cannot be written: {sign}.",
            next_step="Make room or make it writable, then start again: it goes on where it was.",
        )
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    # py4j and Spark wrap what happened; the innermost cause comes last.
    causes = [line.removeprefix("Caused by: ") for line in lines if line.startswith("Caused by: ")]
    what = (causes or lines or [type(error).__name__])[-1 if causes else 0]
    if _STATE_UNREADABLE in str(error):
        return CheckpointDamaged(
            f"The query {name} ended, because its state in {checkpoint / 'state'} cannot be read: {what}.",
            next_step="Restore output and checkpoint from one moment, or begin anew with another"
            " CHECKPOINT_PATH and OUTPUT_PATH: the topic is read again.",
        )
    return PartDied(
        f"The query {name} ended: {what}",
        next_step="See the job's log; once the cause is gone, start it again: it goes on where it was.",
        details=tuple(lines[1:6]),
    )
