"""The records in `STATE_PATH/run`: which of them are of running parts, and which are stale."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from shlex import quote

import psutil

from clickstream.contract.diagnosis import Diagnosis, ok, warning
from clickstream.runtime.kafka.containers import StartedContainer
from clickstream.runtime.processes.started import StartedProcess

_SUBJECT = "pid files"


def diagnose_records(state: Path) -> Iterator[Diagnosis]:
    """A finding for each record that is stale or unreadable; a single `ok` if there are none."""
    stale = list(_stale(state))
    yield from stale
    if not stale:
        kept = len(list((state / "run").glob("*.json")))
        yield ok(_SUBJECT, f"{kept} in {state / 'run'}, all of running parts.")


def living_pids(state: Path) -> frozenset[int]:
    """The pids of this kit's parts and of their children."""
    pids: set[int] = set()
    for process in StartedProcess.load_all(state):
        with suppress(psutil.NoSuchProcess):
            if process.is_running():
                children = psutil.Process(process.pid).children(recursive=True)
                pids |= {process.pid, *(child.pid for child in children)}
    return frozenset(pids)


def _stale(state: Path) -> Iterator[Diagnosis]:
    for path in sorted((state / "run").glob("*.json")):
        recorded = StartedProcess.load(path.stem, state) or StartedContainer.load(path.stem, state)
        if recorded is None:
            yield warning(_SUBJECT, f"{path} cannot be read.", f"rm {quote(str(path))}")
        elif not recorded.is_running():
            if isinstance(recorded, StartedProcess):
                what = f"pid {recorded.pid} for {recorded.name}, which ended without `down`"
            else:
                what = f"container {recorded.container[:12]}, which does not run"
            fix = "clickstream up, which starts it again, or clickstream down"
            yield warning(_SUBJECT, f"{path} names {what}.", fix)
