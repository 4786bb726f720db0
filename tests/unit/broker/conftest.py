"""librdkafka's own mock cluster: a broker inside the client, made in milliseconds."""

import uuid

import pytest
from confluent_kafka import Producer

from clickstream.broker.config import LOG
from clickstream.settings import BrokerSettings


@pytest.fixture(scope="session")
def mock_cluster():
    """The address of a cluster that makes a topic of four partitions out of every name it hears."""
    owner = Producer({"bootstrap.servers": "unused", "test.mock.num.brokers": 1, "logger": LOG})
    (broker,) = owner.list_topics(timeout=10).brokers.values()
    yield f"{broker.host}:{broker.port}"
    owner.close()


@pytest.fixture
def broker_settings(mock_cluster):
    """Builds settings for the mock cluster, each with a topic of its own; a test names what matters."""

    def build(**fields):
        fields = {"bootstrap_servers": mock_cluster, "topic": f"t-{uuid.uuid4().hex[:12]}", **fields}
        return BrokerSettings.model_construct(**fields)

    return build
