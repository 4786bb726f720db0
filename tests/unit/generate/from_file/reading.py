"""Files of events, and what is read from them, as tests ask for them."""

import io
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

from clickstream.clicks.event import CLICK
from clickstream.generate.from_file.opening import open_input
from clickstream.generate.from_file.stream import FileStream
from clickstream.settings import GeneratorSettings

NOW_MS = 1_767_225_600_000


def messages(file: Path | str, stdin: io.BufferedReader | None = None) -> list[bytes]:
    """All messages of a file, or of standard input for `-`."""
    return [each for each in open_input(str(file), CLICK, stdin) if each is not None]


def a_file_stream(
    messages: Iterable[bytes | None],
    *,
    speed: Fraction | None = None,
    partitions: int = 3,
    **settings: object,
) -> FileStream:
    """A stream of messages without faults but for those asked for."""
    given = GeneratorSettings(**{"LATE_RATE": 0, "MALFORMED_RATE": 0, **settings})
    return FileStream(iter(messages), CLICK, given, partitions, now_ms=lambda: NOW_MS, speed=speed)
