"""What the system lets this process and its children have: open files, threads, address space."""

import os
import resource
from collections.abc import Callable, Iterator

from clickstream.contract.diagnosis import Diagnosis, ok, problem

OPEN_FILES = 1_024
"""What each JVM may open; measured with default settings: the job's peak is 411, the broker's 133."""
_OPEN_FILES_PER_PARTITION = 5
_OPEN_FILES_ASKED = 10_240
"""What a soft limit that is too small is raised to; macOS refuses more."""
_THREADS = 800
"""Of all parts; measured with default settings: the peaks are 273 (job), 86 (broker), 44 (Python)."""
_ADDRESS_SPACE_BYTES = 6 * 2**30
"""Of one JVM, most of it reserved and never used; measured: 4.5 GB."""

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


def diagnose_limits(partitions: int, limit: Limit = resource.getrlimit) -> Iterator[Diagnosis]:
    """Whether the limits of the shell (`ulimit`) are high enough for the JVMs."""
    needed = open_files_needed(partitions)
    _, most = limit(resource.RLIMIT_NOFILE)
    yield _limited("open files", most, needed, f"{needed:,} are needed", f"ulimit -n {needed}")
    _, most = limit(resource.RLIMIT_NPROC)
    if os.geteuid() == 0:
        most = resource.RLIM_INFINITY  # the superuser has no such limit
    yield _limited("threads", most, _THREADS, f"{_THREADS:,} are needed", f"ulimit -u {_THREADS}")
    soft, _ = limit(resource.RLIMIT_AS)
    wanted = f"each JVM needs {_ADDRESS_SPACE_BYTES >> 30} GB"
    yield _limited("address space", soft, _ADDRESS_SPACE_BYTES, wanted, "ulimit -v unlimited", _gb)


def _limited(
    subject: str,
    found: int,
    needed: int,
    wanted: str,
    command: str,
    shown: Callable[[int], str] = "{:,}".format,
) -> Diagnosis:
    if found == resource.RLIM_INFINITY:
        return ok(subject, f"There is no limit of {subject}; {wanted}.")
    sentence = f"The limit of {subject} is {shown(found)}; {wanted}."
    if not _is_below(found, needed):
        return ok(subject, sentence)
    return problem(
        subject,
        sentence,
        f"{command}   # in this shell; if it is refused, raise the hard limit in /etc/security/limits.conf",
    )


def _gb(size_bytes: int) -> str:
    return f"{size_bytes / 2**30:.1f} GB"


def _is_below(found: int, needed: int) -> bool:
    return found != resource.RLIM_INFINITY and found < needed
