"""What goes into a log file: one line an event, with its time, its name and its figures."""

import logging
import sys
from collections.abc import Callable
from dataclasses import asdict

import structlog

from clickstream.clock import Clock
from clickstream.contract.progress import BatchProgress

_QUIET_S = 10.0


class OncePerWhile(logging.Filter):
    """Lets a logger speak once in ten seconds: librdkafka repeats itself a thousand times a second."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self._due_s: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record's logger has been silent for long enough."""
        now_s = self._clock.monotonic_s()
        if now_s < self._due_s.get(record.name, now_s):
            return False
        self._due_s[record.name] = now_s + _QUIET_S
        return True


def log_to_stderr(clock: Clock) -> None:
    """Send the warnings of libraries to stderr; for commands whose output is a log file.

    At a terminal, the error that ends the command has the same words.
    """
    handler = logging.StreamHandler()
    handler.addFilter(OncePerWhile(clock))
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_log_level, structlog.stdlib.add_logger_name, _time()],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _line()],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING)


def batch_log() -> Callable[[BatchProgress], None]:
    """Writes a line per micro-batch to stdout, `key=value` with the time first."""
    log = structlog.wrap_logger(
        structlog.PrintLogger(sys.stdout), processors=[structlog.processors.add_log_level, _time(), _line()]
    )

    def write(progress: BatchProgress) -> None:
        figures = asdict(progress)
        rows_landed = figures.pop("rows_landed")
        figures["duration_s"] = round(progress.duration_s, 3)
        log.info("batch_landed", **figures, **{f"rows_{table}": rows for table, rows in rows_landed.items()})

    return write


def _time() -> structlog.processors.TimeStamper:
    return structlog.processors.TimeStamper(fmt="iso", utc=True)


def _line() -> structlog.processors.LogfmtRenderer:
    return structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"], bool_as_flag=False)
