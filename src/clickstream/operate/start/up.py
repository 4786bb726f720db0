"""Start the pipeline in the background, and return when every part has really answered."""

from collections.abc import Iterator, Mapping

from clickstream.broker.topic_config import compaction_warning
from clickstream.broker.topics import ensure_topic
from clickstream.contract.part_names import BROKER, CLUSTER, PRODUCER, STREAM
from clickstream.contract.progress import RunningPart
from clickstream.errors import UsageError, writing
from clickstream.operate.parts.control import operating
from clickstream.operate.parts.differences import as_they_run
from clickstream.operate.parts.names import ALL, Parts, in_order, part_runs, with_needed
from clickstream.operate.start.attempt import StartAttempt
from clickstream.operate.start.backend import chosen_backend
from clickstream.operate.start.broker import ensured_broker
from clickstream.operate.start.cluster import ensured_cluster, job_flags, wanted_place
from clickstream.operate.start.producer_and_job import ensured_producer_and_job
from clickstream.operate.start.refusals import refuse_other_topic, refuse_up
from clickstream.pipeline.broker_access import addressed
from clickstream.pipeline.produce.produce import METADATA_DEADLINE_S
from clickstream.pipeline.run import layout_of
from clickstream.runtime.kafka.docker import ask_engine
from clickstream.settings import Settings


def up(
    attempt: StartAttempt,
    *,
    parts: Parts = ALL,
    producer_flags: Mapping[str, str] | None = None,
    spark: str | None = None,
) -> list[RunningPart]:
    """Start what does not run yet of these parts and of those that they need; leaves alone what runs.

    All parts are broker with topic, producer and job, and a Spark cluster if the job runs on one. What can be
    refused without a broker is refused before anything starts. Returns the parts in the order in which
    records pass them, each with what it did to show that it works.
    """
    settings, state, on_stage = attempt.settings, attempt.state, attempt.on_stage
    flags = producer_flags or {}
    if flags and PRODUCER not in parts:
        raise UsageError(
            f"{' '.join(flags)} is for the producer, which is not among the named parts.",
            next_step="Leave it out, or name the producer.",
        )
    place = wanted_place(spark, settings, parts)
    chosen = with_needed(parts, cluster=place == "standalone")
    next_step = "Make it writable, or set STATE_PATH to another folder."
    with writing(f"The state folder {state}", next_step=next_step):
        state.mkdir(parents=True, exist_ok=True)
        with operating(state), attempt.undo as undo:
            backend = chosen_backend(settings, ask_engine) if BROKER in chosen else None
            refuse_up(attempt, backend.name if backend else "external", place, chosen)
            for line in _needed(parts, chosen, settings):
                on_stage(line)
            brokers = [] if backend is None else [ensured_broker(attempt, backend)]
            for broker in brokers:
                there = addressed(settings.broker, broker.address)
                topic = ensure_topic(there, clock=attempt.clock, deadline_s=METADATA_DEADLINE_S)
                if STREAM in chosen:
                    refuse_other_topic(settings, topic)
                    if warning := compaction_warning(there, layout_of(settings.paths)):
                        on_stage(f"warning: {warning}")
            cluster = ensured_cluster(attempt, place) if CLUSTER in chosen else []
            others = ensured_producer_and_job(
                attempt,
                flags,
                job_flags(cluster),
                broker_is_new=any(broker.started_now for broker in brokers),
                parts=chosen,
            )
            undo.pop_all()
            return as_they_run([*brokers, *cluster, *others], settings, flags)


def _needed(parts: Parts, chosen: Parts, settings: Settings) -> Iterator[str]:
    """What is started without being named, because a named part needs it."""
    for part in in_order(chosen - parts):
        given = part == BROKER and settings.broker.bootstrap_servers
        if not (given or part_runs(part, settings)):
            yield f"{part} starts too: {' and '.join(in_order(parts - {BROKER, CLUSTER}))} needs it"
