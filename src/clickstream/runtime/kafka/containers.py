"""Containers that outlive the command that started them: known by the id that the engine gave them."""

from contextlib import suppress
from dataclasses import dataclass

from clickstream.errors import DockerFailed
from clickstream.runtime.kafka.docker import run_docker
from clickstream.runtime.processes.record import PartRecord


@dataclass(frozen=True, slots=True)
class StartedContainer(PartRecord):
    """A container that the kit started."""

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
