"""The commands that run under torture: each a process of its own, as a user would start it."""

import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

from clickstream.errors import FaultNotSurvived
from clickstream.runtime import processes

COMMAND_DEADLINE_S = 300.0
"""No command under torture takes longer, whatever has happened to it."""

_BATCH = re.compile(r"event=batch_landed query=(\w+) batch_id=(\d+)")
_COUNTS = re.compile(r"produced ([\d,]+) · acknowledged ([\d,]+) · failed ([\d,]+)")


@dataclass(frozen=True, slots=True)
class Child:
    """A command that was started; its output goes to a file of its own."""

    words: str
    log: Path
    process: "subprocess.Popen[bytes]"

    def ended(self, deadline_s: float = COMMAND_DEADLINE_S) -> int:
        """Wait for its end; the exit code.

        Raises:
            FaultNotSurvived: it is still there after `deadline_s`; it has been killed.
        """
        try:
            return self.process.wait(deadline_s)
        except subprocess.TimeoutExpired as error:
            self.kill()
            raise FaultNotSurvived(
                f"`{self.words}` did not end within {deadline_s:g} s.", details=self.last_lines()
            ) from error

    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return self.process.poll() is None

    def jvm(self) -> psutil.Process | None:
        """The JVM that it runs, once there is one."""
        try:
            children = psutil.Process(self.process.pid).children(recursive=True)
            return next((child for child in children if child.name() == "java"), None)
        except psutil.NoSuchProcess:
            return None

    def allow_files_of(self, most_bytes: int) -> bool:
        """Let it and its JVM write no longer file, as a full disk would; false where the system cannot."""
        for process in (psutil.Process(self.process.pid), self.jvm()):
            if process is None or not hasattr(process, "rlimit"):
                return False
            process.rlimit(psutil.RLIMIT_FSIZE, (most_bytes, most_bytes))
        return True

    def kill(self) -> None:
        """End it and its JVM by force."""
        jvm = self.jvm()
        for process in (jvm, self.process):
            if process is not None:
                process.kill()
        self.process.wait()

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self.process.send_signal(number)

    def expect_exit(self, *codes: int) -> int:
        """Wait for its end and see that it came as it should; the exit code.

        Raises:
            FaultNotSurvived: another exit code, or a traceback.
        """
        code = self.ended()
        if code not in codes or "Traceback (most recent call last)" in self.output():
            raise FaultNotSurvived(
                f"`{self.words}` ended with exit code {code}, expected was {' or '.join(map(str, codes))}.",
                details=self.last_lines(),
            )
        return code

    def expect_words(self, *words: str) -> None:
        """See that it has said these words, lines and case aside.

        Raises:
            FaultNotSurvived: it has not said one of them.
        """
        said = " ".join(self.output().split()).lower()
        for word in words:
            if word.lower() not in said:
                raise FaultNotSurvived(f"`{self.words}` did not speak of {word}.", details=self.last_lines())

    def output(self) -> str:
        """All that it has said so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def last_lines(self) -> tuple[str, ...]:
        """The end of what it has said."""
        return processes.last_lines(self.log)

    def batches(self) -> list[tuple[str, int]]:
        """Query and batch id of every batch that a job said it has computed and landed, or found landed."""
        return [(query, int(batch_id)) for query, batch_id in _BATCH.findall(self.output())]

    def acknowledged(self) -> int:
        """How many records a producer said were acknowledged; 0 where it did not come to that."""
        counts = _COUNTS.findall(self.output())
        return int(counts[-1][1].replace(",", "")) if counts else 0


def start(arguments: tuple[str, ...], *, folder: Path, log: Path, env: Mapping[str, str]) -> Child:
    """Start this very kit with these arguments, out of reach of our Ctrl-C."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env=env,
            start_new_session=True,
        )
    return Child(" ".join(arguments), log, process)
