"""How Spark's Kafka source is told where the broker is and how to be let in."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from clickstream.errors import SettingInvalid
from clickstream.settings import BrokerSettings
from clickstream.stream.connection import connection_options

ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "a": "\a", "v": "\v"}
WORD = re.compile(r'"((?:[^"\\\n\r]|\\.)*)"')


CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"


def broker(protocol: str, **fields: object) -> BrokerSettings:
    login = {"sasl_mechanism": "SCRAM-SHA-256", "sasl_username": "ann", "sasl_password": SecretStr("secret")}
    return BrokerSettings.model_construct(
        bootstrap_servers="broker:9093", security_protocol=protocol, **{**login, **fields}
    )


@pytest.fixture
def authorities(tmp_path: Path) -> Path:
    file = tmp_path / "ca.pem"
    file.write_text(f"# ours\n{CERTIFICATE}\n")
    return file


def words(jaas_config: str) -> list[str]:
    """The quoted words as java.io.StreamTokenizer, on which Kafka's JAAS parser stands, reads them."""
    assert not re.search(r"\\[0-7]", jaas_config.replace("\\\\", "")), "would be read as an octal number"
    return [
        re.sub(r"\\(.)", lambda found: ESCAPED.get(found[1], found[1]), word)
        for word in WORD.findall(jaas_config)
    ]


def test_in_the_clear_there_is_nothing_but_the_address():
    assert connection_options(broker("PLAINTEXT")) == {"kafka.bootstrap.servers": "broker:9093"}


def test_under_tls_the_authorities_are_handed_over_as_text(authorities):
    assert connection_options(broker("SSL", ssl_ca_location=authorities)) == {
        "kafka.bootstrap.servers": "broker:9093",
        "kafka.security.protocol": "SSL",
        "kafka.ssl.truststore.type": "PEM",
        "kafka.ssl.truststore.certificates": CERTIFICATE,
    }


def test_without_authorities_of_ones_own_the_jvm_trusts_its_own():
    options = connection_options(broker("SSL"))
    assert not [name for name in options if "truststore" in name]


def test_a_login_names_mechanism_module_user_and_password():
    options = connection_options(broker("SASL_PLAINTEXT"))
    assert options == {
        "kafka.bootstrap.servers": "broker:9093",
        "kafka.security.protocol": "SASL_PLAINTEXT",
        "kafka.sasl.mechanism": "SCRAM-SHA-256",
        "kafka.sasl.jaas.config": "org.apache.kafka.common.security.scram.ScramLoginModule required "
        'username="ann" password="secret";',
    }


def test_plain_has_a_module_of_its_own(authorities):
    options = connection_options(broker("SASL_SSL", sasl_mechanism="PLAIN", ssl_ca_location=authorities))
    assert options["kafka.sasl.jaas.config"].startswith(
        "org.apache.kafka.common.security.plain.PlainLoginModule required "
    )
    assert "kafka.ssl.truststore.certificates" in options


@given(username=st.text(), password=st.text())
def test_any_name_and_password_are_read_back_by_java_as_they_are(username, password):
    options = connection_options(
        broker("SASL_SSL", sasl_username=username, sasl_password=SecretStr(password))
    )
    assert words(options["kafka.sasl.jaas.config"]) == [username, password]


def test_a_file_of_authorities_that_has_gone_is_named_by_its_setting(tmp_path):
    with pytest.raises(SettingInvalid, match="KAFKA_SSL_CA_LOCATION"):
        connection_options(broker("SSL", ssl_ca_location=tmp_path / "gone.pem"))
