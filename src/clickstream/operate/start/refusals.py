"""What `up` and `restart` refuse before they start or stop anything."""

from contextlib import suppress

from clickstream.broker.topics import TopicDescription, describe_topic, ensure_topic
from clickstream.contract.diagnosis import first_refusal
from clickstream.contract.part_names import BROKER, CLUSTER, EMBEDDED_KAFKA, PRODUCER, SPARK_MASTER, STREAM
from clickstream.errors import TopicNotFound
from clickstream.operate.parts.names import ALL, Parts, part_runs, running
from clickstream.operate.parts.used_settings import flags_in, with_flags
from clickstream.operate.start.attempt import StartAttempt
from clickstream.operate.start.backend import Backend, heaps_to_start
from clickstream.operate.start.cluster import SparkPlace, refuse_job_elsewhere
from clickstream.pipeline.broker_access import running_broker
from clickstream.pipeline.produce.produce import METADATA_DEADLINE_S, refuse_generator
from clickstream.pipeline.start.spark_access import refuse_too_little_memory
from clickstream.pipeline.start.start_checks import folder_checks, job_checks, refuse_machine, run_checks
from clickstream.runtime.java.jars import KAFKA, SPARK_KAFKA
from clickstream.runtime.machine.ports import refuse_port_in_use
from clickstream.runtime.processes.started import StartedProcess
from clickstream.runtime.spark_cluster.cluster import refuse_cluster_ports
from clickstream.settings import RuntimeSettings, Settings


def refuse_up(attempt: StartAttempt, backend: Backend, place: SparkPlace, parts: Parts = ALL) -> None:
    """Return only if what does not run yet of these parts can start, as far as no broker is needed.

    Jars are fetched here: without a network nothing is started.
    """
    settings = attempt.settings
    starts_job = STREAM in parts and running(STREAM, settings) is None
    starts_producer = PRODUCER in parts and running(PRODUCER, settings) is None
    starts_broker = BROKER in parts and backend != "external" and not part_runs(BROKER, settings)
    starts_cluster = CLUSTER in parts and place == "standalone" and running(SPARK_MASTER, settings) is None
    if starts_producer:
        refuse_generator(settings.generator, attempt.clock)
    if STREAM in parts:
        refuse_job_elsewhere(settings, place)
    if starts_cluster:
        refuse_too_little_memory("SPARK_WORKER_MEMORY", settings.runtime.spark_worker_memory)
    needs_spark = starts_job or starts_cluster
    needs_kafka = starts_broker and backend == "embedded"
    starts_any = starts_job or starts_producer or starts_broker or starts_cluster
    if starts_any:
        first_refusal(folder_checks(settings))
    if starts_job:
        first_refusal(job_checks(settings))
    if starts_any:
        heaps = heaps_to_start(settings, backend if starts_broker else None, job=starts_job)
        refuse_machine(settings, heaps, attempt.on_stage, java=needs_spark or needs_kafka)
    if starts_broker:
        _refuse_port(settings.runtime, backend)
    if starts_cluster:
        refuse_cluster_ports(settings.runtime)
    if needs_spark:
        attempt.jvm_parts(SPARK_KAFKA)
    if needs_kafka:
        attempt.jvm_parts(KAFKA)


def refuse_other_topic(settings: Settings, topic: TopicDescription) -> None:
    """Return only if the job runs already, or this is the topic that its run began with."""
    if running(STREAM, settings) is None:
        first_refusal(run_checks(settings, topic, landed=False))


def refuse_restart(attempt: StartAttempt, before: StartedProcess) -> None:
    """Return only if a part can start again with the settings of now; to be called before it is stopped."""
    settings = with_flags(attempt.settings, flags_in(before.command))
    first_refusal(folder_checks(settings))
    # Its memory is about to be free.
    refuse_machine(settings, [], attempt.on_stage, java=before.name != PRODUCER)
    if before.name == PRODUCER:
        refuse_generator(settings.generator, attempt.clock)
        ensure_topic(running_broker(settings), clock=attempt.clock, deadline_s=METADATA_DEADLINE_S)
    elif before.name == STREAM:
        first_refusal(job_checks(settings, runs=before.is_running()))
        attempt.jvm_parts(SPARK_KAFKA)
        with suppress(TopicNotFound):  # the job creates it
            first_refusal(run_checks(settings, describe_topic(running_broker(settings)), landed=False))
    elif before.name == EMBEDDED_KAFKA:
        attempt.jvm_parts(KAFKA)


def _refuse_port(runtime: RuntimeSettings, backend: Backend) -> None:
    embedded = backend == "embedded"
    field = "embedded_kafka_port" if embedded else "redpanda_port"
    if port := runtime.given_port(field):  # otherwise a free one is taken
        refuse_port_in_use(port, "the embedded broker" if embedded else "Redpanda", field.upper())
