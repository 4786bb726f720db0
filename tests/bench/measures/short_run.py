"""A short run in small batches, as a demo or a test has it: without the optimising compiler."""

from pathlib import Path
from statistics import median
from typing import Any

from bench.job_runs import filled_topic
from bench.options import Sizes

EVENTS = 60_000
EVENTS_PER_BATCH = 3_500
RUNS = 3


def measure(folder: Path, _sizes: Sizes) -> dict[str, Any]:
    with filled_topic(folder, EVENTS, EVENTS_PER_BATCH) as topic:
        runs = [topic.run("kit", f"run-{number}", short_run=True) for number in range(RUNS)]
    return {
        "events": EVENTS,
        "events_per_batch": EVENTS_PER_BATCH,
        "runs": RUNS,
        "job_s": round(median(run.wall_s for run in runs), 1),
        "core_s": round(median(run.core_s for run in runs), 1),
        "resident_mb": max(run.resident_mb for run in runs),
    }
