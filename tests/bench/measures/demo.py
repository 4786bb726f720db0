"""The demo with warm caches, as a user runs it: its stages, and the memory of all its processes together."""

import re
from pathlib import Path
from statistics import median
from typing import Any

from bench.options import Sizes
from bench.processes import timed

RUNS = 3


def measure(folder: Path, _sizes: Sizes) -> dict[str, Any]:
    timed(["demo"], cwd=folder)  # warms the caches
    runs = [timed(["demo"], cwd=folder) for _ in range(RUNS)]
    stages = next(line for line in runs[-1].output.splitlines() if "in all" in line)
    return {
        "wall_s": round(median(run.wall_s for run in runs), 1),
        "peak_resident_mb": max(run.peak_resident_mb for run in runs),
        "runs": RUNS,
        **{f"s: {name.strip()}": float(s) for name, s in re.findall(r"([a-zA-Z][^·]*?) ([\d.]+) s", stages)},
    }
