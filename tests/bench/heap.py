"""The live objects of a JVM, by class, after a full collection.

Asked by HotSpot's own attach protocol, which jcmd speaks: the JVM opens a socket when a file asks for it and
SIGQUIT makes it look. A runtime without jcmd has it as well.
"""

import os
import re
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from clickstream.clock import SystemClock

# HotSpot looks here on Linux, whatever TMPDIR is.
_FOLDER = Path("/tmp" if sys.platform == "linux" else tempfile.gettempdir())  # noqa: S108 (see above)
_ATTACH_WITHIN_S = 10.0
_ANSWER_WITHIN_S = 120.0
_POLL_S = 0.05
_LINE = re.compile(r"^\s*\d+:\s+(?P<instances>\d+)\s+(?P<size>\d+)\s+(?P<name>\S+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class ClassSize:
    """The live objects of one class."""

    instances: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Growth:
    """How a class grew from one histogram to another."""

    name: str
    instances: int
    size_bytes: int


Histogram = Mapping[str, ClassSize]


def live_objects(pid: int) -> Histogram:
    """Collect the whole heap of a JVM of this user, and count what is left.

    Raises:
        OSError: the JVM did not answer, as one with -XX:+DisableAttachMechanism.
    """
    answer = _attached(pid, "jcmd", "GC.class_histogram")
    found = parsed(answer)
    if not found:
        raise OSError(f"JVM {pid} gave no histogram: {answer[:200]}")
    return found


def parsed(histogram: str) -> Histogram:
    """The classes in the text of GC.class_histogram; classes of one name in several loaders are added."""
    found: dict[str, ClassSize] = {}
    for line in _LINE.finditer(histogram):
        earlier = found.get(line["name"], ClassSize(0, 0))
        found[line["name"]] = ClassSize(
            earlier.instances + int(line["instances"]), earlier.size_bytes + int(line["size"])
        )
    return found


def total_bytes(histogram: Histogram) -> int:
    """The live heap."""
    return sum(each.size_bytes for each in histogram.values())


def growth(first: Histogram, last: Histogram) -> list[Growth]:
    """The classes that take more memory than before, the largest growth first."""
    return sorted(_grown(first, last), key=lambda each: -each.size_bytes)


def _grown(first: Histogram, last: Histogram) -> Iterator[Growth]:
    for name, now in last.items():
        before = first.get(name, ClassSize(0, 0))
        if now.size_bytes > before.size_bytes:
            yield Growth(name, now.instances - before.instances, now.size_bytes - before.size_bytes)


def _attached(pid: int, *command: str) -> str:
    with socket.socket(socket.AF_UNIX) as jvm:
        jvm.settimeout(_ANSWER_WITHIN_S)
        jvm.connect(str(_listening(pid)))
        words = ("1", *command, "", "")  # version of the protocol, command, always three arguments
        jvm.sendall(b"".join(word.encode() + b"\0" for word in words))
        answer = b""
        while part := jvm.recv(65_536):
            answer += part
    code, _, text = answer.decode(errors="replace").partition("\n")
    if code != "0":
        raise OSError(f"JVM {pid} refused {' '.join(command)}: {text[:200]}")
    return text


def _listening(pid: int) -> Path:
    """The socket at which the JVM takes commands; it opens it when it is asked for the first time."""
    opened = _FOLDER / f".java_pid{pid}"
    if opened.exists():
        return opened
    clock = SystemClock()
    asking = _FOLDER / f".attach_pid{pid}"
    asking.touch()
    try:
        os.kill(pid, signal.SIGQUIT)
        deadline_s = clock.monotonic_s() + _ATTACH_WITHIN_S
        while not opened.exists():
            if clock.monotonic_s() > deadline_s:
                raise OSError(f"JVM {pid} opened no {opened} within {_ATTACH_WITHIN_S:g} s")
            clock.sleep(_POLL_S)
    finally:
        asking.unlink(missing_ok=True)
    return opened
