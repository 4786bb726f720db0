"""What the system lets this process and its children have: open files, threads, a user with a name."""

import os
import pwd
import resource
from collections.abc import Callable

from clickstream.errors import MachineNotReady

OPEN_FILES = 1_024
"""What each JVM may open; measured with default settings: the job's peak is 411, the broker's 133."""
_OPEN_FILES_PER_PARTITION = 5
_OPEN_FILES_ASKED = 10_240
"""What a soft limit that is too small is raised to; macOS refuses more."""
_THREADS = 800
"""Of all parts; measured with default settings: the peaks are 273 (job), 86 (broker), 44 (Python)."""

Limit = Callable[[int], tuple[int, int]]


def raise_open_files(partitions: int) -> None:
    """Raise the soft limit of open files as far as needed and allowed; child processes inherit it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = max(_OPEN_FILES_ASKED, open_files_needed(partitions))
    if not _is_below(soft, open_files_needed(partitions)):
        return
    try:
        resource.setrlimit(
            resource.RLIMIT_NOFILE, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard)
        )
    except (OSError, ValueError):
        return  # the check says what is missing


def open_files_needed(partitions: int) -> int:
    """Open files of one process: of the job, or of the embedded broker with this many partitions."""
    return OPEN_FILES + _OPEN_FILES_PER_PARTITION * partitions


def enough_open_files(partitions: int, limit: Limit = resource.getrlimit) -> str:
    """The limit of open files, if the JVMs can do with it.

    Raises:
        MachineNotReady: it is too low.
    """
    needed = open_files_needed(partitions)
    return _enough("open files", limit(resource.RLIMIT_NOFILE)[1], needed, f"ulimit -n {needed}")


def enough_threads(limit: Limit = resource.getrlimit) -> str:
    """The limit of threads, if all parts can do with it.

    Raises:
        MachineNotReady: it is too low.
    """
    # The superuser has no such limit.
    found = resource.RLIM_INFINITY if os.geteuid() == 0 else limit(resource.RLIMIT_NPROC)[1]
    return _enough("threads", found, _THREADS, f"ulimit -u {_THREADS}")


def user_with_a_name(uid: int) -> str:
    """The user that runs this, if the system has a name for it; without one, Hadoop's login fails.

    Raises:
        MachineNotReady: it has none.
    """
    try:
        pwd.getpwuid(uid)
    except KeyError as error:
        raise MachineNotReady(
            f"User {uid} has no entry in the system's list of users, and Spark does not start without one.",
            next_step=f"echo 'clickstream:x:{uid}:0::/tmp:/bin/sh' | sudo tee -a /etc/passwd",
        ) from error
    return f"User {uid} has an entry in the system's list of users."


def _enough(subject: str, found: int, needed: int, command: str) -> str:
    if found == resource.RLIM_INFINITY:
        return f"There is no limit of {subject}; {needed:,} are needed."
    sentence = f"The limit of {subject} is {found:,}; {needed:,} are needed."
    if _is_below(found, needed):
        raise MachineNotReady(
            sentence,
            next_step=f"{command}   # in this shell; if it is refused, raise the hard limit in"
            " /etc/security/limits.conf",
        )
    return sentence


def _is_below(found: int, needed: int) -> bool:
    return found != resource.RLIM_INFINITY and found < needed
