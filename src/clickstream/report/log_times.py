"""Times in log lines as people read them: ISO-8601 in UTC instead of a count since 1970."""

import re

from clickstream.moment import written_us

# From 2001 to 2033; neither a part of a word or a longer number, nor a length of time.
_EPOCH = re.compile(r"(?<![\w.,@/-])(?P<milliseconds>1\d{12})(?![\w-]|[.,]\d|\s*(?:ms|milliseconds)\b)")
_LIBRDKAFKA = re.compile(r"^(?P<level>%\d)\|(?P<seconds>1\d{9}\.\d{3})\|")
_WATERMARK = re.compile(r"\bwatermark_ms=(?P<milliseconds>\d+)")


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
