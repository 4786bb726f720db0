"""Processes that outlive the command that started them: known by pid and start time, never by name."""

import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path

import psutil

from clickstream.errors import FolderNotWritable, PartDidNotStart
from clickstream.runtime.processes.keeping import end_code, keeper_of, spawn_kept
from clickstream.runtime.processes.log_files import put_aside_when_long
from clickstream.settings.environment import child_environment

# The start time is reckoned from the boot time, which moves a little when the wall clock is corrected.
# A pid does not come round again within this span.
_SAME_START_WITHIN_S = 2.0
_TAIL_BYTES = 64 * 1024
_KEEPER_LEAVES_WITHIN_S = 2.0


class Stopped(StrEnum):
    """How a process that was to stop came to its end."""

    WAS_NOT_RUNNING = "was not running"
    TERMINATED = "terminated"
    KILLED = "killed"


@dataclass(frozen=True, slots=True)
class StartedProcess:
    """A process that the kit started, and what is needed to find it again.

    Args:
        name: the part it runs, such as `embedded-kafka`; also the name of its file.
        pid: its process id, which the system gives to another process once this one has ended.
        created_at: when it started, in seconds since the epoch, as the system tells it.
        command: its command line.
        log: the file that its standard output and standard error go to.
        address: where it answers, such as `127.0.0.1:9092`; empty where nothing answers.
        log_from_byte: where the lines of this start begin in the log; those before are of earlier ones.
        settings: the settings that it was started with, by name; of secrets a hash.
        stopping: a command has asked it to end.
    """

    name: str
    pid: int
    created_at: float
    command: tuple[str, ...]
    log: Path
    address: str = ""
    log_from_byte: int = 0
    settings: Mapping[str, str] = field(default_factory=dict, hash=False)
    stopping: bool = False

    def last_lines(self, count: int = 20) -> tuple[str, ...]:
        """The last lines that it has written to its log since it started."""
        return last_lines(self.log, count, from_byte=self.log_from_byte)

    def is_running(self) -> bool:
        """Whether this very process still runs: a reused pid or a zombie counts as ended."""
        return _living(self.pid, self.created_at) is not None

    def end_code(self) -> int | None:
        """Its exit code, or the negative number of the signal that killed it; None if it is not known."""
        return end_code(_end_file(self.log), self.pid)


def spawn_detached(
    name: str,
    command: Sequence[str],
    *,
    log: Path,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    address: str = "",
) -> StartedProcess:
    """Start a process in a session of its own, so that neither Ctrl-C nor our end reaches it.

    Its output is appended to `log`, whose folder is created and which is put aside when it has grown long;
    it reads nothing. `env` None means what every child gets.

    Raises:
        FolderNotWritable: the log cannot be written.
        PartDidNotStart: the command cannot be run, or ended before it could be looked at.
    """
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        put_aside_when_long(log)
        output = log.open("ab")
        log_from_byte = output.tell()
    except OSError as error:
        raise FolderNotWritable(
            f"The log {log} cannot be written: {error.strerror}.",
            next_step="Make its folder writable, or set STATE_PATH to another one.",
        ) from error
    try:
        with output:
            pid, created_at = spawn_kept(
                command,
                output=output,
                end=_end_file(log),
                cwd=cwd,
                env=child_environment({}) if env is None else env,
            )
    except OSError as error:
        raise PartDidNotStart(
            f"{name} cannot be started: {command[0]}: {error.strerror}.",
            next_step="See that the program exists and may be run.",
        ) from error
    return StartedProcess(name, pid, created_at, tuple(command), log, address, log_from_byte)


def stop(process: StartedProcess, *, deadline_s: float = 15.0) -> Stopped:
    """End a process: SIGTERM, at most `deadline_s` seconds to leave, then SIGKILL; again does nothing.

    Never touches another process that was given the same pid.
    """
    living = _living(process.pid, process.created_at)
    if living is None:
        return Stopped.WAS_NOT_RUNNING
    how = Stopped.TERMINATED
    try:
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
    except psutil.NoSuchProcess:
        pass
    return how


def last_lines(log: Path, count: int = 20, *, from_byte: int = 0) -> tuple[str, ...]:
    """The last `count` lines of a log that were written from `from_byte` on; none when it is missing."""
    try:
        with log.open("rb") as file:
            size_bytes = file.seek(0, os.SEEK_END)
            file.seek(max(from_byte, size_bytes - _TAIL_BYTES, 0))
            text = file.read().decode(errors="replace")
    except OSError:
        return ()
    return tuple(text.splitlines()[-count:])


def save(process: StartedProcess, state: Path) -> Path:
    """Write down a process below the project's state folder, whole or not at all; the path is returned.

    Raises:
        FolderNotWritable: the state folder cannot be written.
    """
    path = _record(state, process.name)
    record = asdict(process) | {"log": str(process.log)}
    partial = path.with_suffix(f".{os.getpid()}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        raise FolderNotWritable(
            f"{path} cannot be written: {error.strerror}.",
            next_step="Make the folder writable, or set STATE_PATH to another one.",
        ) from error
    return path


def load(name: str, state: Path) -> StartedProcess | None:
    """What was written down of a part, running or not; None when nothing was, or it cannot be read."""
    try:
        record = json.loads(_record(state, name).read_text(encoding="utf-8"))
        return StartedProcess(
            name=str(record["name"]),
            pid=int(record["pid"]),
            created_at=float(record["created_at"]),
            command=tuple(str(argument) for argument in record["command"]),
            log=Path(record["log"]),
            address=str(record["address"]),
            log_from_byte=int(record.get("log_from_byte", 0)),
            settings={str(name): str(value) for name, value in record.get("settings", {}).items()},
            stopping=bool(record.get("stopping", False)),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def load_all(state: Path) -> list[StartedProcess]:
    """Every part that was written down, running or not, by name."""
    names = sorted(path.stem for path in (state / "run").glob("*.json"))
    return [process for name in names if (process := load(name, state)) is not None]


def mark_stopping(process: StartedProcess, state: Path) -> None:
    """Write down that a process is asked to end, so that its end is not taken for a crash."""
    save(replace(process, stopping=True), state)


def forget(process: StartedProcess, state: Path) -> None:
    """Remove what was written down of a process, unless a later one has taken its place."""
    written = load(process.name, state)
    if written is None or (written.pid, written.created_at) == (process.pid, process.created_at):
        _record(state, process.name).unlink(missing_ok=True)


def _end_file(log: Path) -> Path:
    return log.with_name(f"{log.name}.end")


def _record(state: Path, name: str) -> Path:
    return state / "run" / f"{name}.json"


def _living(pid: int, created_at: float) -> psutil.Process | None:
    try:
        candidate = psutil.Process(pid)
        if abs(candidate.create_time() - created_at) > _SAME_START_WITHIN_S:
            return None
        return None if candidate.status() == psutil.STATUS_ZOMBIE else candidate
    except psutil.NoSuchProcess:
        return None
