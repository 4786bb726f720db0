"""From the call to the embedded broker's first answered probe, in a fresh folder and in a used one."""

from pathlib import Path
from statistics import median
from typing import Any

from bench.options import Sizes
from clickstream.clock import SystemClock
from clickstream.pipeline.broker_access import jvm_parts, owned_broker
from clickstream.runtime.java.jars import KAFKA
from clickstream.settings import Settings, load

RUNS = 3


def measure(folder: Path, _sizes: Sizes) -> dict[str, Any]:
    first, again = [], []
    for run in range(RUNS):
        first.append(_ready_s(folder / str(run)))
        again.append(_ready_s(folder / str(run)))
    return {
        "ready_s_first_start": round(median(first), 2),
        "ready_s_later_start": round(median(again), 2),
        "runs": RUNS,
    }


def settings_in(folder: Path) -> Settings:
    """Settings of a project in this folder; the environment still applies."""
    return load({"STATE_PATH": folder / "state", "OUTPUT_PATH": folder / "output"})[0]


def _ready_s(folder: Path) -> float:
    clock = SystemClock()
    settings = settings_in(folder)
    kafka = jvm_parts(settings, KAFKA)
    begun_s = clock.monotonic_s()
    with owned_broker(settings, kafka, clock):
        return clock.monotonic_s() - begun_s
