"""The pipeline under torture: a separate broker, producers and jobs as commands, and the check."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from clickstream.broker.topics import ensure_topic, offset_ranges
from clickstream.check.findings import Verdict
from clickstream.clock import Clock
from clickstream.contract.run.layout import Layout
from clickstream.errors import FaultNotSurvived
from clickstream.pipeline.broker_access import JvmParts, addressed, embedded_kafka
from clickstream.pipeline.run import layout_of
from clickstream.pipeline.verify.verify import verify_topic
from clickstream.settings import BrokerSettings, Settings, kit_environment
from clickstream.torture.children import COMMAND_DEADLINE_S, Child, start
from clickstream.torture.open_batches import OpenBatches, unread
from clickstream.torture.sent import Sent
from clickstream.torture.settings import TortureSettings

if TYPE_CHECKING:
    from clickstream.runtime.kafka.embedded import EmbeddedKafka

_POLL_S = 0.05


class FaultMissed(Exception):
    """The fault did not hit: what it was meant for had ended before. It is tried again."""


class Arena:
    """One run from the first round to the last, in a folder that is empty at first."""

    def __init__(self, folder: Path, kafka: JvmParts, clock: Clock) -> None:
        self.folder = folder.absolute()
        self.clock = clock
        self._settings = TortureSettings(self.folder, clock.now())
        self.sent = Sent()
        """Which records producers were acknowledged."""
        self.open_batches = OpenBatches(self.layout)
        """Batches cut off before their commit that no job has computed again since."""
        self._kafka_parts = kafka
        self._kafka: EmbeddedKafka | None = None
        self._children: list[Child] = []
        self.port = 0
        """The broker's port; the same for all its lives."""

    @property
    def settings(self) -> Settings:
        """The settings of every command of the run."""
        return self._settings.settings()

    @property
    def layout(self) -> Layout:
        """Where the run keeps its output and its checkpoint."""
        return layout_of(self.settings.paths)

    @property
    def broker(self) -> BrokerSettings:
        """The broker's settings, with its address."""
        return addressed(self.settings.broker, f"127.0.0.1:{self.port}")

    def start_broker(self) -> None:
        """Start the broker, on the data and at the port of its earlier life."""
        settings = self._settings.settings(EMBEDDED_KAFKA_PORT=str(self.port))
        self._kafka = embedded_kafka(settings, self._kafka_parts, self.clock)
        started = self._kafka.start()
        self.port = int(started.address.rpartition(":")[2])
        ensure_topic(self.broker, clock=self.clock)

    def kill_broker(self) -> None:
        """End the broker with SIGKILL."""
        broker = psutil.Process(self.broker_pid())
        broker.kill()
        broker.wait(30)
        self._stop_broker()

    @contextmanager
    def paused_broker(self) -> Iterator[None]:
        """Let the broker stand still for the block."""
        broker = psutil.Process(self.broker_pid())
        broker.suspend()
        try:
            yield
        finally:
            broker.resume()

    def broker_pid(self) -> int:
        """The broker's process."""
        assert self._kafka is not None and self._kafka.process is not None  # noqa: S101, PT018 - started
        return self._kafka.process.pid

    def command(self, *arguments: str, **changed: str) -> Child:
        """Start a `clickstream` command, with some settings changed."""
        return self._started(("clickstream", *arguments), changed)

    def job_killed_at(self, query: str, point: str, time: int) -> Child:
        """Start the job that is killed where the landing of a query reaches a named point."""
        return self._started(("clickstream.torture.job_killed_at", query, point, str(time)), {})

    def add_partition(self) -> int:
        """Let the topic have one partition more, as far as the settings say; the new number."""
        return self._settings.add_partition()

    def producer(self, count: int, *flags: str, **changed: str) -> Child:
        """Start to produce the stream's next events."""
        return self.command(
            "produce", "--count", str(count), *flags, **self._settings.next_events(count), **changed
        )

    def produced(self, producer: Child) -> int:
        """Wait for a producer that must have every record acknowledged; how many those were."""
        producer.expect_exit(0)
        return self.sent.all_of(producer)

    def produce(self, count: int, *flags: str, **changed: str) -> int:
        """Produce the stream's next events; how many were acknowledged, which is all of them."""
        return self.produced(self.producer(count, *flags, **changed))

    def job(self, *flags: str, **changed: str) -> Child:
        """Start a job over what is in the topic now."""
        return self.command("stream", "--available-now", *flags, **changed)

    def job_that_goes_on(self, *flags: str) -> Child:
        """Start a job that runs until it is stopped."""
        return self.command("stream", *flags)

    def ended(self, job: Child, *codes: int, within_s: float = COMMAND_DEADLINE_S) -> int:
        """Wait for a job's end with one of these exit codes; compare what it computed with what was open."""
        code = job.expect_exit(*codes, within_s=within_s)
        self.open_batches.after(job)
        return code

    def stop(self, job: Child, within_s: float = COMMAND_DEADLINE_S) -> None:
        """Stop a job in order."""
        job.signal(signal.SIGTERM)
        self.ended(job, 0, within_s=within_s)

    def settle(self) -> None:
        """Run the job over all that is there: it ends well, with every open batch computed and all read."""
        job = self.job()
        self.ended(job, 0)
        if self.open_batches:
            raise job.failed(f"Cut off, and not computed again: {self.open_batches}.")
        if left := self.unread():
            raise FaultNotSurvived(f"A job over all that is there did not read all: {left[0]}.")

    def unread(self) -> list[str]:
        """What of the topic has not landed, query by query."""
        return unread(self.layout, {at: end for at, (_, end) in offset_ranges(self.broker).items()})

    def check(self, **changed: str) -> Verdict:
        """Recompute every landed row, in this process; of another run, under other settings."""
        settings = self._settings.settings(**changed)
        broker = addressed(settings.broker, f"127.0.0.1:{self.port}")
        return verify_topic(settings, broker, clock=self.clock)

    def left_running(self) -> list[Child]:
        """The commands that have not ended although their round has; they are killed."""
        left = [child for child in self._children if child.is_running()]
        for child in left:
            child.kill()
        self._children.clear()
        return left

    def abandon(self) -> None:
        """Give up a round whose fault has missed: end its commands, and hear out its jobs."""
        children = list(self._children)
        self.left_running()
        for child in children:
            self.open_batches.after(child)

    def wait_until(self, holds: Callable[[], object], what: str, child: Child) -> None:
        """Wait for a condition while a command runs.

        Raises:
            FaultMissed: the command ended well before it came to this.
            FaultNotSurvived: it ended otherwise, or it did not come to this in time.
        """
        deadline_s = self.clock.monotonic_s() + COMMAND_DEADLINE_S
        while not holds():
            if not child.is_running():
                if holds():
                    return
                child.expect_exit(0)
                raise FaultMissed(f"`{child.words}` had ended before {what}")
            if self.clock.monotonic_s() > deadline_s:
                raise child.failed(f"It did not come to this: {what}.")
            self.clock.sleep(_POLL_S)

    def jvm_of(self, job: Child) -> psutil.Process:
        """The JVM of a job, once there is one."""
        self.wait_until(lambda: job.jvm() is not None, "there was a JVM", job)
        jvm = job.jvm()
        if jvm is None:
            raise FaultMissed("the JVM had ended before")
        return jvm

    def wait_for_batches(self, job: Child, count: int) -> None:
        """Wait until a job has landed so many batches."""
        self.wait_until(lambda: len(job.batches()) >= count, f"{count} batches had landed", job)

    def wait_until_all_is_read(self, job: Child) -> None:
        """Wait until every query has landed the whole topic."""
        self.wait_until(lambda: not self.unread(), "all was read", job)

    @contextmanager
    def running(self) -> Iterator["Arena"]:
        """The broker runs within the block; at its end no process of it runs."""
        try:
            self.start_broker()
            yield self
        finally:
            self.left_running()
            self._stop_broker()

    def _stop_broker(self) -> None:
        if self._kafka is not None:
            self._kafka.stop()
            self._kafka = None

    def _started(self, arguments: tuple[str, ...], changed: dict[str, str]) -> Child:
        given = self._settings.given(KAFKA_BOOTSTRAP_SERVERS=f"127.0.0.1:{self.port}") | changed
        # A killed job leaves its scratch folder behind; here it goes with the arena.
        temporary = self.folder / "tmp"
        temporary.mkdir(exist_ok=True)
        given["TMPDIR"] = str(temporary)
        log = self.folder / "said" / f"{len(list((self.folder / 'said').glob('*'))):05d}.log"
        child = start(arguments, folder=self.folder, log=log, env=kit_environment(given))
        self._children.append(child)
        return child
