"""A broker, a Spark session and a topic for a block of code."""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from clickstream.broker.topics import delete_topic, ensure_topic
from clickstream.clock import SystemClock
from clickstream.errors import UsageError
from clickstream.pipeline.broker_access import JvmParts, jvm_parts, owned_broker
from clickstream.runtime.java.jars import KAFKA, SPARK_KAFKA
from clickstream.runtime.machine.temporary_folder import temporary_folder
from clickstream.settings import BrokerSettings, Settings, load
from clickstream.testing.given import PARTITIONS, declared, stream_settings
from clickstream.testing.topics import Topic

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@contextmanager
def broker(folder: Path | None = None) -> Iterator[str]:
    """An Apache Kafka of its own on a free port of 127.0.0.1, for the block; its address.

    The first one ever downloads Kafka's jars, 43 MB, into the kit's cache.

    Args:
        folder: where it keeps its data and its log; by default a folder that goes with the block.

    Raises:
        JavaNotFound: there is no Java 17 or 21.
        JarsUnavailable: a jar cannot be fetched.
        PartDidNotStart: the broker ended, or did not answer in time.
    """
    with _folder(folder) as state:
        settings, _ = load({"STATE_PATH": state, "EMBEDDED_KAFKA_PORT": 0})
        with owned_broker(settings, _jvm(settings, KAFKA), SystemClock()) as started:
            yield started.bootstrap_servers


@contextmanager
def spark_session(
    folder: Path | None = None, *, properties: Mapping[str, str] | None = None, **given: object
) -> Iterator["SparkSession"]:
    """A Spark session with the Kafka connector, in UTC, for the block; one at a time per process.

    Its JVM compiles for short runs, which pays below about a minute of work.

    Args:
        folder: where it keeps its log; by default a folder that goes with the block.
        properties: further properties of Spark; the kit's own win.
        given: settings of the kit by name, such as `SPARK_DRIVER_MEMORY="2g"`.

    Raises:
        UsageError: this process has a JVM of Spark already.
        JavaNotFound: there is no Java 17 or 21.
        JarsUnavailable: a jar cannot be fetched.
        PartDidNotStart: the JVM or the session did not come up.
    """
    from clickstream.stream.session.session import close_session, open_session

    _refuse_second_spark()
    with _folder(folder) as state:
        settings, _ = load({"STATE_PATH": state})
        jvm = _jvm(settings, SPARK_KAFKA)
        further = state / "further.conf"
        further.write_text("".join(f"{name} {value}\n" for name, value in (properties or {}).items()))
        options = {"SPARK_DRIVER_JAVA_OPTIONS": settings.stream.driver_java_options}  # of this machine
        session = open_session(
            stream_settings(options | given),
            java_home=jvm.java.path,
            jars=jvm.jars,
            log_file=state / "spark.log",
            short_run=True,
            properties=[further],
            temporary=temporary_folder(state),
        )
        try:
            yield session
        finally:
            close_session(session)


@contextmanager
def topic(bootstrap_servers: str, *, name: str = "", partitions: int = 1) -> Iterator[Topic]:
    """A topic for the block, deleted at its end.

    Args:
        bootstrap_servers: the broker's address.
        name: by default one that nothing else has.
        partitions: how many.

    Raises:
        BrokerUnavailable: the broker does not answer.
        TopicNotFound: a topic of this name exists with another number of partitions.
    """
    settings = declared(
        BrokerSettings,
        {
            "KAFKA_BOOTSTRAP_SERVERS": bootstrap_servers,
            "KAFKA_TOPIC": name or f"story-{uuid.uuid4().hex[:12]}",
            PARTITIONS: partitions,
        },
    )
    description = ensure_topic(settings)
    try:
        yield Topic(settings, description.topic_id)
    finally:
        delete_topic(settings)


def _refuse_second_spark() -> None:
    from pyspark import SparkContext

    # PySpark keeps the JVM of a session that was stopped, and would put the next session there.
    if SparkContext._gateway is not None:
        raise UsageError(
            "This process has a JVM of Spark already, and Spark cannot start another one.",
            next_step="Run these tests in another run of pytest, or override the fixture clickstream_spark to"
            " return your session, which needs the Kafka connector.",
        )


def _jvm(settings: Settings, lock: str) -> JvmParts:
    return jvm_parts(settings, lock)


@contextmanager
def _folder(given: Path | None) -> Iterator[Path]:
    if given is not None:
        given.mkdir(parents=True, exist_ok=True)
        yield given
        return
    with TemporaryDirectory(prefix="clickstream-", ignore_cleanup_errors=True) as made:
        yield Path(made)
