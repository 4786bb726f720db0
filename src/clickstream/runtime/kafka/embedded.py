"""Apache Kafka in KRaft mode, broker and controller in one child JVM, on loopback."""

from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout

from clickstream.clock import Clock, SystemClock
from clickstream.contract.part_names import EMBEDDED_KAFKA
from clickstream.errors import PartDidNotStart, RunInProgress, writing
from clickstream.runtime.java.find import JavaHome
from clickstream.runtime.kafka.properties import DATA, kafka_command, server_properties
from clickstream.runtime.kafka.storage import format_once
from clickstream.runtime.machine.ports import LOOPBACK, free_ports, keep_port, port_of, refuse_port_in_use
from clickstream.runtime.machine.temporary_folder import temporary_folder
from clickstream.runtime.processes.deferred_interrupts import interrupts_deferred
from clickstream.runtime.processes.started import (
    StartedProcess,
    Stopped,
    last_lines,
    put_aside_when_long,
    spawn_detached,
)
from clickstream.runtime.processes.tether import Tether
from clickstream.settings import RuntimeSettings, java_environment

Probe = Callable[[str], None]
"""Asks the broker at these addresses for an answer; returns when it came, raises while it does not.

It should give up after a second or two: whether the broker still lives is looked at in between.
"""

_READY_WITHIN_S = 60.0
_POLL_S = 0.05
_PORT_TRIES = 3


class EmbeddedKafka:
    """One broker on 127.0.0.1 whose data stays in the project's state folder from start to start.

    As a context manager it lives as long as the block, and ends with this process even when that is killed.

        <state>/kafka/data               topics, offsets, the cluster's identity
        <state>/kafka/server.properties  rewritten at every start
        <state>/kafka/port               the port that is kept for the next start, unless one is given
        <state>/logs/embedded-kafka.log  what it says, appended
        <state>/run/embedded-kafka.json  the process, while it runs

    Without a port in the settings it takes the one that is kept for this folder, otherwise 9092, otherwise a
    free one; port 0 takes a free one, perhaps another at every start.
    """

    def __init__(
        self,
        settings: RuntimeSettings,
        *,
        java: JavaHome,
        jars: Sequence[Path],
        state: Path,
        probe: Probe,
        clock: Clock | None = None,
    ) -> None:
        self._java = java
        self._jars = tuple(jars)
        self._state = state.absolute()
        self._folder = self._state / "kafka"
        self._log = self._state / "logs" / f"{EMBEDDED_KAFKA}.log"
        self._probe = probe
        self._port = settings.given_port("embedded_kafka_port")
        self._memory = settings.embedded_kafka_memory
        self._clock = clock or SystemClock()
        self.process: StartedProcess | None = None
        """The broker's process since `start`; None before it and after `stop`."""
        self._tether: Tether | None = None

    @property
    def bootstrap_servers(self) -> str:
        """Its address for clients, `127.0.0.1:<port>`; only after `start`."""
        if self.process is None:
            raise RuntimeError("the embedded broker was not started")
        return self.process.address

    def start(self, *, detached: bool = False) -> StartedProcess:
        """Start the broker and return once the probe got its answer.

        Detached, it lives on when this process ends; `down` stops it by its process record.

        Raises:
            RunInProgress: a broker runs on this folder already.
            PortInUse: the port that was asked for is held by another process.
            FolderNotWritable: the state folder cannot be written.
            PartDidNotStart: it ended, or did not answer in time; with the last lines of its log.
        """
        next_step = "Free space or make it writable, or set STATE_PATH to another folder."
        with writing(f"The broker's folder {self._folder}", next_step=next_step):
            self._folder.mkdir(parents=True, exist_ok=True)
            try:
                with FileLock(self._folder / "starting.lock", blocking=False):
                    refuse_running_broker(self._state)
                    format_once(self._folder, self._java, self._jars, self._memory)
                    return self._start(detached=detached)
            except Timeout as error:
                raise RunInProgress(
                    f"Another process is just starting an embedded broker on {self._folder}.",
                    next_step="Wait until it has started, or set STATE_PATH to another folder.",
                ) from error

    def stop(self, *, deadline_s: float = 15.0) -> Stopped:
        """Stop the broker in order, or by force after `deadline_s`; again does nothing."""
        if self.process is None:
            return Stopped.WAS_NOT_RUNNING
        stopped = self.process.stop(deadline_s=deadline_s)
        self.process.forget(self._state)
        self.process = None
        if self._tether is not None:
            self._tether.release()
            self._tether = None
        return stopped

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _start(self, *, detached: bool) -> StartedProcess:
        deadline_s = self._clock.monotonic_s() + _READY_WITHIN_S
        for tries_left in reversed(range(_PORT_TRIES)):
            if self._port:
                refuse_port_in_use(self._port, "the embedded broker", "EMBEDDED_KAFKA_PORT")
            free, controller_port = free_ports(2)
            port = port_of(self._folder) if self._port is None else self._port or free
            put_aside_when_long(self._log)  # before its end is noted, not by the spawning
            log_begin = self._log.stat().st_size if self._log.exists() else 0
            try:
                with interrupts_deferred():
                    self.process = self._spawn(port, controller_port)
                self.process.save(self._state)
                if not detached:
                    self._tether = Tether(self.process)
                self._wait_until_ready(self.process, log_begin, deadline_s)
            except _PortTaken:
                self.stop()
                # A free port is not reserved: another process may take it before the broker does.
                if not tries_left:
                    raise
            except BaseException:
                self.stop()
                raise
            else:
                # A broker that lives as long as a command does not move the port of the one that stays.
                if detached and self._port is None:
                    keep_port(self._folder, port)
                return self.process
        raise AssertionError("the last try returns or raises")

    def _spawn(self, port: int, controller_port: int) -> StartedProcess:
        properties = self._folder / "server.properties"
        properties.write_text(server_properties(port, controller_port), encoding="ascii")
        return spawn_detached(
            EMBEDDED_KAFKA,
            kafka_command(
                self._java,
                self._jars,
                self._memory,
                "kafka.Kafka",
                str(properties),
                temporary=temporary_folder(self._state),
            ),
            log=self._log,
            cwd=self._folder,
            env=java_environment(self._java.path),
            address=f"{LOOPBACK}:{port}",
        )

    def _wait_until_ready(self, process: StartedProcess, log_begin: int, deadline_s: float) -> None:
        while True:
            answered_not: Exception | None = None
            try:
                self._probe(process.address)
            except Exception as error:  # whatever the probe's client raises, it means: not yet
                answered_not = error
            if not process.is_running():
                raise self._ended(log_begin)
            if answered_not is None:
                return
            if self._clock.monotonic_s() >= deadline_s:
                raise PartDidNotStart(
                    f"The embedded broker at {process.address} gave no answer within"
                    f" {_READY_WITHIN_S:g} s: {answered_not}.",
                    next_step=f"See {self._log}.",
                    details=last_lines(self._log, from_byte=log_begin),
                ) from answered_not
            self._clock.sleep(_POLL_S)

    def _ended(self, log_begin: int) -> PartDidNotStart | RunInProgress:
        written = last_lines(self._log, 500, from_byte=log_begin)
        lines = tuple(line for line in written if not line.startswith("\tat "))  # a stack hides the cause
        if any("Failed to acquire lock on file .lock" in line for line in lines):
            return RunInProgress(
                f"Another broker uses {self._folder / DATA}, though no record of its process is there.",
                next_step="Stop that process, or set STATE_PATH to another folder.",
                details=lines[-20:],
            )
        kind = _PortTaken if any("Address already in use" in line for line in lines) else PartDidNotStart
        return kind(
            "The embedded broker ended before it was ready.",
            next_step=f"The last lines of its log are below, the rest is in {self._log}.",
            details=lines[-20:],
        )


class _PortTaken(PartDidNotStart):
    """Another process took the port between the check and the broker's binding."""


def refuse_running_broker(state: Path) -> None:
    """Return only if no embedded broker runs in this state folder.

    Raises:
        RunInProgress: one does; names its pid.
    """
    other = StartedProcess.running(EMBEDDED_KAFKA, state)
    if other is not None:
        raise RunInProgress(
            f"An embedded broker already runs in {state}: pid {other.pid}, {other.address}.",
            next_step="Stop it with `clickstream down`, or wait for the end of the command that started it.",
        )
