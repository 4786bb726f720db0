"""What must hold after every fault."""

import os
from contextlib import suppress
from pathlib import Path

import psutil

from clickstream.broker.topics import offset_ranges
from clickstream.errors import FaultNotSurvived
from clickstream.torture.arena import Arena

_MOST_FINDINGS = 20
_ENDING_DEADLINE_S = 15.0
_POLL_S = 0.1


def verify_all(arena: Arena) -> None:
    """Look at the processes, at the topic and at every landed row."""
    running = arena.left_running()
    if running:
        raise running[0].failed(f"`{running[0].words}` still runs.")
    left = _left(arena)
    # What watches over a JVM ends a moment after it.
    deadline_s = arena.clock.monotonic_s() + _ENDING_DEADLINE_S
    while left and arena.clock.monotonic_s() < deadline_s:
        arena.clock.sleep(_POLL_S)
        left = _left(arena)
    if left:
        raise FaultNotSurvived("Processes are still running.", details=tuple(words[:300] for words in left))
    arena.sent.hold_to(sum(end - first for first, end in offset_ranges(arena.broker).values()))
    verdict = arena.check()
    if not verdict.passed:
        findings = [f"{finding.code}: {finding.sentence}" for finding in verdict.failures]
        raise FaultNotSurvived("The check found differences.", details=tuple(findings[:_MOST_FINDINGS]))


def _left(arena: Arena) -> list[str]:
    broker = psutil.Process(arena.broker_pid())
    its = {broker.pid, broker.ppid()}  # the broker and its keeper
    return [words for pid, words in _processes_in(arena.folder).items() if pid not in its]


def _processes_in(folder: Path) -> dict[int, str]:
    """Command line by pid of all that runs in the folder, or names it; not we, nor who has called us."""
    found: dict[int, str] = {}
    ours = {os.getpid(), *(process.pid for process in psutil.Process().parents())}
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            words = " ".join(process.cmdline())
            if process.pid not in ours and (
                str(folder) in words or Path(process.cwd()).is_relative_to(folder)
            ):
                found[process.pid] = words
    return found
