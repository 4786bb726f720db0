"""The commands that run under torture: each in a separate process, as a user would start it."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from clickstream.contract.progress import DeliveryCounts
from clickstream.errors import FaultNotSurvived
from clickstream.runtime.processes.started import last_lines

NOT_DELIVERED, USAGE, NOT_READY, PART_DIED, KILLED = 1, 2, 3, 4, -9
"""Exit codes, as the documentation promises them; negative for a signal."""

COMMAND_DEADLINE_S = 300.0
"""No command under torture takes longer, after any fault."""

_BATCH = re.compile(r"event=batch_landed query=(\w+) batch_id=(\d+).*? replayed=(True|False|true|false)\b")
_COUNTS = re.compile(r"produced ([\d,]+) · acknowledged ([\d,]+) · failed ([\d,]+)")
_THE_JOB, _NOT_YET_THE_JOB = "org.apache.spark.deploy.SparkSubmit", "org.apache.spark.launcher.Main"
_TRACEBACK = "Traceback (most recent call last)"


@dataclass(frozen=True, slots=True)
class ComputedBatch:
    """A batch that a job has computed; `replayed` if it had landed before and was left alone."""

    query: str
    batch_id: int
    replayed: bool


@dataclass(frozen=True, slots=True)
class Child:
    """A command that was started; its output goes to a separate file."""

    words: str
    log: Path
    process: "subprocess.Popen[bytes]"

    def ended(self, deadline_s: float = COMMAND_DEADLINE_S) -> int:
        """Wait for its end; the exit code."""
        try:
            return self.process.wait(deadline_s)
        except subprocess.TimeoutExpired as error:
            self.kill()
            raise self.failed(f"`{self.words}` did not end within {deadline_s:g} s.") from error

    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return self.process.poll() is None

    def jvm(self) -> psutil.Process | None:
        """The JVM that the job runs in, once there is one; not the one that spells out its command line."""
        try:
            children = psutil.Process(self.process.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return None
        for child in children:
            with suppress(psutil.NoSuchProcess):
                words = child.cmdline() if child.name() == "java" else []
                if _THE_JOB in words and _NOT_YET_THE_JOB not in words:
                    return child
        return None

    def allow_files_of(self, most_bytes: int) -> bool:
        """Let it and its JVM write no longer file, as a full disk would; false where one of them has gone."""
        for process in (psutil.Process(self.process.pid), self.jvm()):
            if process is None:
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
        """Send it a signal; Ctrl-C's goes to all that it has started as well, as from a terminal."""
        if number == signal.SIGINT:
            os.killpg(self.process.pid, number)
        else:
            self.process.send_signal(number)

    def expect_exit(self, *codes: int, within_s: float = COMMAND_DEADLINE_S) -> int:
        """Wait for its end and see that it came as it should; the exit code."""
        code = self.ended(within_s)
        if code not in codes or _TRACEBACK in self.output():
            raise self.failed(
                f"`{self.words}` ended with exit code {code}, expected was {' or '.join(map(str, codes))}."
            )
        return code

    def expect_words(self, *words: str) -> None:
        """See that it has said these words, line breaks aside."""
        said = " ".join(self.output().split())
        for word in words:
            if " ".join(word.split()) not in said:
                raise self.failed(f"`{self.words}` did not say: {word}.")

    def output(self) -> str:
        """Its output so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def failed(self, sentence: str) -> FaultNotSurvived:
        """The error of a command that did not react as promised, with the end of its output."""
        return FaultNotSurvived(sentence, details=last_lines(self.log))

    def batches(self) -> list[ComputedBatch]:
        """Every batch that a job said it has computed, in its order."""
        return [
            ComputedBatch(query, int(batch_id), replayed.lower() == "true")
            for query, batch_id, replayed in _BATCH.findall(self.output())
        ]

    def delivered(self) -> DeliveryCounts:
        """What a producer that has ended said became of its records."""
        counts = _COUNTS.findall(self.output())
        if not counts:
            raise self.failed(f"`{self.words}` did not say what became of its records.")
        return DeliveryCounts(*(int(count.replace(",", "")) for count in counts[-1]))


def start(arguments: tuple[str, ...], *, folder: Path, log: Path, env: Mapping[str, str]) -> Child:
    """Start this very kit with these arguments, out of reach of our Ctrl-C."""
    log.parent.mkdir(parents=True, exist_ok=True)
    # A project of its own: the one above it, if there is one, has a `.env` that must not act here.
    (folder / ".clickstream").mkdir(exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env=env,
            start_new_session=True,
        )
    return Child(" ".join(arguments), log, process)
