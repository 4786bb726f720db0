"""What docs/production.md tells to set is what lets a client in, and what it quotes is what is said."""

import re

import pytest
from confluent_kafka import KafkaError

from certificates import make_certificates
from clickstream.broker import admission
from clickstream.broker.config import client_properties
from clickstream.broker.failures import wrapped
from clickstream.settings import load
from clickstream.testing import ManualClock
from repo.project import ROOT, SHELL_BLOCK, settings

TEXT = (ROOT / "docs" / "production.md").read_text()
EXPORT = re.compile(r"^export (\w+)=(\S+)$", re.MULTILINE)
SAID = re.compile(r"^\| ([a-z ]+) \| (.*`KAFKA_.*) \|$", re.MULTILINE)


@pytest.fixture
def exported(tmp_path, monkeypatch):
    for name in settings():
        monkeypatch.delenv(name, raising=False)
    given = dict(pair for block in SHELL_BLOCK.findall(TEXT) for pair in EXPORT.findall(block))
    return given | {
        "KAFKA_SSL_CA_LOCATION": str(make_certificates(tmp_path).authority),
        "KAFKA_SASL_PASSWORD": "typed",  # the document reads it from the terminal
    }


@pytest.mark.acts("KAFKA_BOOTSTRAP_SERVERS")
def test_the_exported_settings_are_known_and_reach_the_client(exported):
    assert set(exported) <= set(settings())
    told = client_properties(load(exported, dotenv=ROOT / "no-such.env")[0].broker)
    assert told["bootstrap.servers"] == exported["KAFKA_BOOTSTRAP_SERVERS"]
    assert told["security.protocol"] == exported["KAFKA_SECURITY_PROTOCOL"]
    assert told["sasl.mechanism"] == exported["KAFKA_SASL_MECHANISM"]
    assert told["sasl.username"] == exported["KAFKA_SASL_USERNAME"]
    assert told["ssl.ca.location"] == exported["KAFKA_SSL_CA_LOCATION"]


def test_every_protocol_and_mechanism_is_in_the_document():
    for name in ("KAFKA_SECURITY_PROTOCOL", "KAFKA_SASL_MECHANISM"):
        for value in settings()[name].annotation.__args__:
            assert f"`{value}`" in TEXT


def test_what_the_document_quotes_is_what_a_refused_client_is_told(exported):
    broker = load(exported, dotenv=ROOT / "no-such.env")[0].broker
    errors = [
        KafkaError(KafkaError._AUTHENTICATION, "SASL authentication error: no"),
        KafkaError(KafkaError._AUTHENTICATION, "SASL PLAIN mechanism handshake failed: no"),
        KafkaError(KafkaError._SSL, "certificate verify failed"),
    ]
    told = " ".join(f"{wrapped(error, broker, 'looking')}" for error in errors)
    clock = ManualClock()
    hung_up = admission.ConnectionErrors(clock)
    hung_up(KafkaError(KafkaError._ALL_BROKERS_DOWN))
    clock.sleep(admission.HANGING_UP_S)
    told += f" {hung_up.refusal(broker, 'looking')}"
    rows = dict(SAID.findall(TEXT))
    assert len(rows) == 4  # guards the loop: a pattern that finds nothing would let it pass
    for quoted, correct in rows.items():
        assert quoted in told
        for name in re.findall(r"`(KAFKA_\w+)`", correct):
            assert name in settings()
