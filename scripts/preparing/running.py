"""Running one tool: its words go to a log, its failure becomes a sentence."""

import contextlib
import fcntl
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

from environments import ROOT
from surroundings import surroundings

LOGS = ROOT / ".clickstream" / "logs"

CAUSES = (
    (r"DO NOT MATCH THE HASHES", "a downloaded file is not the locked one; nothing of it was installed"),
    (r"No space left on device", "the disk is full; PySpark alone needs 1.5 GB while it is being installed"),
    (
        r"CERTIFICATE_VERIFY_FAILED",
        "the package index's certificate is not trusted; see pip's setting `cert`",
    ),
    (
        r"NewConnectionError|NameResolutionError|ConnectTimeoutError|ReadTimeoutError|ProxyError|Max retries"
        r"|Connection (reset|refused|aborted|broken)|Network is unreachable|Temporary failure in name"
        r"|\(from versions: none\)",
        "the package index cannot be reached, or has nothing of a locked package; check the network and "
        "pip's settings (`pip config list`), then run this again: it goes on from here",
    ),
    (
        r"changed significantly since poetry\.lock",
        "poetry.lock is older than pyproject.toml; lock again, as CONTRIBUTING.md says",
    ),
    (r"No matching distribution found", "the package index has no file of a locked package that fits here"),
)


class NotReadyError(Exception):
    """The environment cannot be made now; the message says why, and where to read more."""


def run(command: Sequence[str | Path], log: TextIO, **variables: str) -> None:
    """Run one tool; its newest words show on a terminal while it lasts.

    Raises:
        NotReadyError: the tool failed.
    """
    words = [f"$ {' '.join(map(str, command))}\n"]
    log.writelines(words)
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=surroundings(**variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as tool:
        for line in tool.stdout or ():
            words.append(line)
            log.write(line)
            show_passing(line)
    show_passing("")
    if tool.returncode:
        raise NotReadyError(f"Not prepared: {cause_in(words)}. The log is {shown(Path(log.name))}.")


def cause_in(words: list[str]) -> str:
    """Why a tool failed, as the middle of a sentence; its own last line where the cause is none we know."""
    for pattern, cause in CAUSES:
        if re.search(pattern, "".join(words)):
            return cause
    last = next(line.strip() for line in reversed(words) if line.strip())
    return last.removeprefix("ERROR: ").rstrip(".")


def say(sentence: str) -> None:
    """Tell the person what is being done; standard output belongs to the command that follows."""
    print(sentence, file=sys.stderr, flush=True)


def show_passing(line: str) -> None:
    """Show a tool's newest line on a terminal, in place of the one before."""
    if sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
        width = shutil.get_terminal_size().columns - 3
        sys.stderr.write(f"\r\x1b[K  {line.strip()[:width]}" if line.strip() else "\r\x1b[K")
        sys.stderr.flush()


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Let one preparation run at a time in this checkout; the others wait, and then find it done."""
    LOGS.mkdir(parents=True, exist_ok=True)
    with (LOGS / "prepare.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def log_of(directory: Path) -> Iterator[TextIO]:
    """The log of the newest preparation of an environment."""
    with (LOGS / f"prepare-{directory.name.lstrip('.')}.log").open("w", encoding="utf-8") as log:
        yield log


def shown(path: Path) -> str:
    """A path as a person would type it from the project's root."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
