"""Containers that outlive the command that started them: known by the id that the engine gave them."""

from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from clickstream.errors import DockerFailed
from clickstream.runtime.kafka.docker import run_docker
from clickstream.runtime.processes.started import read_record, write_record


@dataclass(frozen=True, slots=True)
class StartedContainer:
    """A container of the compose project `project`, recorded in `<state>/run/<name>.json`.

    `container` is its id, `address` where it answers on this machine.
    """

    name: str
    project: str
    container: str
    address: str

    @classmethod
    def load(cls, name: str, state: Path) -> "StartedContainer | None":
        """The recorded container, running or not; None if there is no record, or it cannot be read."""
        with suppress(OSError, ValueError, KeyError, TypeError):
            record = read_record(name, state)
            return cls(*(str(record[field]) for field in cls.__dataclass_fields__))
        return None

    @classmethod
    def running(cls, name: str, state: Path) -> "StartedContainer | None":
        """The recorded container if it runs."""
        container = cls.load(name, state)
        return container if container is not None and container.is_running() else None

    def is_running(self) -> bool:
        """Whether the engine says that this very container runs; false if no engine answers."""
        with suppress(DockerFailed):
            inspect = ("inspect", "--format", "{{.State.Running}}", self.container)
            return run_docker(inspect, doing=f"looking for {self.name}").strip() == "true"
        return False

    def save(self, state: Path) -> None:
        """Record it, whole or not at all.

        Raises:
            FolderNotWritable: the state folder cannot be written.
        """
        write_record(self.name, {"kind": "container", **asdict(self)}, state)
