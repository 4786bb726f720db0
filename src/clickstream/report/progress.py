"""A running job in lines: one per micro-batch, plain text for terminals and logs alike."""

from clickstream.contract.progress import BatchProgress
from clickstream.moment import written_ms


def batch_line(progress: BatchProgress) -> str:
    """Query, batch, offsets, rows landed by table, watermark in UTC, duration; says when it was replayed."""
    landed = ", ".join(f"{rows:,} {table}" for table, rows in progress.rows_landed.items())
    again = " (again: it had landed already)" if progress.replayed else ""
    # A query without one runs with 0, and so does every first batch.
    watermark = f" · watermark {written_ms(progress.watermark_ms)}" if progress.watermark_ms else ""
    return (
        f"{progress.query} batch {progress.batch_id}: {progress.offsets_in:,} offsets → {landed}{watermark}"
        f" · {progress.duration_s:.1f} s{again}"
    )
