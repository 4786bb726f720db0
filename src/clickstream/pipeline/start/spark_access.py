"""The place of the job, one JVM or a cluster, and what it needs."""

import socket
from contextlib import closing
from pathlib import Path

from clickstream.contract.part_names import SPARK_MASTER
from clickstream.errors import PartDidNotStart, UsageError
from clickstream.runtime.processes.started import StartedProcess
from clickstream.runtime.spark_cluster.cluster import properties_of
from clickstream.settings import Settings
from clickstream.stream.session.spark_conf import ClusterAccess

_SHARED = "OUTPUT_PATH and CHECKPOINT_PATH must be on storage that driver and executors share"
_LOOPBACK = frozenset({"127.0.0.1", "localhost"})
_LEAST_HEAP_MIB = 450
"""Below it no JVM of Spark starts."""
_ANSWER_WITHIN_S = 5.0


def cluster_access(settings: Settings) -> ClusterAccess | None:
    """How the job gets into its cluster; None where SPARK_MASTER_URL is `local`.

    Raises:
        UsageError: the paths are not on storage that driver and executors share, or an executor would have
            too little memory to start, or the job itself.
    """
    refuse_too_little_memory("SPARK_DRIVER_MEMORY", settings.stream.driver_memory)
    master = settings.stream.master_url
    if master.startswith("local"):
        return None
    elsewhere = runs_elsewhere(settings)
    if elsewhere and not settings.stream.shared_storage:
        raise UsageError(
            f"SPARK_MASTER_URL={master} runs the job's executors elsewhere: {_SHARED}.",
            next_step="Mount it everywhere at the same place and set SHARED_STORAGE=true, or stay on this"
            " machine: SPARK_MASTER_URL=local[*], or `clickstream up --spark standalone`.",
        )
    refuse_too_little_memory("SPARK_WORKER_MEMORY", settings.runtime.spark_worker_memory)
    _refuse_silent(master, _addresses(master))
    return ClusterAccess(
        executor_memory=settings.runtime.spark_worker_memory,
        executor_cores=settings.runtime.spark_worker_cores,
        executors=settings.runtime.spark_workers,
        on_this_machine=not elsewhere,
    )


def runs_elsewhere(settings: Settings) -> bool:
    """Whether executors may be on other machines: on any cluster whose masters are not all on loopback."""
    master = settings.stream.master_url
    addresses = _addresses(master)
    here = bool(addresses) and all(host in _LOOPBACK for host, _ in addresses)
    return not (master.startswith("local") or here)


def spark_properties(settings: Settings) -> tuple[Path, ...]:
    """Files of additional properties, where the later wins: the user's, and the secret of the kit's cluster.

    Raises:
        UsageError: one cannot be read.
    """
    given = settings.stream.properties_file
    files = [given.absolute()] if given else []
    own = StartedProcess.running(SPARK_MASTER, settings.paths.state)
    if own is not None and own.address == settings.stream.master_url:
        files.append(properties_of(settings.paths.state))
    for file in files:
        try:
            file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(
                f"The Spark properties in {file} cannot be read: {error}.",
                next_step="Set SPARK_PROPERTIES_FILE to a text file that this user may read.",
            ) from error
    return tuple(files)


def refuse_too_little_memory(setting: str, memory: str) -> None:
    """Return only if a driver or an executor starts with the memory that a setting gives it.

    Raises:
        UsageError: it does not.
    """
    mebibytes = int(memory[:-1]) * (1024 if memory.endswith("g") else 1)
    if mebibytes < _LEAST_HEAP_MIB:
        raise UsageError(
            f"{setting}={memory} is too little: Spark does not start below {_LEAST_HEAP_MIB}m.",
            next_step=f"Set {setting} to 512m or more.",
        )


def _refuse_silent(master: str, addresses: list[tuple[str, int]]) -> None:
    """Spark itself would look for its masters for a minute, and then say little."""
    why = ""
    for address in addresses:
        try:
            with closing(socket.create_connection(address, timeout=_ANSWER_WITHIN_S)):
                return
        except OSError as error:
            why = error.strerror or str(error)
    if addresses:
        raise PartDidNotStart(
            f"No Spark master answers at {master}: {why}.",
            next_step="Start it, or a cluster on this machine with `clickstream up --spark standalone`,"
            " or set SPARK_MASTER_URL to another one.",
        )


def _addresses(master: str) -> list[tuple[str, int]]:
    """Host and port of each standalone master; none for Kubernetes and YARN, whose clients look."""
    if not master.startswith("spark://"):
        return []
    pairs = [each.rpartition(":") for each in master.removeprefix("spark://").split(",")]
    return [(host, int(port)) for host, _, port in pairs]
