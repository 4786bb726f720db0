"""The port of a folder's broker: 9092 if it is free, otherwise a free one; kept from start to start."""

from contextlib import suppress
from pathlib import Path

from clickstream.runtime.machine.ports import free_port, is_free

USUAL_PORT = 9092
"""Where clients expect a Kafka broker."""


def wanted_ports(folder: Path, usual: int = USUAL_PORT) -> tuple[int, ...]:
    """The ports to try, best first: the one that this folder's broker had, then the usual one."""
    try:
        kept = int((folder / "port").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return (usual,)
    return tuple(dict.fromkeys((kept, usual)))


def port_of(folder: Path, usual: int = USUAL_PORT) -> int:
    """The first wanted port that is free, otherwise any free one; as `free_ports`, not reserved."""
    return next((port for port in wanted_ports(folder, usual) if is_free(port)), None) or free_port()


def keep_port(folder: Path, port: int) -> None:
    """Write the port down for the next start."""
    # A full disk costs the broker its usual port at the next start, not this start.
    with suppress(OSError):
        (folder / "port").write_text(f"{port}\n", encoding="ascii")
