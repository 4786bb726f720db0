"""The run that settings name: its folders and files, its topic, and the terms that a start asks for."""

import uuid
from collections.abc import Mapping
from pathlib import Path

from clickstream.broker.topics import TopicDescription, describe_topic
from clickstream.contract.run.layout import Layout
from clickstream.contract.run.terms import RunTerms
from clickstream.duration import Duration
from clickstream.errors import CouldNotCheck
from clickstream.settings import BrokerSettings, PathSettings, Settings, StreamSettings


def layout_of(paths: PathSettings) -> Layout:
    """The run's layout, absolute: parts that run in the background see the same files."""
    return Layout(
        output=paths.output.expanduser().absolute() / paths.run_id,
        checkpoint=paths.checkpoint.expanduser().absolute() / paths.run_id,
    )


def folders_of(paths: PathSettings) -> dict[str, Path]:
    """The folders that a pipeline writes to, by setting."""
    return {"STATE_PATH": paths.state, "OUTPUT_PATH": paths.output, "CHECKPOINT_PATH": paths.checkpoint}


def run_terms(settings: Settings, topic: TopicDescription | None = None) -> RunTerms:
    """The terms of these settings with a new run_id; without a topic id if no broker has answered yet."""
    topic_id = topic.topic_id if topic else ""
    return new_terms(settings.stream, settings.windows.of_tables(), settings.broker.topic, topic_id)


def new_terms(stream: StreamSettings, windows: Mapping[str, Duration], topic: str, topic_id: str) -> RunTerms:
    """The terms of a new run; `windows` has the length of the windows of each table, by table name."""
    return RunTerms(
        run_id=uuid.uuid4().hex,
        topic=topic,
        topic_id=topic_id,
        starting_offsets=stream.starting_offsets,
        windows_ms={table: length.milliseconds for table, length in windows.items()},
        watermark_delay_ms=stream.watermark_delay.milliseconds,
        shuffle_partitions=stream.shuffle_partitions,
        future_tolerance_ms=stream.future_tolerance.milliseconds,
    )


def topic_of_run(terms: RunTerms, broker: BrokerSettings) -> BrokerSettings:
    """This broker with the topic that a run reads, which may be another one than the current settings name.

    Raises:
        CouldNotCheck: the topic was deleted and created again.
    """
    source = broker.model_copy(update={"topic": terms.topic})
    found = describe_topic(source)
    if terms.topic_id and found.topic_id and found.topic_id != terms.topic_id:
        raise CouldNotCheck(
            f"Topic {terms.topic} of the broker at {source.bootstrap_servers} is not the one that this run "
            f"read: it was deleted and created again (id {found.topic_id}, the run read {terms.topic_id}).",
            next_step="Set KAFKA_BOOTSTRAP_SERVERS to the broker that has the run's topic.",
        )
    return source
