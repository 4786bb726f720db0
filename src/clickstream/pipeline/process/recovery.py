"""A job that restarts after a crash: with increasing pauses, a few times, and never after a refusal."""

from collections.abc import Callable

from clickstream.clock import Clock
from clickstream.contract.progress import BatchProgress
from clickstream.errors import (
    BrokerUnavailable,
    ClickstreamError,
    FolderNotWritable,
    NoExecutors,
    PartDidNotStart,
    PartDied,
)
from clickstream.pipeline.stopping import wait_unless_stopped

DEFAULT_ATTEMPTS = 5
HEALTHY_AFTER_S = 60.0
"""A batch that lands this long after a start shows that the crash before it is over."""
_FIRST_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 60.0
_MAY_PASS = (BrokerUnavailable, FolderNotWritable, NoExecutors, PartDidNotStart)
"""What a first start refuses, but may pass by itself once the job has run: a full disk, a broker away."""

OnCrash = Callable[[ClickstreamError, int, float], None]
"""Called with a crash, the attempt that follows it, counted from 1, and the pause before it in seconds."""


class Recovery:
    """Runs a job, and runs it again when a query or the JVM has died; every attempt continues there.

    Only what had been running is recovered: a first start's errors are refusals. Once the job has run, a
    broker that is away, a JVM that does not come up, a cluster without executors and a folder that is full
    count as a crash; everything else stays a refusal, such as another setting or a recreated topic.

    It gives up after so many `attempts` in a row; a batch that lands when an attempt has lasted
    `HEALTHY_AFTER_S` seconds ends the row. The pauses between them double from one second to a minute.
    """

    def __init__(
        self, *, attempts: int, clock: Clock, stop_requested: Callable[[], bool], on_crash: OnCrash
    ) -> None:
        self._attempts = attempts
        self._clock = clock
        self._stop_requested = stop_requested
        self._on_crash = on_crash
        self._crashes = 0
        self._has_run = False
        self._begun_s = 0.0

    def landed(self, _progress: BatchProgress) -> None:
        """A batch has landed; any thread may call it."""
        self._has_run = True
        if self._clock.monotonic_s() - self._begun_s >= HEALTHY_AFTER_S:
            self._crashes = 0

    def run(self, job: Callable[[], None]) -> None:
        """Run the job until it ends by itself or is asked to."""
        while True:
            self._begun_s = self._clock.monotonic_s()
            try:
                job()
            except PartDied as crash:
                self._has_run = True
                self._go_on_after(crash)
            except _MAY_PASS as error:
                if not self._has_run:
                    raise
                self._go_on_after(error)
            else:
                return
            if self._stop_requested():
                return

    def _go_on_after(self, crash: ClickstreamError) -> None:
        """Count the crash and wait; raises where there is nothing to wait for."""
        if self._stop_requested():
            raise crash
        self._crashes += 1
        if self._crashes > self._attempts:
            raise PartDied(
                f"The job was started again {self._attempts} times and died each time. {crash.sentence}",
                next_step=crash.next_step,
                details=crash.details,
            ) from crash
        pause_s = min(_FIRST_PAUSE_S * 2 ** (self._crashes - 1), _LONGEST_PAUSE_S)
        self._on_crash(crash, self._crashes, pause_s)
        wait_unless_stopped(pause_s, self._clock, self._stop_requested)
