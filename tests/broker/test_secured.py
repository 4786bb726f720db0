"""A real Kafka behind TLS and logins: who is let in, and what those are told who are not."""

import uuid

import pytest

from clickstream.broker.config import LOG
from clickstream.broker.producing import RecordProducer
from clickstream.broker.reading import read_ranges
from clickstream.broker.topics import describe_topic, ensure_topic, offset_ranges
from clickstream.contract.records import OutgoingRecords
from clickstream.errors import BrokerRefused
from clickstream.pipeline.broker_access import JvmParts
from secured_kafka import PASSWORD, USER, secured_kafka

WRONG = "not-the-password-7c1f"


@pytest.fixture(scope="module")
def kafka(java, kafka_jars, tmp_path_factory):
    with secured_kafka(JvmParts(java, tuple(kafka_jars)), tmp_path_factory.mktemp("secured")) as started:
        yield started


def refusal(settings) -> BrokerRefused:
    with pytest.raises(BrokerRefused) as caught:
        describe_topic(settings)
    return caught.value


@pytest.mark.parametrize(
    ("protocol", "mechanism"),
    [
        ("SSL", "PLAIN"),
        *(
            (protocol, mechanism)
            for protocol in ("SASL_SSL", "SASL_PLAINTEXT")
            for mechanism in ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")
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
def test_records_go_in_and_come_back_by_every_way_in_and_the_password_is_in_no_log(
    kafka, caplog, capfd, protocol, mechanism
):
    settings = kafka.settings(
        protocol, KAFKA_SASL_MECHANISM=mechanism, KAFKA_TOPIC=f"t-{uuid.uuid4().hex}", KAFKA_PARTITIONS="1"
    )
    with caplog.at_level("DEBUG", logger=LOG.name):
        ensure_topic(settings)
        producer = RecordProducer(settings)
        producer.send(OutgoingRecords([b"one", b"two"], [None, None], [0, 0], [1, 2]))
        assert producer.finish(30).acknowledged == 2, producer.first_error
        came_back = [
            value for part in read_ranges(settings, offset_ranges(settings)) for value in part.values
        ]
    assert came_back == [b"one", b"two"]
    assert PASSWORD not in caplog.text + "".join(capfd.readouterr()) + repr(settings)


# 15 s are the promise; librdkafka alone would go on trying until the deadline of 20 s.
@pytest.mark.timeout(15)
@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"])
@pytest.mark.parametrize(
    ("setting", "value"), [("KAFKA_SASL_PASSWORD", WRONG), ("KAFKA_SASL_USERNAME", "nobody")]
)
def test_a_wrong_login_is_refused_once_and_neither_password_is_told(kafka, mechanism, setting, value):
    error = refusal(kafka.settings(KAFKA_SASL_MECHANISM=mechanism, **{setting: value}))
    user = value if setting == "KAFKA_SASL_USERNAME" else USER
    assert f"refused the login of KAFKA_SASL_USERNAME={user} while describing topic events" in error.sentence
    assert setting in error.next_step
    told = f"{error.sentence} {error.next_step} {error.details} {error!r}"
    assert WRONG not in told
    assert PASSWORD not in told


@pytest.mark.timeout(15)
def test_a_certificate_of_an_authority_that_is_not_trusted_names_the_file_of_those_that_are(kafka):
    another = str(kafka.certificates.another_authority)
    error = refusal(kafka.settings(KAFKA_SSL_CA_LOCATION=another))
    assert "certificate" in error.sentence
    assert another in error.sentence
    assert "KAFKA_SSL_CA_LOCATION" in error.next_step


@pytest.mark.timeout(15)
def test_an_authority_of_ones_own_is_not_among_those_of_the_system(kafka):
    error = refusal(kafka.settings(KAFKA_SSL_CA_LOCATION=""))
    assert "the system's authorities" in error.sentence


@pytest.mark.timeout(15)
def test_a_broker_by_a_name_that_its_certificate_lacks_is_not_trusted(kafka):
    address = kafka.addresses["SASL_SSL"].replace("127.0.0.1", "localhost")
    error = refusal(kafka.settings(KAFKA_BOOTSTRAP_SERVERS=address))
    assert "certificate" in error.sentence
    assert "a name that it was issued for" in error.next_step


@pytest.mark.timeout(15)
@pytest.mark.parametrize(
    ("ours", "listener"),
    [
        ("PLAINTEXT", "SSL"),
        ("SSL", "PLAINTEXT"),
        ("SSL", "SASL_SSL"),
        ("SASL_SSL", "SSL"),
    ],
)
def test_a_listener_of_another_protocol_is_told_by_the_setting(kafka, ours, listener):
    error = refusal(kafka.settings(ours, KAFKA_BOOTSTRAP_SERVERS=kafka.addresses[listener]))
    assert kafka.addresses[listener] in error.sentence
    assert "KAFKA_SECURITY_PROTOCOL" in error.next_step
