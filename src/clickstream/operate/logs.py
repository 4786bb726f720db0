"""The parts' logs: the last lines of each, and then every line as it comes."""

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from clickstream.contract.part_names import BROKER, REDPANDA
from clickstream.errors import CouldNotCheck, UsageError
from clickstream.operate.parts.names import STOP_ORDER, names_behind
from clickstream.runtime.kafka.docker import StartedContainer
from clickstream.runtime.processes.started import last_lines, put_aside

_PARTS = frozenset({*STOP_ORDER, "spark"})
_CHUNK_BYTES = 1 << 20
_LONGEST_LINE_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of a log, without its end, and the part that wrote it."""

    name: str
    text: str


def log_names(state: Path) -> list[str]:
    """The parts that have a log in this state folder; `spark` is the log of the job's JVM."""
    return [name for name in _all_names(state) if name in _PARTS]


def _all_names(state: Path) -> list[str]:
    # Others are of the scripts, which prepare the tools.
    return sorted(path.stem for path in (state / "logs").glob("*.log"))


def _logs_behind(name: str, there: Sequence[str]) -> list[str]:
    """The logs of a part, or the one of this name; the name itself if there are none."""
    return [each for each in names_behind(name) if each in there] or [name]


class PartLogs:
    """The logs of all parts of a state folder, or of those that are named.

    Raises:
        CouldNotCheck: nothing has been started here, so that there is no log.
        UsageError: there are logs, but none of a name, or it is a container's; says what there is.
    """

    def __init__(self, state: Path, names: Sequence[str] = ()) -> None:
        container = StartedContainer.load(REDPANDA, state)
        if container is not None and {BROKER, REDPANDA} & set(names):
            raise UsageError(
                f"{REDPANDA} runs in a container, and its engine keeps its log.",
                next_step=f"docker logs --follow {container.container[:12]}",
            )
        there = _all_names(state)
        wanted = [each for name in names for each in _logs_behind(name, there)]
        if not log_names(state) and not set(wanted) & set(there):
            raise CouldNotCheck(
                f"There are no logs of parts in {state / 'logs'}: nothing has been started here.",
                next_step="Start the pipeline with `clickstream up`.",
            )
        for name in wanted:
            if name not in there:
                raise UsageError(
                    f"There is no log of {name!r} here.", next_step=f"There are: {', '.join(there)}."
                )
        self._state = state
        self._named = list(dict.fromkeys(wanted))
        self._followed: dict[str, _Followed] = {}

    @property
    def names(self) -> list[str]:
        """The parts whose logs are read, those included that have come since."""
        return self._named or log_names(self._state)

    def last(self, count: int) -> Iterator[LogLine]:
        """The last lines of each log, part by part; `new` continues after them."""
        for name in self.names:
            log = self._path(name)
            end_bytes = log.stat().st_size if log.exists() else 0
            self._followed[name] = _Followed(log, end_bytes)
            yield from (LogLine(name, text) for text in last_lines(log, count))

    def new(self) -> Iterator[LogLine]:
        """The whole lines written since the last call; the logs of new parts from their beginning."""
        for name in self.names:
            followed = self._followed.setdefault(name, _Followed(self._path(name), 0))
            yield from (LogLine(name, text) for text in followed.lines())

    def _path(self, name: str) -> Path:
        return self._state / "logs" / f"{name}.log"


class _Followed:
    """One log, read on from where it was, or from the beginning if it was truncated or put aside."""

    def __init__(self, log: Path, from_byte: int) -> None:
        self._log = log
        self._next_byte = from_byte
        self._file = _file_of(log)
        self._begun = b""

    def lines(self) -> Iterator[str]:
        now = _file_of(self._log)
        if now != self._file:
            # What its writer said last before it was put aside.
            aside = put_aside(self._log)
            if _file_of(aside) == self._file:
                yield from self._rest(aside)
            self._file, self._next_byte, self._begun = now, 0, b""
        if now is not None:
            yield from self._rest(self._log)

    def _rest(self, path: Path) -> Iterator[str]:
        with path.open("rb") as file:
            if file.seek(0, os.SEEK_END) < self._next_byte:
                self._next_byte, self._begun = 0, b""
            file.seek(self._next_byte)
            while chunk := file.read(_CHUNK_BYTES):
                self._next_byte = file.tell()
                *whole, self._begun = (self._begun + chunk).split(b"\n")
                if len(self._begun) > _LONGEST_LINE_BYTES:
                    whole, self._begun = [*whole, self._begun], b""
                yield from (line.decode(errors="replace").rstrip("\r") for line in whole)


def _file_of(path: Path) -> tuple[int, int] | None:
    """What identifies the file at a path, whatever its name; None if there is none."""
    with suppress(OSError):
        found = path.stat()
        return found.st_dev, found.st_ino
    return None
