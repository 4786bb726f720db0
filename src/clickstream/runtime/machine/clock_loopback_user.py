"""What else of the machine a start needs: a clock that is set, loopback, a user that Java can name."""

import pwd
import socket
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime

from clickstream.contract.diagnosis import Diagnosis, ok, problem
from clickstream.runtime.machine.ports import LOOPBACK

_CLOCK_NOT_SET_BEFORE = datetime(2025, 1, 1, tzinfo=UTC)
"""This kit is younger."""
_CONNECT_WITHIN_S = 2.0


def diagnose_clock(now: datetime) -> Diagnosis:
    """Whether the clock is set: certificates, Kafka's retention and live events depend on it."""
    shown = f"{now:%Y-%m-%d %H:%M} UTC"
    if now < _CLOCK_NOT_SET_BEFORE:
        return problem(
            "clock", f"The system clock says {shown}, which is in the past.", "sudo timedatectl set-ntp true"
        )
    return ok("clock", f"The system clock says {shown}.")


def _connect() -> None:
    with closing(socket.create_server((LOOPBACK, 0))) as server:
        socket.create_connection(server.getsockname(), timeout=_CONNECT_WITHIN_S).close()


def diagnose_loopback(connect: Callable[[], None] = _connect) -> Diagnosis:
    """Whether a process can listen on loopback at a free port, and another one can reach it."""
    try:
        connect()
    except OSError as error:
        return problem(
            "loopback",
            f"A connection to {LOOPBACK} fails: {error.strerror or error}. The parts talk over it.",
            "sudo ip link set lo up",
        )
    return ok("loopback", f"A process can listen on {LOOPBACK} and be reached there.")


def has_account(uid: int) -> bool:
    """Whether a user has an entry in the system's list of users."""
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def diagnose_user(uid: int, known: Callable[[int], bool] = has_account) -> Diagnosis:
    """Whether the system has a name for the user that runs this; without one, Hadoop's login fails."""
    if known(uid):
        return ok("user", f"User {uid} has an entry in the system's list of users.")
    return problem(
        "user",
        f"User {uid} has no entry in the system's list of users, and Spark does not start without one.",
        f"echo 'clickstream:x:{uid}:0::/tmp:/bin/sh' | sudo tee -a /etc/passwd",
    )
