"""A running part's newest figures, in a small file that other commands can read."""

import contextlib
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from clickstream.clock import Clock
from clickstream.contract.progress import BatchProgress, DeliveryCounts
from clickstream.errors import ClickstreamError, Interrupted

_DELIVERED_EVERY_S = 1.0
_ENDED = "ended"


@dataclass(frozen=True, slots=True)
class PartEnd:
    """How a part reported its end: its exit code, and its error's sentence if there was one."""

    exit_code: int
    why: str
    next_step: str = ""


class Heartbeat:
    """Keeps one part's newest figures in `<state>/progress/<part>.json`, replaced whole each time.

    The figures carry the pid of the process that wrote them, so that those of an earlier run are known.
    """

    def __init__(self, state: Path, part: str, clock: Clock) -> None:
        self._path = _path(state, part)
        self._clock = clock
        self._due_s = clock.monotonic_s()
        self._one_at_a_time = threading.Lock()
        self._batches: dict[str, dict[str, Any]] = {}
        self._figures: dict[str, Any] = {}
        self._waiting = False

    def delivered(self, counts: DeliveryCounts) -> None:
        """Write down what has become of the records so far, at most once a second."""
        if self._clock.monotonic_s() < self._due_s:
            return
        self._due_s = self._clock.monotonic_s() + _DELIVERED_EVERY_S
        self._write(
            {"produced": counts.produced, "acknowledged": counts.acknowledged, "failed": counts.failed}
        )

    def landed(self, progress: BatchProgress) -> None:
        """Write down the newest batch of a query, beside those of the others; queries land side by side."""
        with self._one_at_a_time:
            self._batches[progress.query] = {
                "batch_id": progress.batch_id,
                "offsets_in": progress.offsets_in,
                "watermark_ms": progress.watermark_ms,
                "duration_s": round(progress.duration_s, 3),
            }
            self._write_queries()

    def waiting(self) -> None:
        """Write down that every query runs and waits for records."""
        with self._one_at_a_time:
            self._waiting = True
            self._write_queries()

    def _write_queries(self) -> None:
        self._write({"queries": self._batches, "waiting": self._waiting})

    @contextmanager
    def noting_the_end(self) -> Iterator[None]:
        """Write down how the block ends: no other process can ask for the exit code of a detached one."""
        try:
            yield
        except ClickstreamError as error:
            self._end(error.exit_code, error.sentence, error.next_step)
            raise
        except KeyboardInterrupt:
            self._end(Interrupted.exit_code, "It was interrupted.")
            raise
        except Exception as error:
            self._end(1, f"{type(error).__name__}: {error}")
            raise
        self._end(0, "")

    def _end(self, exit_code: int, why: str, next_step: str = "") -> None:
        ended = {"exit_code": exit_code, "why": why, "next_step": next_step}
        self._write({**self._figures, _ENDED: ended})

    def _write(self, figures: dict[str, Any]) -> None:
        self._figures = figures
        # News, not data: a full disk must end the run where rows are lost, not where figures are.
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            partial = self._path.with_suffix(".partial")
            partial.write_text(json.dumps({"pid": os.getpid(), **figures}) + "\n", encoding="utf-8")
            partial.replace(self._path)


def last_heartbeat(state: Path, part: str, pid: int) -> dict[str, Any]:
    """The newest figures of the process `pid`; empty if it has written none yet."""
    try:
        figures = json.loads(_path(state, part).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return figures if isinstance(figures, dict) and figures.get("pid") == pid else {}


def heartbeat_at(state: Path, part: str) -> datetime | None:
    """When a part last wrote its figures; None if it never has."""
    try:
        return datetime.fromtimestamp(_path(state, part).stat().st_mtime, UTC)
    except OSError:
        return None


def end_of(state: Path, part: str, pid: int) -> PartEnd | None:
    """How the process `pid` reported its end; None if it had no time to."""
    try:
        ended = last_heartbeat(state, part, pid)[_ENDED]
        return PartEnd(int(ended["exit_code"]), str(ended["why"]), str(ended.get("next_step", "")))
    except (TypeError, KeyError, ValueError):
        return None


def _path(state: Path, part: str) -> Path:
    return state / "progress" / f"{part}.json"
