"""TCP ports of this machine's loopback: free ones, one that is kept for a folder, and who holds one."""

import errno
import socket
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from clickstream.errors import PortInUse

LOOPBACK = "127.0.0.1"
KAFKA_PORT = 9092
"""Where clients expect a Kafka broker."""


@dataclass(frozen=True, slots=True)
class PortOwner:
    """The process that listens on a port; pid None where the system does not tell us whose it is."""

    pid: int | None
    name: str

    def __str__(self) -> str:
        return self.name if self.pid is None else f"{self.name} (pid {self.pid})"


def free_ports(count: int) -> list[int]:
    """`count` different ports that are free now.

    They are not reserved: another process may take one before it is bound.
    """
    with ExitStack() as held:
        sockets = [held.enter_context(closing(_listener())) for _ in range(count)]
        for each in sockets:
            each.bind((LOOPBACK, 0))
        return [each.getsockname()[1] for each in sockets]


def free_port() -> int:
    """One port that is free now; as `free_ports`, not reserved."""
    return free_ports(1)[0]


def is_free(port: int) -> bool:
    """Whether this user can listen on the port now."""
    with closing(_listener()) as probe:
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def wanted_ports(folder: Path, usual: int = KAFKA_PORT) -> tuple[int, ...]:
    """The ports to try, best first: the one that this folder's broker had, then the usual one."""
    try:
        kept = int((folder / "port").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return (usual,)
    return tuple(dict.fromkeys((kept, usual)))


def port_of(folder: Path, usual: int = KAFKA_PORT) -> int:
    """The first wanted port that is free, otherwise any free one; as `free_ports`, not reserved."""
    return next((port for port in wanted_ports(folder, usual) if is_free(port)), None) or free_port()


def keep_port(folder: Path, port: int) -> None:
    """Write the port down for the next start."""
    # A full disk costs the broker its usual port at the next start, not this start.
    with suppress(OSError):
        (folder / "port").write_text(f"{port}\n", encoding="ascii")


def refuse_port_in_use(port: int, wanted_for: str, setting: str) -> None:
    """Return only if `port` is free for a part, such as `the embedded broker`, whose setting chooses it.

    Raises:
        PortInUse: another process listens there, or this user may not; names port and owner.
    """
    with closing(_listener()) as probe:
        try:
            probe.bind((LOOPBACK, port))
        except PermissionError as error:
            raise PortInUse(
                f"Port {port}, wanted for {wanted_for}, is reserved by the system.",
                next_step=f"Set {setting} to a port above 1023, or to 0 for a free one.",
            ) from error
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            owner = port_owner(port) or "a process of another user"
            raise PortInUse(
                f"Port {port}, wanted for {wanted_for}, is held by {owner}.",
                next_step=f"Stop that process, or set {setting} to another port or to 0 for a free one.",
            ) from error


def port_owner(port: int) -> PortOwner | None:
    """The process that listens on a TCP port of this machine; None when none is seen."""
    try:
        connections = psutil.net_connections(kind="tcp")
    except psutil.AccessDenied:
        return _owner_among_own(port)  # macOS shows the whole table only to the superuser
    for connection in connections:
        if connection.status == psutil.CONN_LISTEN and connection.laddr[1:] == (port,):
            return _owner(connection.pid)
    return None


def _owner_among_own(port: int) -> PortOwner | None:
    for process in psutil.process_iter():
        try:
            connections = process.net_connections(kind="tcp")
        except (psutil.AccessDenied, psutil.NoSuchProcess):
            continue
        if any(each.status == psutil.CONN_LISTEN and each.laddr[1:] == (port,) for each in connections):
            return _owner(process.pid)
    return None


def _owner(pid: int | None) -> PortOwner:
    try:
        return PortOwner(pid, "a process of another user" if pid is None else psutil.Process(pid).name())
    except psutil.NoSuchProcess:
        return PortOwner(pid, "a process that has just ended")


def _listener() -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # As servers do: connections of an earlier server that linger in TIME_WAIT do not hold the port.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return listener
