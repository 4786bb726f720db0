"""One real Kafka for all tests of a session, and a throwaway topic for each test that asks for one."""

import uuid

import pytest

from clickstream.broker.probe import probe
from clickstream.broker.topics import ensure_topic
from clickstream.runtime.java import jars
from clickstream.runtime.java.find import find_java
from clickstream.runtime.java.lockfile import read_lock
from clickstream.runtime.kafka.embedded import EmbeddedKafka
from clickstream.settings import BrokerSettings, load


@pytest.fixture(scope="session")
def java():
    return find_java(load()[0].runtime.java_home)


@pytest.fixture(scope="session")
def kafka_jars():
    return jars.resolve(read_lock(jars.KAFKA), jars.cache_folder(load()[0].paths.cache))


@pytest.fixture(scope="session")
def new_broker(java, kafka_jars):
    """Builds an embedded broker on a state folder, not started; free port unless the test asks for one."""

    def build(state, port=0, **options):
        settings = load({"EMBEDDED_KAFKA_PORT": port})[0].runtime
        return EmbeddedKafka(settings, java=java, jars=kafka_jars, state=state, **{"probe": probe} | options)

    return build


@pytest.fixture(scope="session")
def bootstrap_servers(new_broker, tmp_path_factory):
    """The address of a broker that all tests of the session share."""
    with new_broker(tmp_path_factory.mktemp("broker")) as kafka:
        yield kafka.bootstrap_servers


@pytest.fixture
def topic(bootstrap_servers):
    """The name of a new topic with three partitions that no other test uses."""
    name = f"test-{uuid.uuid4().hex[:12]}"
    ensure_topic(
        BrokerSettings.model_construct(bootstrap_servers=bootstrap_servers, topic=name, partitions=3)
    )
    return name
