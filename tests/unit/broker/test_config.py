"""Our names in librdkafka's words."""

from pathlib import Path

import pytest
from confluent_kafka import Producer
from pydantic import SecretStr

from clickstream.broker.config import (
    acks_warning,
    client_properties,
    consumer_properties,
    producer_properties,
)
from clickstream.errors import SettingInvalid
from clickstream.settings import BrokerSettings


def settings(**fields: object) -> BrokerSettings:
    return BrokerSettings.model_construct(**{"bootstrap_servers": "127.0.0.1:9092", **fields})


@pytest.mark.parametrize(("acks", "idempotent"), [("0", False), ("1", False), ("all", True)])
@pytest.mark.acts("MSG_ACKS")
def test_acks_act_and_only_all_is_idempotent(acks, idempotent):
    properties = producer_properties(settings(acks=acks))
    assert properties["acks"] == acks
    assert properties["enable.idempotence"] is idempotent


@pytest.mark.parametrize("compression", ["none", "gzip", "lz4", "snappy", "zstd"])
@pytest.mark.acts("MSG_COMPRESSION")
def test_compression_acts_and_librdkafka_takes_it(compression):
    properties = producer_properties(settings(compression=compression))
    assert properties["compression.type"] == compression
    Producer(properties).close()


@pytest.mark.parametrize(
    ("addresses", "family"),
    [
        ("127.0.0.1:9092", "v4"),
        ("localhost:9092, 127.0.0.1:9093", "v4"),
        ("[::1]:9092", "any"),
        ("localhost:9092,kafka.internal:9092", "any"),
    ],
)
def test_loopback_is_spoken_to_by_its_ipv4_address(addresses, family):
    assert client_properties(settings(bootstrap_servers=addresses))["broker.address.family"] == family


@pytest.mark.acts("KAFKA_BOOTSTRAP_SERVERS")
def test_every_client_is_told_the_addresses_without_the_blanks_between_them():
    spaced = settings(bootstrap_servers="one:9092, two:9093")
    for properties in (client_properties, producer_properties, consumer_properties):
        assert properties(spaced)["bootstrap.servers"] == "one:9092,two:9093"


@pytest.mark.parametrize("addresses", ["", " ", ","])
def test_no_address_is_refused_by_the_settings_name(addresses):
    with pytest.raises(SettingInvalid, match="KAFKA_BOOTSTRAP_SERVERS"):
        client_properties(settings(bootstrap_servers=addresses))


def test_a_reader_commits_nothing_and_never_jumps_over_lost_offsets():
    properties = consumer_properties(settings())
    assert properties["enable.auto.commit"] is False
    assert properties["auto.offset.reset"] == "error"


def test_librdkafkas_own_lines_go_to_logging_and_not_to_stderr(capfd, caplog):
    with caplog.at_level("DEBUG", logger="clickstream.broker.librdkafka"):
        # Port 1 is closed: librdkafka says so in its log.
        producer = Producer(producer_properties(settings(bootstrap_servers="127.0.0.1:1")))
        for _ in range(100):
            producer.poll(0.05)
            if caplog.records:
                break
        producer.close()
    assert "127.0.0.1:1" in caplog.text
    assert capfd.readouterr() == ("", "")


LOGIN = {"sasl_username": "ann", "sasl_password": SecretStr("a secret"), "sasl_mechanism": "SCRAM-SHA-512"}


@pytest.mark.parametrize(
    ("protocol", "said"),
    [
        ("PLAINTEXT", {}),
        ("SSL", {"ssl.ca.location": "ca.pem"}),
        (
            "SASL_PLAINTEXT",
            {"sasl.mechanism": "SCRAM-SHA-512", "sasl.username": "ann", "sasl.password": "a secret"},
        ),
        (
            "SASL_SSL",
            {
                "sasl.mechanism": "SCRAM-SHA-512",
                "sasl.username": "ann",
                "sasl.password": "a secret",
                "ssl.ca.location": "ca.pem",
            },
        ),
    ],
)
@pytest.mark.acts(
    "KAFKA_SECURITY_PROTOCOL",
    "KAFKA_SASL_MECHANISM",
    "KAFKA_SASL_USERNAME",
    "KAFKA_SASL_PASSWORD",
    "KAFKA_SSL_CA_LOCATION",
)
def test_each_protocol_is_told_what_it_needs_and_no_more(protocol, said):
    properties = client_properties(
        settings(security_protocol=protocol, ssl_ca_location=Path("ca.pem"), **LOGIN)
    )
    of_security = {
        name: value for name, value in properties.items() if name.startswith(("sasl.", "ssl.", "security."))
    }
    assert of_security == {"security.protocol": protocol, **said}


def test_without_a_file_of_authorities_those_of_the_system_are_trusted():
    assert "ssl.ca.location" not in client_properties(settings(security_protocol="SSL"))


def test_all_keeps_every_guarantee():
    assert acks_warning(BrokerSettings.model_construct(acks="all")) == ()


@pytest.mark.parametrize(
    ("acks", "said"), [("0", "can be lost unnoticed"), ("1", "can be lost with the leader")]
)
def test_fewer_acknowledgements_say_what_may_be_lost_and_that_retries_may_double(acks, said):
    (line,) = acks_warning(BrokerSettings.model_construct(acks=acks))
    assert line.startswith(f"MSG_ACKS={acks}: ")
    assert said in line
    assert "twice or out of order" in line
