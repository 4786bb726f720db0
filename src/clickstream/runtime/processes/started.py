"""Processes that outlive the command that started them: known by pid and start time, never by name."""

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

import psutil

from clickstream.errors import PartDidNotStart, writing
from clickstream.runtime.processes.kept_process import end_code, keeper_of, spawn_kept
from clickstream.runtime.processes.record import PartRecord, record_path
from clickstream.settings import child_environment

# The start time is reckoned from the boot time, which moves a little when the wall clock is corrected.
# A pid does not come round again within this span.
_SAME_START_WITHIN_S = 2.0
_TAIL_BYTES = 64 * 1024
_KEEPER_LEAVES_WITHIN_S = 2.0
LARGEST_LOG_BYTES = 10_000_000
"""A log above this size is put aside when the part that writes it starts again."""


class Stopped(StrEnum):
    """How a process that was to stop came to its end."""

    WAS_NOT_RUNNING = "was not running"
    TERMINATED = "terminated"
    KILLED = "killed"


@dataclass(frozen=True, slots=True)
class StartedProcess(PartRecord):
    """A process that the kit started."""

    pid: int
    created_at: float
    """When it started, in seconds since the epoch, as the system reports it."""
    command: tuple[str, ...]
    log: Path
    """The file that its standard output and standard error go to."""
    address: str = ""
    """Its address, such as `127.0.0.1:9092`; empty if it has none."""
    log_from_byte: int = 0
    """Where the lines of this start begin in the log."""
    settings: Mapping[str, str] = field(default_factory=dict, hash=False)
    """The settings that it was started with, by name, without secrets."""
    stopping: bool = False
    """Whether a command has asked it to end."""

    @classmethod
    def load_all(cls, state: Path) -> "list[StartedProcess]":
        """Every recorded process, running or not, by name."""
        names = sorted(path.stem for path in (state / "run").glob("*.json"))
        return [process for name in names if (process := cls.load(name, state)) is not None]

    def last_lines(self, count: int = 20) -> tuple[str, ...]:
        """The last lines that it has written to its log since it started."""
        return last_lines(self.log, count, from_byte=self.log_from_byte)

    def is_running(self) -> bool:
        """Whether this very process still runs: a reused pid or a zombie counts as ended."""
        return self._living() is not None

    def end_code(self) -> int | None:
        """Its exit code, or the negative number of the signal that killed it; None if it is not known."""
        return end_code(_end_file(self.log), self.pid)

    def stop(self, *, deadline_s: float = 15.0) -> Stopped:
        """End it: SIGTERM, and SIGKILL after `deadline_s`; never another process with the same pid."""
        living = self._living()
        if living is None:
            return Stopped.WAS_NOT_RUNNING
        how = Stopped.TERMINATED
        with suppress(psutil.NoSuchProcess):
            keeper = keeper_of(living)
            living.terminate()
            try:
                living.wait(deadline_s)
            except psutil.TimeoutExpired:
                living.kill()
                living.wait(deadline_s)
                how = Stopped.KILLED
            if keeper is not None:
                # It writes down the end in no time; nothing of a part is left then.
                with suppress(psutil.TimeoutExpired):
                    keeper.wait(_KEEPER_LEAVES_WITHIN_S)
        return how

    def mark_stopping(self, state: Path) -> None:
        """Record that it is asked to end, so that its end does not count as a crash."""
        replace(self, stopping=True).save(state)

    def forget(self, state: Path) -> None:
        """Remove its record, unless it is that of a later process."""
        recorded = StartedProcess.load(self.name, state)
        if recorded is None or (recorded.pid, recorded.created_at) == (self.pid, self.created_at):
            record_path(self.name, state).unlink(missing_ok=True)

    def _living(self) -> psutil.Process | None:
        try:
            candidate = psutil.Process(self.pid)
            if abs(candidate.create_time() - self.created_at) > _SAME_START_WITHIN_S:
                return None
            return None if candidate.status() == psutil.STATUS_ZOMBIE else candidate
        except psutil.NoSuchProcess:
            return None


def spawn_detached(
    name: str,
    command: Sequence[str],
    *,
    log: Path,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    address: str = "",
) -> StartedProcess:
    """Start a process in a new session, so that neither Ctrl-C nor the end of this process reaches it.

    Its output is appended to `log`, whose folder is created; it reads nothing. `env` None is the environment
    of every child.

    Raises:
        FolderNotWritable: the log cannot be written.
        PartDidNotStart: the command cannot be run, or ended before it could be looked at.
    """
    with writing(f"The log {log}", next_step="Make its folder writable, or set STATE_PATH to another one."):
        log.parent.mkdir(parents=True, exist_ok=True)
        put_aside_when_long(log)
        output = log.open("ab")
        log_from_byte = output.tell()
    try:
        with output:
            pid, created_at = spawn_kept(
                command,
                output=output,
                end=_end_file(log),
                cwd=cwd,
                env=child_environment() if env is None else env,
            )
    except OSError as error:
        raise PartDidNotStart(
            f"{name} cannot be started: {command[0]}: {error.strerror}.",
            next_step="Check that the program exists and is executable.",
        ) from error
    return StartedProcess(name, pid, created_at, tuple(command), log, address, log_from_byte)


def last_lines(log: Path, count: int = 20, *, from_byte: int = 0) -> tuple[str, ...]:
    """The last `count` lines of a log that were written from `from_byte` on; none if it is missing."""
    try:
        with log.open("rb") as file:
            size_bytes = file.seek(0, os.SEEK_END)
            file.seek(max(from_byte, size_bytes - _TAIL_BYTES, 0))
            text = file.read().decode(errors="replace")
    except OSError:
        return ()
    return tuple(text.splitlines()[-count:])


def put_aside_when_long(log: Path, above_bytes: int = LARGEST_LOG_BYTES) -> None:
    """Rename a log above this size to `<name>.1`, replacing the one put aside before.

    Call it before its writer starts: a process that has it open would still write to the old file.
    """
    # Start even if a log cannot be renamed; one that cannot be written is reported later.
    with suppress(OSError):
        if log.stat().st_size > above_bytes:
            log.replace(put_aside(log))


def put_aside(log: Path) -> Path:
    """Where a log is after it was put aside."""
    return log.with_name(f"{log.name}.1")


def _end_file(log: Path) -> Path:
    return log.with_name(f"{log.name}.end")
