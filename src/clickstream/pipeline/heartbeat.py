"""What a running part last said of itself, in a small file that other commands can read."""

import contextlib
import json
import os
import threading
from pathlib import Path
from typing import Any

from clickstream.clock import Clock
from clickstream.contract.progress import BatchProgress, DeliveryCounts

STREAM, PRODUCER = "stream", "producer"
_DELIVERED_EVERY_S = 1.0


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
                "rows_in": progress.rows_in,
                "watermark_ms": progress.watermark_ms,
                "duration_s": round(progress.duration_s, 3),
            }
            self._write({"queries": self._batches})

    def _write(self, figures: dict[str, Any]) -> None:
        # News, not data: a full disk must end the run where rows are lost, not where figures are.
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            partial = self._path.with_suffix(".partial")
            partial.write_text(json.dumps({"pid": os.getpid(), **figures}) + "\n", encoding="utf-8")
            partial.replace(self._path)


def last_heartbeat(state: Path, part: str, pid: int) -> dict[str, Any]:
    """The newest figures of the process `pid`; empty where it has said nothing yet."""
    try:
        figures = json.loads(_path(state, part).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return figures if isinstance(figures, dict) and figures.get("pid") == pid else {}


def _path(state: Path, part: str) -> Path:
    return state / "progress" / f"{part}.json"
