"""The demo: the whole street once, from an empty folder to a verdict."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from clickstream.broker.topics import ensure_topic
from clickstream.check.findings import Verdict
from clickstream.clock import Clock
from clickstream.contract.progress import BatchProgress, DeliveryCounts
from clickstream.contract.tables import QUERIES
from clickstream.errors import FolderNotWritable, Interrupted, UsageError
from clickstream.pipeline.broker_access import Stage, jvm_parts, owned_broker, refuse_running_broker
from clickstream.pipeline.process import process_with, starting_spark
from clickstream.pipeline.produce import METADATA_DEADLINE_S, produce_to
from clickstream.pipeline.sending import ProducePlan
from clickstream.pipeline.verify import verify_topic
from clickstream.runtime.jars import KAFKA, SPARK_KAFKA, Progress
from clickstream.settings import Settings

_MARKER = ".clickstream-demo"


@dataclass(frozen=True, slots=True)
class DemoResult:
    """What a demo came to: delivery counts, batches with records by query, verdict, seconds by stage."""

    counts: DeliveryCounts
    batches_with_records: dict[str, int]
    verdict: Verdict
    seconds_by_stage: dict[str, float]


def run_demo(
    settings: Settings,
    *,
    events: int,
    folder: Path,
    clock: Clock,
    stop_requested: Callable[[], bool],
    on_stage: Stage,
    on_batch: Callable[[BatchProgress], None],
    on_download: Progress,
) -> DemoResult:
    """Empty the demo's folder, then broker, topic, events, job, check; stops all that it started.

    The job's JVM starts while the broker does: two cores, two starts.

    Raises:
        UsageError: the folder holds something that is not a demo's.
        Interrupted: it was asked to stop before the verdict; it has stopped all that it started.
    """
    _begin_anew(folder)
    stages = _Stages(clock, on_stage, stop_requested)
    batches: dict[str, int] = dict.fromkeys(QUERIES, 0)

    def count_batch(progress: BatchProgress) -> None:
        batches[progress.query] += 1 if progress.rows_in else 0
        on_batch(progress)

    with ExitStack() as started:
        with stages.timed("prepare Java and jars"):
            spark = jvm_parts(settings, SPARK_KAFKA, on_stage=on_stage, on_download=on_download)
            kafka = jvm_parts(settings, KAFKA, on_stage=_quiet, on_download=on_download)
        session = started.enter_context(starting_spark(settings, spark, short_run=True))
        with stages.timed("start the broker"):
            broker = started.enter_context(owned_broker(settings, kafka, clock))
            ensure_topic(broker, clock=clock, deadline_s=METADATA_DEADLINE_S)
        with stages.timed(f"produce {events:,} events"):
            plan = ProducePlan(count=events, live=False)
            counts = produce_to(
                broker, settings, plan, clock=clock, stop_requested=stop_requested, on_ack=_quiet
            )
        with stages.timed("run the Spark job"):
            process_with(
                session,
                settings,
                broker,
                available_now=True,
                clock=clock,
                stop_requested=stop_requested,
                on_batch=count_batch,
            )
        with stages.timed("check every landed row"):
            verdict = verify_topic(settings, broker, clock=clock)
        with stages.timed("stop"):
            started.close()
    return DemoResult(counts, batches, verdict, stages.seconds)


class _Stages:
    """Says what begins, keeps how long each stage took, and goes no further once it is asked to stop."""

    def __init__(self, clock: Clock, on_stage: Stage, stop_requested: Callable[[], bool]) -> None:
        self._clock = clock
        self._on_stage = on_stage
        self._stop_requested = stop_requested
        self.seconds: dict[str, float] = {}

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        self._on_stage(f"{stage} …")
        begun_s = self._clock.monotonic_s()
        yield
        self.seconds[stage] = self._clock.monotonic_s() - begun_s
        if self._stop_requested():
            raise Interrupted(f"The demo was interrupted: {stage}.", next_step="Run it again when you like.")


def _begin_anew(folder: Path) -> None:
    """Remove what an earlier demo left; a folder without the demo's marker is somebody's and stays."""
    marker = folder / _MARKER
    try:
        if folder.exists() and not marker.exists() and any(folder.iterdir()):
            raise UsageError(
                f"{folder} is not empty and was not made by the demo, which begins in an empty folder.",
                next_step="Name another folder with --folder, or move what is there.",
            )
        if folder.exists():
            refuse_running_broker(folder / "state")
            for part in ("output", "checkpoints", "state"):
                if (folder / part).exists():
                    shutil.rmtree(folder / part)
        folder.mkdir(parents=True, exist_ok=True)
        marker.write_text("The demo empties this folder when it begins.\n", encoding="utf-8")
    except OSError as error:
        raise FolderNotWritable(
            f"The demo cannot use the folder {folder}: {error.strerror}.",
            next_step="Make it writable, or name another one with --folder.",
        ) from error


def _quiet(_line: str) -> None:
    """The demo shows counts, not acknowledgements."""
