"""Containers that outlive the command that started them: known by the id that the engine gave them."""

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from clickstream.errors import DockerFailed, FolderNotWritable
from clickstream.runtime.kafka.docker import run_docker


@dataclass(frozen=True, slots=True)
class StartedContainer:
    """A container that the kit started, and what is needed to find it again.

    Args:
        name: the part it runs; also the name of its file in `<state>/run`.
        project: the compose project that it belongs to.
        container: its id, which no other container is ever given.
        address: where it answers on this machine, such as `127.0.0.1:9092`.
    """

    name: str
    project: str
    container: str
    address: str

    def is_running(self) -> bool:
        """Whether the engine says that this very container runs; an engine that is away says no."""
        with suppress(DockerFailed):
            state = run_docker(
                ("inspect", "--format", "{{.State.Running}}", self.container),
                doing=f"looking for {self.name}",
            )
            return state.strip() == "true"
        return False


def save(started: StartedContainer, state: Path) -> Path:
    """Write down a container below the state folder, whole or not at all; the path is returned.

    Raises:
        FolderNotWritable: the state folder cannot be written.
    """
    path = record_path(started.name, state.absolute())
    partial = path.with_suffix(f".{os.getpid()}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(
            json.dumps({"kind": "container", **asdict(started)}, indent=2) + "\n", encoding="utf-8"
        )
        partial.replace(path)
    except OSError as error:
        raise FolderNotWritable(
            f"{path} cannot be written: {error.strerror}.",
            next_step="Make the folder writable, or set STATE_PATH to another one.",
        ) from error
    return path


def load(name: str, state: Path) -> StartedContainer | None:
    """The container that was written down, running or not; None when none was, or it cannot be read."""
    try:
        record = json.loads(record_path(name, state.absolute()).read_text(encoding="utf-8"))
        names = ("name", "project", "container", "address")
        return StartedContainer(**{name: str(record[name]) for name in names})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def record_path(name: str, state: Path) -> Path:
    """Where the container of a part is written down, beside the records of the parts that are processes."""
    return state / "run" / f"{name}.json"
