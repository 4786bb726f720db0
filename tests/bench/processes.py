"""The kit as a user runs it, in processes that can be watched: one command, or the parts that `up` starts."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from clickstream.clock import SystemClock
from clickstream.contract.run.layout import Layout
from clickstream.runtime.processes.started import StartedProcess

MIB = 2**20
_SAMPLED_EVERY_S = 0.1


@dataclass(frozen=True, slots=True)
class EndedCommand:
    """A command that ended: its output, its time, and the peak of all its processes together."""

    exit_code: int
    output: str
    wall_s: float
    peak_resident_mb: int


def timed(
    arguments: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    exit_codes: Sequence[int] = (0,),
) -> EndedCommand:
    """Run a command of the kit to its end; fails with its output if it exits with another code."""
    clock = SystemClock()
    begun_s, peak_bytes = clock.monotonic_s(), 0
    command = [sys.executable, "-m", "clickstream", *arguments]
    with (cwd / "out").open("w+") as out, subprocess.Popen(command, cwd=cwd, env=env, stdout=out) as running:
        while running.poll() is None:
            peak_bytes = max(peak_bytes, sum(resident_bytes(tree_of(running.pid)).values()))
            clock.sleep(_SAMPLED_EVERY_S)
        wall_s = clock.monotonic_s() - begun_s
        out.seek(0)
        output = out.read()
    assert running.returncode in exit_codes, output
    return EndedCommand(running.returncode, output, wall_s, peak_bytes // MIB)


@dataclass(frozen=True, slots=True)
class RunningKit:
    """Broker, producer and job in the background, in a folder of their own."""

    folder: Path
    env: Mapping[str, str]

    @property
    def layout(self) -> Layout:
        """Where the run lands."""
        return Layout(self.folder / "output" / "default", self.folder / "checkpoints" / "default")

    def command(self, *arguments: str, exit_codes: Sequence[int] = (0,)) -> EndedCommand:
        """Run a command of the kit on this run."""
        return timed(arguments, cwd=self.folder, env=self.env, exit_codes=exit_codes)

    def processes(self) -> dict[str, psutil.Process]:
        """Each process that runs now by name, such as `stream` and `stream: java`."""
        found: dict[str, psutil.Process] = {}
        for part in StartedProcess.load_all(self.folder / "state"):
            if part.is_running():
                found |= tree_of(part.pid, part.name)
        return found

    def job_jvm(self) -> psutil.Process:
        """The JVM of the job."""
        return self.processes()["stream: java"]


@contextmanager
def running_kit(folder: Path, settings: Mapping[str, object]) -> Iterator[RunningKit]:
    """`up` with an embedded broker of its own, and `down` at the end of the block, however it ends."""
    own = {
        "STATE_PATH": folder / "state",
        "OUTPUT_PATH": folder / "output",
        "CHECKPOINT_PATH": folder / "checkpoints",
        "RUN_ID": "default",
        "BROKER_BACKEND": "embedded",
        "EMBEDDED_KAFKA_PORT": 0,
        "KAFKA_BOOTSTRAP_SERVERS": "",
    }
    given = {name: str(value) for name, value in {**own, **settings}.items()}
    kit = RunningKit(folder, {**os.environ, **given})
    try:
        kit.command("up")
        yield kit
    finally:
        kit.command("down")


def tree_of(pid: int, name: str = "") -> dict[str, psutil.Process]:
    """A process and those below it, each with a name of its own; none if it has ended."""
    found: dict[str, psutil.Process] = {}
    with suppress(psutil.NoSuchProcess):
        root = psutil.Process(pid)
        found[name] = root
        for child in root.children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                key = f"{name}: {child.name()}"
                found[key if key not in found else f"{key} {child.pid}"] = child
    return found


def resident_bytes(running: Mapping[str, psutil.Process]) -> dict[str, int]:
    """Resident memory by process; pages that two of them share count twice."""
    found: dict[str, int] = {}
    for name, process in running.items():
        with suppress(psutil.NoSuchProcess):
            found[name] = process.memory_info().rss
    return found


def core_seconds(running: Mapping[str, psutil.Process]) -> dict[str, float]:
    """CPU time by process so far, of user and system."""
    found: dict[str, float] = {}
    for name, process in running.items():
        with suppress(psutil.NoSuchProcess):
            spent = process.cpu_times()
            found[name] = spent.user + spent.system
    return found


def together_bytes(running: Mapping[str, psutil.Process]) -> int | None:
    """Memory of all processes, shared pages counted once; None where the system does not say (not Linux)."""
    found = 0
    for process in running.values():
        with suppress(psutil.NoSuchProcess):
            memory = process.memory_full_info()
            if not hasattr(memory, "pss"):
                return None
            found += int(memory.pss)
    return found
