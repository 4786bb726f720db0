"""The records in `STATE_PATH/run`: which of them speak of something that runs, and which are stale."""

from collections.abc import Iterator
from pathlib import Path
from shlex import quote

import psutil

from clickstream.contract.diagnosis import Diagnosis, ok, warning
from clickstream.runtime.kafka.containers import StartedContainer
from clickstream.runtime.processes.started import StartedProcess

_SUBJECT = "pid files"


def diagnose_records(state: Path) -> Iterator[Diagnosis]:
    """A finding for each record that is stale or cannot be read; one that says so where there is none."""
    stale = list(_stale(state))
    yield from stale
    if not stale:
        kept = len(list((state / "run").glob("*.json")))
        yield ok(_SUBJECT, f"{kept} in {state / 'run'}, and what they name runs.")


def living_pids(state: Path) -> frozenset[int]:
    """The pids of this kit's parts and of their children."""
    pids: set[int] = set()
    for process in StartedProcess.load_all(state):
        if process.is_running():
            pids.add(process.pid)
            pids |= _children_of(process.pid)
    return frozenset(pids)


def _children_of(pid: int) -> set[int]:
    try:
        return {child.pid for child in psutil.Process(pid).children(recursive=True)}
    except psutil.NoSuchProcess:
        return set()


def _stale(state: Path) -> Iterator[Diagnosis]:
    for path in sorted((state / "run").glob("*.json")):
        process = StartedProcess.load(path.stem, state)
        container = StartedContainer.load(path.stem, state)
        if process is not None and not process.is_running():
            sentence = f"{path} names pid {process.pid} for {process.name}, which ended without `down`."
        elif container is not None and not container.is_running():
            sentence = f"{path} names container {container.container[:12]}, which does not run."
        elif process is None and container is None:
            yield warning(_SUBJECT, f"{path} cannot be read.", f"rm {quote(str(path))}")
            continue
        else:
            continue
        yield warning(_SUBJECT, sentence, "clickstream up, which starts it again, or clickstream down")
