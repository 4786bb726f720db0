"""A topic full of events, and runs of a job over it: the kit's or the plain one.

Each run has a process of its own, because a second run in the same JVM finds its classes compiled.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from bench.processes import MIB, core_seconds, resident_bytes, tree_of
from clickstream.clock import SystemClock
from clickstream.pipeline.broker_access import jvm_parts, owned_broker
from clickstream.pipeline.process import process as kit_job
from clickstream.pipeline.process.session import starting_spark
from clickstream.pipeline.produce.produce import produce
from clickstream.pipeline.produce.sending import ProducePlan
from clickstream.runtime.java.jars import KAFKA, SPARK_KAFKA
from clickstream.settings import BrokerSettings, Settings, load

Job = Literal["kit", "plain"]

WINDOWS = {
    "PAGE_WINDOW": "20 seconds",
    "GEO_WINDOW": "30 seconds",
    "SESSION_WINDOW": "30 seconds",
    "WATERMARK_DELAY": "10 seconds",
    # 200,000 events are a thousand seconds of event time.
    "START_TIME": "2026-01-01T00:00:00+00:00",
    "MSGS_PER_SEC": 200,
}
CLOCK = SystemClock()


@dataclass(frozen=True, slots=True)
class JobRun:
    """One run from the started session to the end of the last batch; CPU and memory of JVM and Python."""

    wall_s: float
    core_s: float
    python_core_s: float
    resident_mb: int


@dataclass(frozen=True, slots=True)
class FilledTopic:
    """A broker with a topic of events, and the settings of the runs that read it."""

    folder: Path
    settings: Mapping[str, object]
    broker: BrokerSettings

    def produce(self, count: int, first: int = 0) -> None:
        """Add these events of the stream."""
        plan = ProducePlan(count, live=False, first=first)
        settings = load(self.settings)[0]
        produce(settings, plan, self.broker, clock=CLOCK, stop_requested=_never, on_ack=_silent)

    def run(self, job: Job, name: str, *, short_run: bool = False) -> JobRun:
        """Run a job over all that the topic holds, into folders of this name."""
        words = [job, json.dumps(self.settings_of(name), default=str), json.dumps(short_run)]
        log = self.folder / f"{name}.log"
        with log.open("w+") as said:
            command = [sys.executable, "-m", "bench.job_runs", *words]
            ended = subprocess.run(command, stdout=subprocess.PIPE, stderr=said, check=False)
        assert ended.returncode == 0, log.read_text()[-5_000:]
        return JobRun(**json.loads(ended.stdout))

    def settings_of(self, name: str) -> dict[str, object]:
        """The settings of the run of this name."""
        return {
            **self.settings,
            "OUTPUT_PATH": self.folder / name / "output",
            "CHECKPOINT_PATH": self.folder / name / "checkpoints",
            "KAFKA_BOOTSTRAP_SERVERS": self.broker.bootstrap_servers,
        }


@contextmanager
def filled_topic(folder: Path, events: int, events_per_batch: int) -> Iterator[FilledTopic]:
    """An embedded broker with a topic of so many events, for the length of the block."""
    given = {
        **WINDOWS,
        "STATE_PATH": folder / "state",
        "OUTPUT_PATH": folder / "output",
        "MAX_OFFSETS_PER_TRIGGER": events_per_batch,
    }
    settings = load(given)[0]
    kafka = jvm_parts(settings, KAFKA)
    with owned_broker(settings, kafka, CLOCK) as broker:
        topic = FilledTopic(folder, given, broker)
        topic.produce(events)
        yield topic


def _silent(*_news: object) -> None:
    """A measure prints its figures, and no progress."""


def _never() -> bool:
    return False


def _run(job: str, settings: Settings, *, short_run: bool) -> JobRun:
    spark = jvm_parts(settings, SPARK_KAFKA)
    if job == "kit":
        with starting_spark(settings, spark, short_run=short_run) as session:
            session()
            return _measured(
                partial(
                    kit_job.process_with,
                    session,
                    settings,
                    settings.broker,
                    kit_job.JobRun(available_now=True, clock=CLOCK, stop_requested=_never, on_batch=_silent),
                )
            )
    from bench.plain_job import plain_session, run_plain_job

    os.environ["JAVA_HOME"] = str(spark.java.path)
    with plain_session(settings, spark.jars) as session:
        return _measured(partial(run_plain_job, session, settings))


def _measured(job: Callable[[], None]) -> JobRun:
    ours = tree_of(os.getpid(), "python")
    before, begun_s = core_seconds(ours), CLOCK.monotonic_s()
    job()
    wall_s = CLOCK.monotonic_s() - begun_s
    spent = {name: total - before[name] for name, total in core_seconds(ours).items()}
    resident = sum(resident_bytes(ours).values())
    return JobRun(wall_s, sum(spent.values()), spent["python"], resident // MIB)


if __name__ == "__main__":
    job_name, settings_given, is_short = sys.argv[1:]
    run = _run(job_name, load(json.loads(settings_given))[0], short_run=json.loads(is_short))
    print(json.dumps(asdict(run)))
