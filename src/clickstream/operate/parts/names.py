"""The parts that commands name, and the processes and containers behind them."""

from collections.abc import Iterable, Sequence

from clickstream.contract.part_names import (
    BROKER,
    CLUSTER,
    EMBEDDED_KAFKA,
    PART_NAMES,
    PRODUCER,
    REDPANDA,
    SPARK_MASTER,
    SPARK_WORKERS,
    STREAM,
)
from clickstream.errors import UsageError
from clickstream.runtime.kafka.docker import StartedContainer
from clickstream.runtime.processes.started import StartedProcess
from clickstream.settings import Settings

STOP_ORDER: tuple[str, ...] = (PRODUCER, STREAM, *SPARK_WORKERS, SPARK_MASTER, EMBEDDED_KAFKA)
"""Against the stream: each part can still write its last records."""

Parts = frozenset[str]
"""Some of `PART_NAMES`."""

ALL: Parts = frozenset(PART_NAMES)
_BEHIND: dict[str, tuple[str, ...]] = {
    BROKER: (EMBEDDED_KAFKA, REDPANDA),
    CLUSTER: (SPARK_MASTER, *SPARK_WORKERS),
    PRODUCER: (PRODUCER,),
    STREAM: (STREAM,),
}


def named_parts(names: Sequence[str]) -> Parts:
    """The parts of these names; all of them if none is named.

    Raises:
        UsageError: a name is not a part's.
    """
    for name in names:
        if name not in PART_NAMES:
            raise UsageError(f"{name!r} is not a part.", next_step=f"The parts are: {', '.join(PART_NAMES)}.")
    return frozenset(names) or ALL


def with_needed(parts: Parts, *, cluster: bool) -> Parts:
    """These parts and those that they need; `cluster`: the job runs on a cluster that `up` starts."""
    needed = set(parts)
    if needed & {PRODUCER, STREAM}:
        needed.add(BROKER)
    if STREAM in needed and cluster:
        needed.add(CLUSTER)
    elif not cluster:
        needed.discard(CLUSTER)
    return frozenset(needed)


def in_order(parts: Iterable[str]) -> list[str]:
    """These parts in the order in which they start."""
    return sorted(parts, key=PART_NAMES.index)


def names_behind(part: str) -> tuple[str, ...]:
    """The names under which processes and containers of a part are recorded; another name as it is."""
    return _BEHIND.get(part, (part,))


def running(name: str, settings: Settings) -> StartedProcess | None:
    """The process of a part that an earlier `up` started and that still runs."""
    return StartedProcess.running(name, settings.paths.state)


def running_container(settings: Settings) -> StartedContainer | None:
    """Redpanda's container if it was started here and runs."""
    return StartedContainer.running(REDPANDA, settings.paths.state)


def part_runs(part: str, settings: Settings) -> bool:
    """Whether something of this part, started here, runs."""
    if part == BROKER and running_container(settings) is not None:
        return True
    return any(running(name, settings) is not None for name in names_behind(part))
