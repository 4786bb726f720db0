"""The Docker engine of this machine: whether it answers, its command line, and containers started by it."""

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from clickstream.errors import DockerFailed
from clickstream.runtime.processes.record import PartRecord
from clickstream.settings import child_environment

DOCKER = "docker"
"""The program, as PATH has it."""

_ASK_TIMEOUT_S = 5.0
_LAST_LINES = 15


@dataclass(frozen=True, slots=True)
class EngineAnswer:
    """Whether containers can be started here, and the sentence's end that says why or why not."""

    ready: bool
    reason: str


def ask_engine() -> EngineAnswer:
    """Ask for an engine and for the compose plugin; returns within seconds, even if the engine hangs."""
    if shutil.which(DOCKER) is None:
        return EngineAnswer(False, "no `docker` command is on PATH")
    version, failure = _asked("version", "--format", "{{.Server.Version}}")
    if failure:
        return EngineAnswer(False, f"no Docker engine answers ({failure})")
    _, failure = _asked("compose", "version", "--short")
    if failure:
        return EngineAnswer(False, f"Docker engine {version} answers, but it has no compose plugin")
    return EngineAnswer(True, f"Docker engine {version} answers")


def run_docker(arguments: Sequence[str], *, doing: str, variables: Mapping[str, str] | None = None) -> str:
    """Run one command of Docker to its end and return what it wrote to standard output.

    `doing` is the middle of a sentence, such as `starting Redpanda`. `variables` are for the compose file;
    Docker's own, such as DOCKER_HOST, come from the shell.

    Raises:
        DockerFailed: it cannot be run, or ended with another code than 0; with its last lines.
    """
    try:
        ended = _run(arguments, variables or {}, timeout_s=None)
    except OSError as error:
        raise DockerFailed(
            f"Docker cannot be run for {doing}: {error.strerror}.",
            next_step="Install Docker, or set BROKER_BACKEND=embedded.",
        ) from error
    if ended.returncode:
        raise DockerFailed(
            f"Docker failed at {doing}, with exit code {ended.returncode}.",
            next_step="See its last lines above; `clickstream doctor` shows whether the engine answers.",
            details=tuple((ended.stderr or ended.stdout).strip().splitlines()[-_LAST_LINES:]),
        )
    return ended.stdout


@dataclass(frozen=True, slots=True)
class StartedContainer(PartRecord):
    """A container that the kit started: known by the id that the engine gave it."""

    project: str
    """The compose project that it belongs to."""
    container: str
    """Its id, which no other container is ever given."""
    address: str
    """Its address on this machine, such as `127.0.0.1:9092`."""

    def is_running(self) -> bool:
        """Whether the engine says that this very container runs; false if no engine answers."""
        with suppress(DockerFailed):
            inspect = ("inspect", "--format", "{{.State.Running}}", self.container)
            return run_docker(inspect, doing=f"looking for {self.name}").strip() == "true"
        return False


def _asked(*arguments: str) -> tuple[str, str]:
    """The answer of Docker, and why there is none."""
    try:
        ended = _run(arguments, {}, timeout_s=_ASK_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        return "", f"it did not answer within {_ASK_TIMEOUT_S:g} s"
    except OSError as error:
        return "", str(error.strerror)
    text = ended.stdout.strip()
    if ended.returncode or not text:
        said = (ended.stderr.strip() or "it said nothing").splitlines()[-1]
        return text, said.removesuffix("Is the docker daemon running?").rstrip(" .?")
    return text, ""


def _run(
    arguments: Sequence[str], variables: Mapping[str, str], *, timeout_s: float | None
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [DOCKER, *arguments],
        env=child_environment(variables),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=timeout_s,
        check=False,
        text=True,
        errors="replace",
    )
