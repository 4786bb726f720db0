"""A long run: thousands of micro-batches of a small load, and what grows with them.

    tox -e soak                        5,000 batches of each query; an hour or more
    tox -e soak -- --batches 300       a small one

Broker, producer and job run as `up` starts them. Printed and written to bench/soak.json: live heap after a
full collection with the classes that grow, resident memory of every process, state, files, duration of a
batch; then the time of a restart and of a check of all of it. It ends by the count of batches or by its
deadline.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from stat import S_ISREG
from typing import Any

import numpy as np

from bench.delays import percentiles
from bench.heap import Histogram, growth, live_objects, total_bytes
from bench.processes import MIB, RunningKit, resident_bytes, running_kit
from bench.run import write
from clickstream.clock import SystemClock
from clickstream.contract.definition.tables import QUERIES

FIGURES = Path("bench/soak.json")
WARM_BATCHES = 20
"""What the first batches load and compile is not growth."""
GROWING_CLASSES = 15
HISTOGRAMS = 5
_LOOKED_EVERY_S = 2.0


@dataclass
class Soak:
    """A run and what has been seen of it."""

    kit: RunningKit
    clock: SystemClock
    begun_s: float
    durations_ms: dict[tuple[str, str], float] = field(default_factory=dict)
    """How long each batch took, by query and batch: from its offsets to its commit in Spark's log."""
    sampled: int = 0
    """How many of them are in a sample."""
    samples: list[dict[str, Any]] = field(default_factory=list)
    heaps: list[Histogram] = field(default_factory=list)

    def wait_for(self, batches: int, deadline_s: float) -> bool:
        """Wait until each query has landed so many batches; False if the deadline came first."""
        while min(self._landed().values()) < batches:
            if self.clock.monotonic_s() > self.begun_s + deadline_s:
                return False
            assert "stream" in self.kit.processes(), self.kit.command("logs", "stream").output
            self.clock.sleep(_LOOKED_EVERY_S)
            self._note_durations()
        return True

    def sample(self) -> None:
        """Add a row to the table, and print it."""
        new_ms = np.array(list(self.durations_ms.values())[self.sampled :])
        self.sampled += len(new_ms)
        resident = resident_bytes(self.kit.processes())
        state = [size_of(self.kit.layout.query_checkpoint(query) / "state") for query in QUERIES]
        seen = {
            "minutes": round((self.clock.monotonic_s() - self.begun_s) / 60, 1),
            "batches": self._landed(),
            "batch_ms": percentiles(new_ms, digits=0),
            "resident_mb": {name: size // MIB for name, size in resident.items()},
            "state_kb": sum(size_bytes for _, size_bytes in state) // 1_024,
            "output_files": size_of(self.kit.layout.output)[0],
            "checkpoint_files": size_of(self.kit.layout.checkpoint)[0],
        }
        self.samples.append(seen)
        print(line_of(seen), flush=True)

    def collect(self) -> None:
        """Add a histogram of what lives in the job's JVM, after a full collection."""
        jvm = self.kit.job_jvm().pid
        try:
            # A batch that runs keeps its plans alive: the smallest of some histograms has the least of them.
            self.heaps.append(min((live_objects(jvm) for _ in range(HISTOGRAMS)), key=total_bytes))
            print(f"live heap of the job: {total_bytes(self.heaps[-1]) / MIB:.1f} MB", flush=True)
        except OSError as error:
            print(f"No figures of the heap, only of resident memory: {error}", flush=True)

    def _landed(self) -> dict[str, int]:
        return {query: len(self.kit.layout.record_paths(query)) for query in QUERIES}

    def _note_durations(self) -> None:
        """Add the batches that have ended since the last time: Spark keeps its log of 100 only."""
        for query in QUERIES:
            log = self.kit.layout.query_checkpoint(query)
            for commit in (log / "commits").glob("[0-9]*"):
                try:
                    ended_s, begun_s = commit.stat().st_mtime, (log / "offsets" / commit.name).stat().st_mtime
                except FileNotFoundError:  # Spark has just removed it
                    continue
                self.durations_ms.setdefault((query, commit.name), (ended_s - begun_s) * 1_000)


def main(words: list[str]) -> int:
    asked = parsed(words)
    settings = {
        "TRIGGER_INTERVAL": asked.trigger,
        "MSGS_PER_SEC": asked.rate_per_s,
        "PAGE_WINDOW": "10 seconds",
        "GEO_WINDOW": "10 seconds",
        "SESSION_WINDOW": "10 seconds",
        "WATERMARK_DELAY": "10 seconds",
    }
    with (
        tempfile.TemporaryDirectory(prefix="clickstream-soak-") as folder,
        running_kit(Path(folder), settings) as kit,
    ):
        clock = SystemClock()
        run = Soak(kit, clock, clock.monotonic_s())
        ended_by_count = watch(run, asked.batches, asked.samples, asked.deadline_min * 60)
        figures = {
            "asked": vars(asked),
            "ended_by_count": ended_by_count,
            "samples": run.samples,
            "live_heap_mb": [round(total_bytes(heap) / MIB, 1) for heap in run.heaps],
            "growing_classes": growing_classes(run.heaps),
            **restart_and_check(kit),
        }
    write(FIGURES, figures)
    return 0 if figures["ended_by_count"] and figures["check_passed"] else 1


def parsed(words: Sequence[str]) -> argparse.Namespace:
    """What the command line asks for."""
    command = argparse.ArgumentParser(
        prog="tox -e soak --", formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    command.add_argument("--batches", type=int, default=5_000, help="batches of each query")
    command.add_argument("--trigger", default="200 milliseconds", help="how often a batch starts")
    command.add_argument("--rate-per-s", type=int, default=100, help="events per second")
    command.add_argument("--samples", type=int, default=20, help="rows of the table")
    command.add_argument("--deadline-min", type=float, default=240, help="end after so many minutes")
    return command.parse_args(words)


def watch(run: Soak, batches: int, samples: int, deadline_s: float) -> bool:
    """Sample a run until its last batch, with the heap at the start, in the middle and at the end.

    Returns False if the deadline came before the last batch.
    """
    run.wait_for(WARM_BATCHES, deadline_s)
    run.sample()
    run.collect()
    in_time = True
    for number in range(1, samples + 1):
        in_time = run.wait_for(batches * number // samples, deadline_s)
        run.sample()
        if not in_time:
            print("The deadline came before the last batch.", flush=True)
        if number in {(samples + 1) // 2, samples} or not in_time:
            run.collect()
        if not in_time:
            break
    return in_time


def growing_classes(heaps: Sequence[Histogram]) -> list[dict[str, Any]]:
    """The classes that grew most from the first histogram to the last, with their instances in each."""
    if len(heaps) < 2:
        return []
    found = []
    for each in growth(heaps[0], heaps[-1])[:GROWING_CLASSES]:
        instances = [heap[each.name].instances if each.name in heap else 0 for heap in heaps]
        print(f"  {each.size_bytes / 1_024:>+10,.0f} kB  {each.name}  instances {instances}", flush=True)
        found.append({"class": each.name, "grown_bytes": each.size_bytes, "instances": instances})
    return found


def restart_and_check(kit: RunningKit) -> dict[str, Any]:
    """The time of a restart of the job over its long log, and of a check of all that has landed."""
    restart = kit.command("restart", "stream")
    kit.command("down", "producer", "stream")
    check = kit.command("check", exit_codes=(0, 1))
    print(f"restart {restart.wall_s:.1f} s · check {check.wall_s:.1f} s, {check.peak_resident_mb} MB")
    print(check.output)
    return {
        "restart_s": round(restart.wall_s, 1),
        "check_s": round(check.wall_s, 1),
        "check_peak_resident_mb": check.peak_resident_mb,
        "check_passed": check.exit_code == 0,
    }


def line_of(sample: dict[str, Any]) -> str:
    """A sample in one line."""
    batches = ", ".join(f"{query} {count:,}" for query, count in sample["batches"].items())
    resident = ", ".join(f"{name} {size}" for name, size in sample["resident_mb"].items())
    spent = "/".join(f"{ms:.0f}" for ms in sample["batch_ms"].values())
    return (
        f"{sample['minutes']:>5} min · batches: {batches} · p50/p95/max {spent} ms · MB: {resident}"
        f" · state {sample['state_kb']:,} kB"
        f" · files {sample['output_files']:,} output, {sample['checkpoint_files']:,} checkpoint"
    )


def size_of(folder: Path) -> tuple[int, int]:
    """How many files are below a folder, and their bytes; without those that are removed during the count."""
    files = size_bytes = 0
    for path in folder.rglob("*"):
        try:
            found = path.stat()
        except FileNotFoundError:
            continue
        if S_ISREG(found.st_mode):
            files, size_bytes = files + 1, size_bytes + found.st_size
    return files, size_bytes


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
