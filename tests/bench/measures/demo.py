"""The demo with warm caches, as a user runs it: its stages, and the memory of all its processes together."""

import re
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any

import psutil

from clickstream.clock import SystemClock

RUNS = 3


def measure(folder: Path) -> dict[str, Any]:
    _run(folder)  # warms the caches
    walls, peaks, stages = [], [], ""
    for _ in range(RUNS):
        wall_s, peak_mb, stages = _run(folder)
        walls.append(wall_s)
        peaks.append(peak_mb)
    by_stage = {
        f"s: {name.strip()}": float(s) for name, s in re.findall(r"([a-zA-Z][^·]*?) ([\d.]+) s", stages)
    }
    return {"wall_s": round(median(walls), 1), "peak_resident_mb": max(peaks), "runs": RUNS, **by_stage}


def _run(folder: Path) -> tuple[float, int, str]:
    clock = SystemClock()
    begun_s, peak_bytes = clock.monotonic_s(), 0
    command = [sys.executable, "-m", "clickstream", "demo"]
    with (folder / "out").open("w+") as out, subprocess.Popen(command, cwd=folder, stdout=out) as running:
        while running.poll() is None:
            peak_bytes = max(peak_bytes, _resident_bytes(running.pid))
            clock.sleep(0.1)
        wall_s = clock.monotonic_s() - begun_s
        out.seek(0)
        said = out.read()
    assert running.returncode == 0, said
    line = next(line for line in said.splitlines() if "in all" in line)
    return wall_s, peak_bytes // 2**20, line


def _resident_bytes(pid: int) -> int:
    total = 0
    try:
        root = psutil.Process(pid)
        for process in (root, *root.children(recursive=True)):
            total += process.memory_info().rss
    except psutil.NoSuchProcess:
        pass
    return total
