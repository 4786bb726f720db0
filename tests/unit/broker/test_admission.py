"""When a broker's answer is final, and when the next try may still succeed."""

import pytest
from confluent_kafka import KafkaError

from clickstream.broker.admission import HANGING_UP_S, ConnectionErrors
from clickstream.settings import BrokerSettings
from clickstream.testing import ManualClock

SETTINGS = BrokerSettings.model_construct(
    bootstrap_servers="127.0.0.1:9092", security_protocol="SASL_SSL", sasl_username="ann"
)
ALL_DOWN = KafkaError(KafkaError._ALL_BROKERS_DOWN, "1/1 brokers are down")
NOBODY_THERE = KafkaError(KafkaError._TRANSPORT, "Connect to ipv4#127.0.0.1:9092 failed: Connection refused")
HUNG_UP = KafkaError(
    KafkaError._TRANSPORT, "SSL handshake failed: Disconnected: connecting to a PLAINTEXT broker?"
)


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def errors(clock):
    return ConnectionErrors(clock)


def refusal(errors):
    found = errors.refusal(SETTINGS, "looking")
    return found and found.sentence


def test_nothing_heard_is_no_refusal(errors):
    assert refusal(errors) is None


@pytest.mark.parametrize(
    ("code", "text", "sentence"),
    [
        (
            KafkaError._AUTHENTICATION,
            "sasl_ssl://127.0.0.1:9092/bootstrap: SASL authentication error: Authentication failed: "
            "Invalid username or password (after 302ms in state AUTH_REQ)",
            "The broker at 127.0.0.1:9092 refused the login of KAFKA_SASL_USERNAME=ann while looking: "
            "SASL authentication error: Authentication failed: Invalid username or password.",
        ),
        (
            KafkaError._AUTHENTICATION,
            "sasl_ssl://127.0.0.1:9092/bootstrap: SASL SCRAM-SHA-256 mechanism handshake failed: Broker: "
            "Unsupported SASL mechanism: broker's supported mechanisms: PLAIN (after 1ms in state AUTH)",
            "The broker at 127.0.0.1:9092 does not support KAFKA_SASL_MECHANISM=SCRAM-SHA-256 while "
            "looking: SASL SCRAM-SHA-256 mechanism handshake failed: Broker: Unsupported SASL mechanism: "
            "broker's supported mechanisms: PLAIN.",
        ),
        (
            KafkaError._SSL,
            "ssl://127.0.0.1:9092/bootstrap: SSL handshake failed: certificate verify failed (after 3ms)",
            "The certificate of the broker at 127.0.0.1:9092 is not trusted by "
            "the system's authorities while looking: SSL handshake failed: certificate verify failed.",
        ),
    ],
)
def test_a_wrong_login_and_a_wrong_certificate_are_final_at_once(errors, code, text, sentence):
    errors(KafkaError(code, text))
    errors(ALL_DOWN)
    assert refusal(errors) == sentence


@pytest.mark.parametrize("heard", [HUNG_UP, ALL_DOWN])
def test_a_broker_that_hangs_up_for_as_long_as_none_does_that_starts_speaks_another_protocol(
    errors, clock, heard
):
    errors(heard)
    clock.sleep(HANGING_UP_S - 0.1)
    errors(heard)
    assert refusal(errors) is None
    clock.sleep(0.1)
    assert "another protocol than KAFKA_SECURITY_PROTOCOL=SASL_SSL" in refusal(errors)


def test_where_nobody_listens_waiting_goes_on_until_the_deadline(errors, clock):
    for _ in range(30):
        errors(NOBODY_THERE)
        errors(ALL_DOWN)
        clock.sleep(1)
        errors(NOBODY_THERE)
    assert refusal(errors) is None


def test_a_broker_that_went_away_and_hangs_up_as_it_comes_back_is_given_its_time_anew(errors, clock):
    errors(HUNG_UP)
    clock.sleep(4)
    errors(NOBODY_THERE)
    errors(HUNG_UP)
    clock.sleep(4)
    assert refusal(errors) is None
