"""The ports that settings name with their owners, and the records of parts in `STATE_PATH/run`."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from shlex import quote

import psutil

from clickstream.contract.diagnosis import Caution, Check
from clickstream.errors import PortInUse
from clickstream.operate.parts.names import running_container
from clickstream.operate.start.backend import Backend
from clickstream.runtime.kafka.docker import StartedContainer
from clickstream.runtime.machine.ports import PortOwner, port_owner
from clickstream.runtime.processes.started import StartedProcess
from clickstream.settings import Settings

_OF_BACKEND = {"embedded_kafka_port": "embedded", "redpanda_port": "redpanda"}


def port_checks(settings: Settings, backend: Backend | None) -> Iterator[Check]:
    """Whether each port that a setting names is free, or held by a part of this kit."""
    ours = living_pids(settings.paths.state)
    container = running_container(settings)
    # The engine listens for a container, under a pid that is not the kit's.
    published = "" if container is None else container.address.rpartition(":")[2]
    for field, info in type(settings.runtime).model_fields.items():
        port = getattr(settings.runtime, field)
        if not (field.endswith("_port") and port):  # 0 takes a free one
            continue
        # A default port that is taken is replaced by a free one.
        given = settings.runtime.given_port(field) is not None
        needed = given and _OF_BACKEND.get(field, backend) == backend
        pids = None if published == str(port) else ours
        yield Check("ports", partial(usable_port, str(info.alias), port, ours=pids, needed=needed))


def usable_port(
    setting: str,
    port: int,
    *,
    ours: frozenset[int] | None,
    needed: bool,
    owner_of: Callable[[int], PortOwner | None] = port_owner,
) -> str:
    """Who holds a port.

    Args:
        setting: the setting that names it.
        port: its number.
        ours: the pids of this kit's parts; None if the port is known to be held by one of them.
        needed: the next `up` would listen on it.
        owner_of: looks for the process that listens on a port.

    Raises:
        PortInUse: it is needed, and held by another process.
    """
    owner = owner_of(port)
    if owner is None:
        return f"{setting}={port} is free."
    held = f"{setting}={port} is held by {owner}"
    if ours is None or owner.pid in ours:
        return f"{held}, for this kit."
    if not needed:
        return f"{held}, and nothing here needs it."
    fix = f"kill {owner.pid}, or set {setting}=0" if owner.pid else f"{setting}=0 clickstream up"
    raise PortInUse(f"{held}.", next_step=fix)


def living_pids(state: Path) -> frozenset[int]:
    """The pids of this kit's parts and of their children."""
    pids: set[int] = set()
    for process in StartedProcess.load_all(state):
        with suppress(psutil.NoSuchProcess):
            if process.is_running():
                children = psutil.Process(process.pid).children(recursive=True)
                pids |= {process.pid, *(child.pid for child in children)}
    return frozenset(pids)


def record_checks(state: Path) -> Iterator[Check]:
    """Whether the records of parts, their pid files, are of parts that run."""
    records = sorted((state / "run").glob("*.json"))
    for path in records:
        yield Check("pid files", partial(_record, path, state))
    if not records:
        yield Check("pid files", lambda: f"There are none in {state / 'run'}.")


def _record(path: Path, state: Path) -> str | Caution:
    recorded = StartedProcess.load(path.stem, state) or StartedContainer.load(path.stem, state)
    if recorded is None:
        return Caution(f"{path} cannot be read.", f"rm {quote(str(path))}")
    if recorded.is_running():
        return f"{path} is that of a part that runs."
    if isinstance(recorded, StartedProcess):
        what = f"pid {recorded.pid} for {recorded.name}, which ended without `down`"
    else:
        what = f"container {recorded.container[:12]}, which does not run"
    return Caution(f"{path} names {what}.", "clickstream up, which starts it again, or clickstream down")
