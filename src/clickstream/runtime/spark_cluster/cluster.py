"""A standalone Spark cluster on this machine: a master and its workers, on loopback, behind a secret."""

import secrets
import shutil
from pathlib import Path

from clickstream.clock import Clock
from clickstream.contract.part_names import SPARK_MASTER, SPARK_WORKERS
from clickstream.errors import PartDidNotStart, writing
from clickstream.runtime.java.find import JavaHome
from clickstream.runtime.machine.ports import LOOPBACK, free_ports, port_owner, refuse_port_in_use
from clickstream.runtime.processes.deferred_interrupts import interrupts_deferred
from clickstream.runtime.processes.started import StartedProcess, spawn_detached
from clickstream.runtime.spark_cluster.commands import cluster_environment, master_command, worker_command
from clickstream.runtime.spark_cluster.web_page import alive_workers
from clickstream.settings import RuntimeSettings

_READY_WITHIN_S = 90.0
_POLL_S = 0.2


class SparkCluster:
    """Master and workers that outlive this process; `down` stops them by their process records.

        <state>/spark/cluster.properties  the secret, readable only by this user
        <state>/spark/spark-worker-1/     where that worker's executors run, with their logs; kept until
                                          the next cluster starts
        <state>/spark/scratch/            what they spill
        <state>/logs/spark-master.log     what each says, appended
        <state>/run/spark-master.json     each process, while it runs

    A process that reaches a master runs code as the master's user. So each start makes a secret that the
    workers and the job must know, and other users of this machine do not.

    A port of 0 takes a free one, or for the master the port of one that died.
    """

    def __init__(
        self, settings: RuntimeSettings, *, java: JavaHome, spark_home: Path, state: Path, clock: Clock
    ) -> None:
        self._settings = settings
        self._java = java
        self._spark_home = spark_home
        self._state = state.absolute()
        self._folder = self._state / "spark"
        self._clock = clock
        self._started: list[StartedProcess] = []

    def ensure(self) -> list[StartedProcess]:
        """Start what does not run yet; master first, then the workers, when the master counts all of them.

        Processes of an earlier call keep running, even if there are too many workers. If this raises,
        everything that this call started is stopped again.

        Raises:
            PortInUse: a port that was asked for is held by another process.
            FolderNotWritable: the state folder cannot be written.
            PartDidNotStart: one ended, or the master did not count it in time; with its last lines.
        """
        what = f"The cluster's folder {self._folder}"
        with writing(what, next_step="Make it writable, or set STATE_PATH to another folder."):
            properties = self._prepared()
        try:
            master = StartedProcess.running(SPARK_MASTER, self._state) or self._start_master(properties)
            self._wait(master, [master], 0)
            names = SPARK_WORKERS[: self._settings.spark_workers]
            workers = [
                StartedProcess.running(name, self._state) or self._start_worker(name, master, properties)
                for name in names
            ]
            self._wait(master, workers, len(workers))
        except BaseException:
            self.stop()
            raise
        return [master, *workers]

    def is_new(self, process: StartedProcess) -> bool:
        """Whether this object started it."""
        return process in self._started

    def stop(self) -> None:
        """Stop what this object started, workers first; again does nothing."""
        for process in reversed(self._started):
            process.stop()
            process.forget(self._state)
        self._started.clear()

    def _prepared(self) -> Path:
        """The file of the secret in the cluster's folder; both are replaced if no part runs that knows it.

        An executor that was killed leaves what it had spilled; jars and logs of old ones are beside it.
        """
        path = properties_of(self._state)
        parts = (SPARK_MASTER, *SPARK_WORKERS)
        if path.exists() and any(StartedProcess.running(name, self._state) for name in parts):
            return path
        if self._folder.exists():
            shutil.rmtree(self._folder)
        (self._folder / "scratch").mkdir(parents=True)
        path.touch(mode=0o600)
        path.write_text(
            f"spark.authenticate true\nspark.authenticate.secret {secrets.token_hex(32)}\n", encoding="ascii"
        )
        return path

    def _start_master(self, properties: Path) -> StartedProcess:
        refuse_cluster_ports(self._settings)
        free, free_webui = free_ports(2)
        port = self._settings.spark_master_port or self._old_port() or free
        webui_port = self._settings.spark_master_webui_port or free_webui
        command = master_command(self._java, self._spark_home, properties, port, webui_port)
        return self._spawn(SPARK_MASTER, command, address=f"spark://{LOOPBACK}:{port}")

    def _old_port(self) -> int:
        """Where a master that died had answered: workers and a job that still run look for it there."""
        died = StartedProcess.load(SPARK_MASTER, self._state)
        if died is None:
            return 0
        port = int(died.address.rpartition(":")[2])
        return port if port_owner(port) is None else 0

    def _start_worker(self, name: str, master: StartedProcess, properties: Path) -> StartedProcess:
        command = worker_command(
            self._java,
            self._spark_home,
            properties,
            master=master.address,
            cores=self._settings.spark_worker_cores,
            memory=self._settings.spark_worker_memory,
            folder=self._folder / name,
        )
        return self._spawn(name, command)

    def _spawn(self, name: str, command: list[str], *, address: str = "") -> StartedProcess:
        with interrupts_deferred():
            process = spawn_detached(
                name,
                command,
                log=self._state / "logs" / f"{name}.log",
                cwd=self._folder,
                env=cluster_environment(self._java, self._spark_home, self._folder / "scratch"),
                address=address,
            )
            self._started.append(process)
        process.save(self._state)
        return process

    def _wait(self, master: StartedProcess, parts: list[StartedProcess], workers: int) -> None:
        """Until the master answers and counts at least so many workers, or one of the parts ends."""
        deadline_s = self._clock.monotonic_s() + _READY_WITHIN_S
        while alive_workers(master) < workers:
            ended = next((part for part in parts if not part.is_running()), None)
            late = self._clock.monotonic_s() >= deadline_s
            if ended is not None or late:
                part = ended or parts[-1]
                what = "ended before it was ready" if ended else f"was not ready within {_READY_WITHIN_S:g} s"
                raise PartDidNotStart(
                    f"{part.name} {what}.",
                    next_step=f"The last lines of its log are above, the rest is in {part.log}.",
                    details=part.last_lines(),
                )
            self._clock.sleep(_POLL_S)


def refuse_cluster_ports(settings: RuntimeSettings) -> None:
    """Return only if the ports that are set for the master are free.

    Raises:
        PortInUse: one is held by another process.
    """
    for port, wanted_for, setting in (
        (settings.spark_master_port, "the Spark master", "SPARK_MASTER_PORT"),
        (settings.spark_master_webui_port, "the Spark master's web page", "SPARK_MASTER_WEBUI_PORT"),
    ):
        if port:
            refuse_port_in_use(port, wanted_for, setting)


def properties_of(state: Path) -> Path:
    """The file of Spark properties by which a job gets into the cluster of this state folder."""
    return state.absolute() / "spark" / "cluster.properties"
