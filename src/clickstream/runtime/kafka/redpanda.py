"""One Redpanda broker in a container, by the compose file that is part of this package.

The compose project is named after the state folder, so that kits in two folders have containers, networks and
volumes of their own, and a command reaches nothing that was not started for its folder.
"""

import hashlib
import os
import re
from contextlib import suppress
from pathlib import Path

from clickstream.clock import Clock
from clickstream.contract.part_names import REDPANDA
from clickstream.errors import BrokerUnavailable, DockerFailed, PartDidNotStart, writing
from clickstream.runtime.kafka.docker import StartedContainer, run_docker
from clickstream.runtime.kafka.embedded import Probe
from clickstream.runtime.machine.ports import LOOPBACK, free_port, keep_port, port_of, refuse_port_in_use
from clickstream.runtime.processes.record import MAKE_STATE_WRITABLE, record_path
from clickstream.settings import BrokerSettings

COMPOSE_FILE = Path(__file__).with_name("compose.redpanda.yml")
"""The file that `compose.redpanda.yml` in the root of a checkout links to."""

HEALTHY_WITHIN_S = 120
_ANSWER_WITHIN_S = 30.0
_POLL_S = 0.2
_STOP_DEADLINE_S = 30


class Redpanda:
    """The broker of one state folder.

        <state>/run/redpanda.json   the container, while it runs
        <state>/redpanda/project    the project's name, while its volume is kept
        <state>/redpanda/port       the port that is kept for the next start, unless one is given

    `broker` names the topic that the one-shot service creates. The port is as for `EmbeddedKafka`.
    """

    def __init__(
        self, *, state: Path, broker: BrokerSettings, port: int | None, probe: Probe, clock: Clock
    ) -> None:
        self._state = state.absolute()
        self._broker = broker
        self._port = port
        self._probe = probe
        self._clock = clock
        self._project = project_of(self._state)

    def start(self) -> StartedContainer:
        """Start the container and the topic's one-shot, and return once the probe got its answer.

        A container that was started and does not come so far is taken away again; its volume stays.

        Raises:
            PortInUse: the port that was asked for is held by another process.
            DockerFailed: the engine or compose refused; with its last lines.
            PartDidNotStart: the container is there, but the broker did not answer; with the end of its log.
            FolderNotWritable: the state folder cannot be written.
        """
        if self._port:
            refuse_port_in_use(self._port, "Redpanda", "REDPANDA_PORT")
        self._mark_volume()
        port = port_of(_folder(self._state)) if self._port is None else self._port or free_port()
        try:
            up = ("up", "--detach", "--wait", "--wait-timeout", str(HEALTHY_WITHIN_S), REDPANDA)
            self._compose(*up, doing="starting Redpanda", port=port)
            self._compose("run", "--rm", "-T", "topic", doing="creating the topic", port=port)
            identity = self._compose("ps", "--quiet", REDPANDA, doing="looking for Redpanda", port=port)
            started = StartedContainer(REDPANDA, self._project, identity.strip(), f"{LOOPBACK}:{port}")
            self._wait_until_it_answers(started)
            started.save(self._state)
            if self._port is None:
                keep_port(_folder(self._state), port)
        except DockerFailed as error:
            raise DockerFailed(
                error.sentence, next_step=error.next_step, details=(*error.details, *self._taken_away())
            ) from error
        except BaseException:
            self._taken_away()
            raise
        return started

    def stop(self, *, volumes: bool = False) -> None:
        """Take away container and network of this folder's project, with `volumes` its data, too.

        Raises:
            DockerFailed: the engine does not answer, or refused.
        """
        ended = ("down", "--timeout", str(_STOP_DEADLINE_S), *(("--volumes",) if volumes else ()))
        self._compose(*ended, doing="stopping Redpanda")
        record_path(REDPANDA, self._state).unlink(missing_ok=True)
        if volumes:
            _marker(self._state).unlink(missing_ok=True)

    def _compose(self, *arguments: str, doing: str, port: int | None = None) -> str:
        """Call compose with only the kit's file, project and values; it reads no `.env`."""
        project = ("--project-name", self._project, "--project-directory", str(self._state))
        file = ("--file", str(COMPOSE_FILE), "--env-file", os.devnull)
        variables = {
            "REDPANDA_PORT": str(port or self._port or 0),
            "KAFKA_TOPIC": self._broker.topic,
            "KAFKA_PARTITIONS": str(self._broker.partitions),
            "KAFKA_REPLICATION_FACTOR": str(self._broker.replication_factor),
            # With the user's profiles `down` could miss, and `up` start, services that are not ours.
            "COMPOSE_PROFILES": "",
        }
        return run_docker(("compose", *project, *file, *arguments), doing=doing, variables=variables)

    def _wait_until_it_answers(self, started: StartedContainer) -> None:
        deadline_s = self._clock.monotonic_s() + _ANSWER_WITHIN_S
        while True:
            try:
                self._probe(started.address)
            except BrokerUnavailable as error:
                if self._clock.monotonic_s() >= deadline_s:
                    raise PartDidNotStart(
                        f"Redpanda's container is healthy, but {started.address} gave no answer within"
                        f" {_ANSWER_WITHIN_S:g} s: {error.sentence}",
                        next_step="The engine must run on this machine: its port is published on 127.0.0.1.",
                        details=self._last_lines(),
                    ) from error
                self._clock.sleep(_POLL_S)
            else:
                return

    def _taken_away(self) -> tuple[str, ...]:
        """Take the container away; the end of its log."""
        lines = self._last_lines()
        with suppress(DockerFailed):
            self.stop()
        return lines

    def _last_lines(self) -> tuple[str, ...]:
        log = ("logs", "--no-log-prefix", "--tail", "15", REDPANDA)
        with suppress(DockerFailed):
            return tuple(self._compose(*log, doing="reading Redpanda's log").splitlines())
        return ()

    def _mark_volume(self) -> None:
        marker = _marker(self._state)
        with writing(str(marker), next_step=MAKE_STATE_WRITABLE):
            marker.parent.mkdir(parents=True, exist_ok=True)
            marker.write_text(self._project + "\n", encoding="utf-8")


def project_of(state: Path) -> str:
    """The compose project of a state folder: readable, and another one for every folder."""
    folder = state.absolute()
    readable = re.sub(r"[^a-z0-9]+", "-", folder.parent.name.lower()).strip("-")[:24]
    short_hash = hashlib.sha256(str(folder).encode()).hexdigest()[:8]
    return "-".join(part for part in ("clickstream", readable, short_hash) if part)


def keeps_volume(state: Path) -> bool:
    """Whether this very folder has started Redpanda before and its volume was not removed.

    A folder that was copied or moved has another project, and nothing of the old one's.
    """
    try:
        return _marker(state.absolute()).read_text(encoding="utf-8").strip() == project_of(state)
    except OSError:
        return False


def _marker(state: Path) -> Path:
    return _folder(state) / "project"


def _folder(state: Path) -> Path:
    return state / "redpanda"
