"""Topic to landed files: session, the run's terms, and the job with its sinks."""

import gc
import logging
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

from clickstream.broker.topic_config import compaction_warning
from clickstream.broker.topics import TopicDescription, describe_topic, ensure_topic
from clickstream.clock import Clock
from clickstream.contract.definition.tables import QUERIES
from clickstream.contract.progress import BatchProgress
from clickstream.contract.stages import Stage
from clickstream.errors import TopicNotFound
from clickstream.pipeline.broker_access import jvm_parts, running_broker
from clickstream.pipeline.process.executors import watched
from clickstream.pipeline.process.landings import landings_of
from clickstream.pipeline.process.session import starting_spark
from clickstream.pipeline.process.skipping import past_skipped_records
from clickstream.pipeline.run import layout_of, run_terms
from clickstream.pipeline.start.start_checks import refusals_first, refuse_machine
from clickstream.runtime.java.jars import SPARK_KAFKA, Progress
from clickstream.runtime.processes.tether import tethered
from clickstream.settings import BrokerSettings, Settings
from clickstream.sinks.start import leftovers
from clickstream.sinks.start.output_matches_records import verified_files
from clickstream.sinks.start.run_lock import held, jvm_lock_path
from clickstream.sinks.start.run_terms import begun_run, claim
from clickstream.stream.halves import refuse_unsound_halves
from clickstream.stream.idle import reporting_when_idle
from clickstream.stream.queries import plan_queries, run_queries
from clickstream.stream.session.jvm import hold_while_the_jvm_lives, jvm_pid, needing_the_jvm
from clickstream.stream.session.session import Session
from clickstream.stream.source import kafka_records

_LOG = logging.getLogger("clickstream.stream")

OnBatch = Callable[[BatchProgress], None]
Reached = Callable[[str, str], None]
"""Called with a query's name and a point of `sinks/landing/points.py`, on the query's thread, which waits.

For tests that end the JVM there. Spark has written `offsets/N` before the first point and writes
`commits/N` after the last.
"""

# A JVM whose Python was killed ends by itself within 3 s, unless it is stopped or stuck.
_JVM_LEAVES_WITHIN_S = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRun:
    """One run of the job: when it ends, and what is called as it goes.

    With `available_now` it processes what the topic holds, then ends; else it runs until `stop_requested`.
    `on_batch` gets each landed batch. `on_waiting` is called when every query runs and waits for records.
    """

    available_now: bool
    clock: Clock
    stop_requested: Callable[[], bool]
    on_batch: OnBatch
    on_waiting: Callable[[], None] = lambda: None
    reached: Reached = lambda _query, _point: None


def process(
    settings: Settings,
    job: JobRun,
    broker: BrokerSettings | None = None,
    *,
    on_stage: Stage,
    on_download: Progress,
) -> None:
    """Run the job on this broker; by default on the one that is given or runs here.

    No JVM starts before the broker has answered and the run's terms and checkpoint have been looked at.
    """
    with refusals_first(settings):
        broker = broker or running_broker(settings)
        refuse_machine(settings, [settings.stream.driver_memory], on_stage)
        spark = jvm_parts(settings, SPARK_KAFKA, on_download)
    with ExitStack() as started:

        def session() -> Session:
            on_stage("start the job's JVM …")
            opened = started.enter_context(starting_spark(settings, spark, short_run=job.available_now))()
            # The frames of a batch keep its plans in the JVM until they are collected here. Without what has
            # been imported, Python collects after every few batches instead of after a hundred.
            gc.freeze()
            return opened

        process_with(session, settings, broker, job)


def process_with(
    session: Callable[[], Session], settings: Settings, broker: BrokerSettings, job: JobRun
) -> None:
    """Run the job in a session that may still be starting, or starts when asked for; refusals come before.

    From the first query on the JVM itself keeps other jobs out, and it ends with this process.
    """
    with refusals_first(settings):
        topic = _topic(broker, job.clock)
    layout = layout_of(settings.paths)
    with held(layout, job.clock):
        warning = compaction_warning(broker, layout)
        asked = run_terms(settings, topic)
        begun_run(layout, asked, settings.pipeline)
        if warning:
            _LOG.warning(warning)
        leftovers.remove(layout, settings.pipeline.tables, recorded=verified_files(layout))
        if job.stop_requested():
            return
        opened = session()
        if job.stop_requested():  # while the JVM came up: queries that are not started need not be ended
            return
        with needing_the_jvm(), tethered(jvm_pid(opened), leave_s=_JVM_LEAVES_WITHIN_S):
            windows = settings.windows.of_tables()
            if not settings.definition.is_bundled:
                # Before the run begins: it would refuse the corrected definition.
                refuse_unsound_halves(opened, settings.pipeline, windows)
            terms = claim(layout, asked, settings.pipeline)
            hold_while_the_jvm_lives(opened, jvm_lock_path(layout))
            stop = reporting_when_idle(
                watched(job.stop_requested, opened, settings, layout, job.clock),
                opened,
                len(QUERIES),
                job.on_waiting,
                job.clock,
            )

            def run_once() -> None:
                records = kafka_records(opened, settings.stream, broker)
                run_queries(
                    plan_queries(records, settings.pipeline, settings.stream, windows),
                    settings.stream,
                    layout=layout,
                    landings=landings_of(
                        settings.pipeline,
                        layout,
                        terms,
                        settings.sink,
                        clock=job.clock,
                        on_batch=job.on_batch,
                        reached=job.reached,
                    ),
                    available_now=job.available_now,
                    stop_requested=stop,
                    clock=job.clock,
                )

            past_skipped_records(run_once, layout, broker, clock=job.clock, stop_requested=stop)


def _topic(broker: BrokerSettings, clock: Clock) -> TopicDescription:
    """The topic, with any number of partitions; created if it is missing, so that a job may start first."""
    try:
        return describe_topic(broker)
    except TopicNotFound:
        return ensure_topic(broker, clock=clock)
