"""One real Kafka for all tests of a session, and a throwaway topic for each test."""

import logging
import uuid

import pytest
from confluent_kafka.admin import AdminClient, NewTopic

from clickstream.runtime import jars
from clickstream.runtime.embedded_kafka import EmbeddedKafka
from clickstream.runtime.java import find_java
from clickstream.settings import load

SILENT = logging.getLogger("tests.broker.silent")
SILENT.addHandler(logging.NullHandler())
SILENT.propagate = False


def admin(bootstrap_servers):
    return AdminClient(
        {"bootstrap.servers": bootstrap_servers, "reconnect.backoff.max.ms": 100, "logger": SILENT}
    )


def probe(bootstrap_servers):
    if not admin(bootstrap_servers).list_topics(timeout=1).brokers:
        raise RuntimeError("no broker in the metadata")


@pytest.fixture(scope="session")
def runtime_settings():
    return load()[0]


@pytest.fixture(scope="session")
def java(runtime_settings):
    return find_java(runtime_settings.runtime.java_home, insist=False)


@pytest.fixture(scope="session")
def kafka_jars(runtime_settings):
    return jars.resolve(jars.KAFKA, jars.cache_folder(runtime_settings.paths.cache))


@pytest.fixture(scope="session")
def bootstrap_servers(java, kafka_jars, tmp_path_factory):
    state = tmp_path_factory.mktemp("broker")
    with EmbeddedKafka(java=java, jars=kafka_jars, state=state, probe=probe) as kafka:
        yield kafka.bootstrap_servers


@pytest.fixture
def topic(bootstrap_servers):
    """The name of a new topic with three partitions that no other test uses."""
    name = f"test-{uuid.uuid4().hex[:12]}"
    created = admin(bootstrap_servers).create_topics([NewTopic(name, num_partitions=3, replication_factor=1)])
    created[name].result(timeout=10)
    return name
