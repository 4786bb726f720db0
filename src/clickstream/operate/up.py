"""Start the pipeline in the background, and return when every part has really answered."""

from filelock import FileLock, Timeout

from clickstream.broker.topics import ensure_topic
from clickstream.clock import Clock
from clickstream.contract.progress import RunningPart
from clickstream.errors import FolderNotWritable, RunInProgress
from clickstream.operate.backend import chosen_backend
from clickstream.operate.before_start import refuse_other_topic, refuse_up
from clickstream.operate.broker_part import ensured_broker
from clickstream.operate.cluster_part import ensured_cluster, job_arguments, wanted_place
from clickstream.operate.differences import as_they_run
from clickstream.operate.producer_and_job import ensured_producer_and_job
from clickstream.operate.undertaking import Undertaking
from clickstream.operate.used_settings import flags_of
from clickstream.pipeline.broker_access import Stage, addressed, jvm_parts
from clickstream.pipeline.compaction import compaction_warning
from clickstream.pipeline.places import layout_of
from clickstream.pipeline.produce import METADATA_DEADLINE_S
from clickstream.runtime.docker import ask_engine
from clickstream.runtime.jars import SPARK_KAFKA, Progress
from clickstream.settings import Settings


def up(
    settings: Settings,
    *,
    producer_arguments: tuple[str, ...] = (),
    spark: str | None = None,
    clock: Clock,
    on_stage: Stage,
    on_download: Progress,
) -> list[RunningPart]:
    """Start what does not run yet: broker, topic, Spark cluster, producer, job; leaves alone what runs.

    What can be refused without a broker is refused before anything starts. Returns the parts in the order in
    which records pass them, each with what it did to show that it works.

    Raises:
        UsageError: a setting is wrong or does not fit the run that began here, or that run is damaged.
        RunInProgress: another `up` or `down` is at work in this state folder, or the job runs elsewhere.
        PartDidNotStart: a part ended or gave no answer in time; everything that this call started is
            stopped again, and the error has the last lines of its log.
    """
    undertaking = Undertaking(settings, clock, on_stage, on_download)
    place = wanted_place(spark, settings)
    state = undertaking.state
    try:
        state.mkdir(parents=True, exist_ok=True)
        with FileLock(state / "operating.lock", blocking=False), undertaking.undo as undo:
            backend = chosen_backend(settings, ask_engine)
            refuse_up(undertaking, backend.name, place)
            broker = ensured_broker(undertaking, backend)
            topic = ensure_topic(
                addressed(settings.broker, broker.address), clock=clock, deadline_s=METADATA_DEADLINE_S
            )
            refuse_other_topic(settings, topic)
            warning = compaction_warning(
                addressed(settings.broker, broker.address), layout_of(settings.paths)
            )
            if warning:
                on_stage(f"warning: {warning}")
            jvm_parts(settings, SPARK_KAFKA, on_stage=on_stage, on_download=on_download)
            cluster = ensured_cluster(undertaking, place)
            parts = ensured_producer_and_job(
                undertaking,
                producer_arguments,
                job_arguments(cluster),
                broker_is_new=broker.started_now,
            )
            undo.pop_all()
            return as_they_run([broker, *cluster, *parts], settings, flags_of(producer_arguments))
    except Timeout as error:
        raise RunInProgress(
            f"Another command is starting or stopping the pipeline in {state}.",
            next_step="Wait until it has ended.",
        ) from error
    except OSError as error:
        raise FolderNotWritable(
            f"The state folder {state} cannot be written: {error.strerror or error}.",
            next_step="Make it writable, or set STATE_PATH to another folder.",
        ) from error
