"""A running job in lines: one per micro-batch, plain text for terminals and logs alike."""

from datetime import UTC, datetime

from clickstream.contract.progress import BatchProgress


def batch_line(progress: BatchProgress) -> str:
    """Query, batch, rows in, rows landed by table, watermark in UTC, duration; says when it was replayed."""
    landed = ", ".join(f"{rows:,} {table}" for table, rows in progress.rows_landed.items())
    again = " (again: it had landed already)" if progress.replayed else ""
    return (
        f"{progress.query} batch {progress.batch_id}: {progress.rows_in:,} in → {landed}"
        f" · watermark {_moment(progress.watermark_ms)} · {progress.duration_s:.1f} s{again}"
    )


def _moment(epoch_ms: int) -> str:
    if epoch_ms == 0:
        return "none yet"
    return datetime.fromtimestamp(epoch_ms / 1_000, UTC).isoformat(sep=" ", timespec="milliseconds")[:-6]
