"""Whatever is given wherever, exactly that is read, and arrives where it acts."""

from pathlib import Path

import pytest
from hypothesis import given as for_any
from hypothesis import settings as hypothesis_settings

from clickstream.broker.config import client_properties, consumer_properties, producer_properties
from clickstream.pipeline.broker_access import addressed
from clickstream.pipeline.run import layout_of
from clickstream.settings import SETTINGS
from clickstream.stream.connection import connection_options
from clickstream.stream.session.spark_conf import ClusterAccess, spark_conf
from random_settings import VALUES, GivenSettings, given_settings

any_settings = for_any(given=given_settings())
without_deadline = hypothesis_settings(deadline=None)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("at-random")


def test_every_setting_is_among_those_that_are_changed() -> None:
    assert list(VALUES) == list(SETTINGS)


@any_settings
@without_deadline
def test_exactly_what_is_given_is_read_and_said_to_come_from_where_it_does(
    folder: Path, given: GivenSettings
) -> None:
    settings, sources = given.load(folder)
    for name, each in SETTINGS.items():
        won = given.winning(name)
        read = (each.value_in(settings), sources[name])
        assert read == (given.meaning(name), "default" if won is None else won[1]), name


@any_settings
@without_deadline
def test_clients_of_the_broker_are_told_what_is_given(folder: Path, given: GivenSettings) -> None:
    broker = given.load(folder)[0].broker
    if not broker.bootstrap_servers:
        broker = broker.model_copy(update={"bootstrap_servers": "127.0.0.1:9092"})
    protocol, login = str(given.meaning("KAFKA_SECURITY_PROTOCOL")), given.meaning("KAFKA_SASL_PASSWORD")
    expected: dict[str, object] = {
        "bootstrap.servers": given.meaning("KAFKA_BOOTSTRAP_SERVERS") or "127.0.0.1:9092",
        "security.protocol": protocol,
    }
    if protocol.startswith("SASL_"):
        expected |= {
            "sasl.mechanism": given.meaning("KAFKA_SASL_MECHANISM"),
            "sasl.username": given.meaning("KAFKA_SASL_USERNAME"),
            "sasl.password": login.get_secret_value(),  # type: ignore[attr-defined]
        }
    if protocol.endswith("SSL") and given.meaning("KAFKA_SSL_CA_LOCATION"):
        expected["ssl.ca.location"] = str(given.meaning("KAFKA_SSL_CA_LOCATION"))
    for properties in (client_properties, consumer_properties, producer_properties):
        assert expected.items() <= properties(broker).items()
    producer = producer_properties(broker)
    assert producer["acks"] == given.meaning("MSG_ACKS")
    assert producer["compression.type"] == given.meaning("MSG_COMPRESSION")
    assert producer["delivery.timeout.ms"] == given.meaning("MSG_DELIVERY_TIMEOUT").milliseconds  # type: ignore[attr-defined]
    # A broker of our own is spoken to in the clear, whatever is set for another one.
    assert addressed(broker, "127.0.0.1:1").security_protocol == "PLAINTEXT"


@any_settings
@without_deadline
def test_sparks_source_is_told_the_same_address_and_way_in(folder: Path, given: GivenSettings) -> None:
    broker = given.load(folder)[0].broker.model_copy(update={"ssl_ca_location": None})
    options = connection_options(broker)
    protocol = given.meaning("KAFKA_SECURITY_PROTOCOL")
    assert options["kafka.bootstrap.servers"] == given.meaning("KAFKA_BOOTSTRAP_SERVERS")
    assert options.get("kafka.security.protocol", "PLAINTEXT") == protocol
    if str(protocol).startswith("SASL_"):
        assert options["kafka.sasl.mechanism"] == given.meaning("KAFKA_SASL_MECHANISM")


@any_settings
@without_deadline
def test_spark_is_told_what_is_given(folder: Path, given: GivenSettings) -> None:
    loaded, _ = given.load(folder)
    access = ClusterAccess("1g", 1, 1, on_this_machine=False)
    conf = spark_conf(
        loaded.stream, jars=[], scratch=Path("/scratch"), ui_port=None, short_run=False, cluster=access
    )
    expected = {
        "spark.app.name": given.meaning("SPARK_APP_NAME"),
        "spark.master": given.meaning("SPARK_MASTER_URL"),
        "spark.driver.memory": given.meaning("SPARK_DRIVER_MEMORY"),
        "spark.sql.shuffle.partitions": str(given.meaning("SPARK_SQL_SHUFFLE_PARTITIONS")),
        "spark.log.level": given.meaning("SPARK_LOG_LEVEL"),
    }
    assert expected.items() <= conf.items()
    assert conf.get("spark.driver.host", "") == given.meaning("SPARK_DRIVER_HOST")


@any_settings
@without_deadline
def test_a_run_lies_where_is_given(folder: Path, given: GivenSettings) -> None:
    layout = layout_of(given.load(folder)[0].paths)
    for place, name in ((layout.output, "OUTPUT_PATH"), (layout.checkpoint, "CHECKPOINT_PATH")):
        asked = given.meaning(name)
        assert isinstance(asked, Path)
        assert place == Path.cwd() / asked / str(given.meaning("RUN_ID"))
