"""Topic to landed files: session, the run's terms, and the job with its sinks."""

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial

from clickstream.broker.topics import TopicDescription, describe_topic, ensure_topic
from clickstream.clock import Clock
from clickstream.contract.layout import Layout
from clickstream.contract.progress import BatchProgress
from clickstream.contract.tables import QUERIES
from clickstream.contract.terms import RunTerms
from clickstream.errors import FolderNotWritable, TopicNotFound
from clickstream.pipeline.at_work import watched
from clickstream.pipeline.broker_access import JvmParts, Stage, connection_of, jvm_parts, running_broker
from clickstream.pipeline.compaction import compaction_warning
from clickstream.pipeline.machine_checks import refuse_machine
from clickstream.pipeline.places import layout_of
from clickstream.pipeline.run_terms import run_terms
from clickstream.pipeline.skipping import past_skipped_records
from clickstream.pipeline.spark_access import cluster_access, spark_properties
from clickstream.pipeline.start_checks import refusals_first
from clickstream.runtime.java.jars import SPARK_KAFKA, Progress
from clickstream.runtime.machine.temporary_folder import temporary_folder
from clickstream.runtime.processes.started import put_aside_when_long
from clickstream.runtime.processes.tether import tethered
from clickstream.settings import BrokerSettings, Settings
from clickstream.sinks import leftovers
from clickstream.sinks.holding import held, jvm_lock_path
from clickstream.sinks.landing import Landing
from clickstream.sinks.standing import standing_files
from clickstream.sinks.terms import claim
from clickstream.stream.jvm import hold_while_the_jvm_lives, jvm_pid, needing_the_jvm
from clickstream.stream.queries import run_job
from clickstream.stream.session import Session, close_session, open_session
from clickstream.stream.waiting import told_when_waiting

_LOG = logging.getLogger("clickstream.stream")

OnBatch = Callable[[BatchProgress], None]
Reached = Callable[[str, str], None]
"""Told of a query's name and a point of `sinks.points.POINTS`, on the query's thread, before it goes on.

For tests that end the JVM there. Spark has written `offsets/N` before the first point and writes
`commits/N` after the last.
"""

# A JVM whose Python was killed ends by itself within 3 s, unless it is stopped or stuck.
_JVM_LEAVES_WITHIN_S = 8.0


def _nobody(_query: str, _point: str) -> None:
    """Nothing is waiting to hear of it."""


def process(
    settings: Settings,
    *,
    available_now: bool,
    clock: Clock,
    stop_requested: Callable[[], bool],
    on_batch: OnBatch,
    on_stage: Stage,
    on_download: Progress,
    reached: Reached = _nobody,
    on_waiting: Callable[[], None] = lambda: None,
) -> None:
    """Run the job on the broker that is given or runs here, until it is asked to stop or all is processed.

    No JVM starts before the broker has answered and the run's terms and checkpoint have been looked at.

    Raises:
        BrokerUnavailable: no broker is known, or it does not answer.
        BrokerRefused: it does not let us in.
        MachineNotReady: a limit, memory or the temporary folder does not do.
        CheckpointMismatch: the checkpoint was begun with other settings, or is not of this output.
        CheckpointDamaged: a file of the checkpoint that the run goes on from cannot be read.
        OutputDamaged: a batch record or a landed file is missing, or is not as it landed.
        RunInProgress: another job runs on this checkpoint.
        PartDied: a query or the JVM ended by itself.
    """
    with refusals_first(settings):
        broker = running_broker(settings)
    process_at(
        broker,
        settings,
        available_now=available_now,
        clock=clock,
        stop_requested=stop_requested,
        on_batch=on_batch,
        on_stage=on_stage,
        on_download=on_download,
        reached=reached,
        on_waiting=on_waiting,
    )


def process_at(
    broker: BrokerSettings,
    settings: Settings,
    *,
    available_now: bool,
    clock: Clock,
    stop_requested: Callable[[], bool],
    on_batch: OnBatch,
    on_stage: Stage,
    on_download: Progress,
    reached: Reached = _nobody,
    on_waiting: Callable[[], None] = lambda: None,
) -> None:
    """Run the job on this broker; the rest as in `process`."""
    with refusals_first(settings):
        refuse_machine(settings, [settings.stream.driver_memory], clock, on_stage)
        spark = jvm_parts(settings, SPARK_KAFKA, on_stage=on_stage, on_download=on_download)
    with ExitStack() as started:

        def session() -> Session:
            on_stage("start the job's JVM …")
            return started.enter_context(starting_spark(settings, spark, short_run=available_now))()

        process_with(
            session,
            settings,
            broker,
            available_now=available_now,
            clock=clock,
            stop_requested=stop_requested,
            on_batch=on_batch,
            reached=reached,
            on_waiting=on_waiting,
        )


@contextmanager
def starting_spark(
    settings: Settings, spark: JvmParts, *, short_run: bool
) -> Iterator[Callable[[], Session]]:
    """Begin to start the session, yield what waits for it, and end it with the block.

    Beside the caller's thread: the job's terms are looked at, or a broker starts, in the meantime.

    Raises:
        UsageError: the job cannot run where SPARK_MASTER_URL says, with these paths or this memory.
        PartDidNotStart: no master answers there, or the JVM did not come up.
    """
    cluster = cluster_access(settings)
    properties = spark_properties(settings)
    log_file = settings.paths.state.absolute() / "logs" / "spark.log"
    try:
        log_file.parent.mkdir(parents=True, exist_ok=True)
        put_aside_when_long(log_file)
    except OSError as error:
        raise FolderNotWritable(
            f"The folder {log_file.parent} cannot be written: {error.strerror}.",
            next_step="Make it writable, or set STATE_PATH to another folder.",
        ) from error
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="spark-start") as starter:
        starting = starter.submit(
            open_session,
            settings.stream,
            java_home=spark.java.path,
            jars=spark.jars,
            log_file=log_file,
            short_run=short_run,
            cluster=cluster,
            properties=properties,
            temporary=temporary_folder(settings.paths.state),
        )
        try:
            yield starting.result
        finally:
            if starting.exception() is None:
                close_session(starting.result())


def process_with(
    session: Callable[[], Session],
    settings: Settings,
    broker: BrokerSettings,
    *,
    available_now: bool,
    clock: Clock,
    stop_requested: Callable[[], bool],
    on_batch: OnBatch,
    reached: Reached = _nobody,
    on_waiting: Callable[[], None] = lambda: None,
) -> None:
    """Run the job in a session that may still be starting, or starts when asked for; refusals come before.

    From the first query on the JVM itself keeps other jobs out, and it ends with this process.
    """
    with refusals_first(settings):
        topic = _topic(broker, clock)
    layout = layout_of(settings.paths)
    with held(layout, clock):
        warning = compaction_warning(broker, layout)
        terms = claim(layout, run_terms(settings, topic))
        if warning:
            _LOG.warning(warning)
        leftovers.remove(layout, named=standing_files(layout))
        if stop_requested():
            return
        opened = session()
        if stop_requested():  # while the JVM came up: queries that are not started need not be ended
            return
        with needing_the_jvm(), tethered(jvm_pid(opened), leave_s=_JVM_LEAVES_WITHIN_S):
            hold_while_the_jvm_lives(opened, jvm_lock_path(layout))
            stop = told_when_waiting(
                watched(stop_requested, opened, settings, layout, clock),
                opened,
                len(QUERIES),
                on_waiting,
                clock,
            )

            def run_once() -> None:
                run_job(
                    opened,
                    settings.stream,
                    connection=connection_of(broker),
                    topic=topic.name,
                    layout=layout,
                    landings=_landings(settings, layout, terms, clock, on_batch, reached),
                    available_now=available_now,
                    stop_requested=stop,
                    clock=clock,
                )

            past_skipped_records(run_once, layout, broker, clock=clock, stop_requested=stop)


def _landings(
    settings: Settings, layout: Layout, terms: RunTerms, clock: Clock, on_batch: OnBatch, reached: Reached
) -> dict[str, Landing]:
    """What lands the batches of each query; of one start of the queries, as attempts do not share folders."""
    return {
        query: Landing(
            query,
            run_id=terms.run_id,
            topic=terms.topic,
            layout=layout,
            settings=settings.sink,
            clock=clock,
            on_batch=on_batch,
            reached=partial(reached, query),
        )
        for query in QUERIES
    }


def _topic(broker: BrokerSettings, clock: Clock) -> TopicDescription:
    """The topic as it is, whatever its partitions; made where it is missing, so that a job may come first."""
    try:
        return describe_topic(broker)
    except TopicNotFound:
        return ensure_topic(broker, clock=clock)
