"""Starts a command with a keeper for its parent, and reads how it ended."""

import os
import subprocess
import sys
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

import psutil

_KEEPER = Path(__file__).with_name("keeper.py")


def spawn_kept(
    command: Sequence[str], *, output: BinaryIO, end: Path, cwd: Path | None, env: Mapping[str, str]
) -> tuple[int, float]:
    """Start a command in a new session, with all output to one file; its pid and its start time.

    Its keeper writes down in the file `end` how it ended; an earlier one is removed.

    Raises:
        OSError: the command cannot be run.
    """
    end.unlink(missing_ok=True)
    words = b"\0".join(os.fsencode(word) for word in command)
    answer_read, answer_write = os.pipe()
    try:
        keeper = subprocess.Popen(
            # Neither the environment nor the packages of a Python have a say in it.
            [sys.executable, "-I", "-S", str(_KEEPER), str(end), str(answer_write)],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            env=env,
            start_new_session=True,
            pass_fds=(answer_write,),
        )
    finally:
        os.close(answer_write)
    stdin = keeper.stdin
    if stdin is None:
        raise AssertionError("the keeper was started with a pipe")
    with stdin, os.fdopen(answer_read, "rb") as answer:
        stdin.write(b"%012d" % len(words) + words)
        stdin.flush()
        kind, _, number = answer.read().partition(b" ")
        if kind != b"pid":
            keeper.wait()
            raise OSError(int(number or 0), os.strerror(int(number)) if number else "its keeper ended")
        # The keeper does not let go of the pid before our end of the pipe is closed.
        created_at = psutil.Process(int(number)).create_time()
    with warnings.catch_warnings():
        # Both continue without this process, on purpose; subprocess reaps the keeper if it ends first.
        warnings.simplefilter("ignore", ResourceWarning)
        del keeper
    return int(number), created_at


def end_code(end: Path, pid: int) -> int | None:
    """How the process `pid` ended: its exit code, or the negative number of the signal that killed it.

    None if it still runs, or if nothing is known of its end.
    """
    try:
        ended, code = end.read_text(encoding="ascii").split()
        return int(code) if int(ended) == pid else None
    except (OSError, ValueError):
        return None


def keeper_of(process: psutil.Process) -> psutil.Process | None:
    """The keeper of a process that was started with one; None if it has none."""
    try:
        parent = process.parent()
        return parent if parent is not None and str(_KEEPER) in parent.cmdline() else None
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return None
