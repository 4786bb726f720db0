"""Times in log lines as people read them: ISO-8601 in UTC instead of a count since 1970."""

import re
from datetime import UTC, datetime

# From 2001 to 2033; neither a part of a word or a longer number, nor a length of time.
_EPOCH = re.compile(r"(?<![\w.,@/-])(?P<milliseconds>1\d{12})(?![\w-]|[.,]\d|\s*(?:ms|milliseconds)\b)")
_LIBRDKAFKA = re.compile(r"^(?P<level>%\d)\|(?P<seconds>1\d{9}\.\d{3})\|")
_WATERMARK = re.compile(r"\bwatermark_ms=(?P<milliseconds>\d+)")


def with_readable_times(line: str) -> str:
    """The line with its epoch milliseconds, and librdkafka's epoch seconds, as ISO-8601 in UTC."""
    line = _LIBRDKAFKA.sub(lambda found: f"{found['level']}|{_iso(float(found['seconds']) * 1_000)}|", line)
    line = _WATERMARK.sub(lambda found: f"watermark={_watermark(int(found['milliseconds']))}", line)
    return _EPOCH.sub(lambda found: _iso(int(found["milliseconds"])), line)


def _watermark(milliseconds: int) -> str:
    try:
        return _iso(milliseconds) if milliseconds else "none"
    except (OverflowError, ValueError):  # beyond the years that Python counts
        return f"{milliseconds}ms"


def _iso(milliseconds: float) -> str:
    moment = datetime.fromtimestamp(milliseconds / 1_000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
