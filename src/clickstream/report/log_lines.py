"""Lines of a running job: one per micro-batch, and times in logs as people read them."""

import re

from clickstream.contract.progress import BatchProgress
from clickstream.moment import written_ms, written_us

# From 2001 to 2033; neither a part of a word or a longer number, nor a length of time.
_EPOCH = re.compile(r"(?<![\w.,@/-])(?P<milliseconds>1\d{12})(?![\w-]|[.,]\d|\s*(?:ms|milliseconds)\b)")
_LIBRDKAFKA = re.compile(r"^(?P<level>%\d)\|(?P<seconds>1\d{9}\.\d{3})\|")
_WATERMARK = re.compile(r"\bwatermark_ms=(?P<milliseconds>\d+)")


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


def with_readable_times(line: str) -> str:
    """The line with its epoch milliseconds, and librdkafka's epoch seconds, as ISO-8601 in UTC."""
    line = _LIBRDKAFKA.sub(lambda found: f"{found['level']}|{_iso(_ms(found['seconds']))}|", line)
    line = _WATERMARK.sub(lambda found: f"watermark={_watermark(int(found['milliseconds']))}", line)
    return _EPOCH.sub(lambda found: _iso(int(found["milliseconds"])), line)


def _watermark(milliseconds: int) -> str:
    return _iso(milliseconds) if milliseconds else "none"


def _ms(seconds: str) -> int:
    return int(seconds.replace(".", ""))


def _iso(milliseconds: int) -> str:
    return written_us(milliseconds * 1_000, digits=3, separator="T") + "Z"
