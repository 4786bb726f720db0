"""The broker's address, login and certificates in the words of Spark's Kafka source.

Names: Kafka's consumer configuration, each behind `kafka.`; PEM trust: KIP-651; login: KIP-85.
"""

from clickstream.errors import SettingInvalid
from clickstream.settings import BrokerSettings
from clickstream.settings.broker import A_CA_FILE, certificates_in

_PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule"
_SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule"

# What ends a quoted word of Kafka's JAAS parser (java.io.StreamTokenizer), or begins an escape in it.
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"})


def connection_options(broker: BrokerSettings) -> dict[str, str]:
    """Options for a source or a sink; they hold the password, so they go into no message.

    Login and certificates are passed as text, not as files: executors on other machines need none.

    Raises:
        SettingInvalid: the file of KAFKA_SSL_CA_LOCATION has gone since the settings were read.
    """
    options = {"kafka.bootstrap.servers": broker.bootstrap_servers}
    protocol = broker.security_protocol
    if protocol == "PLAINTEXT":
        return options
    options["kafka.security.protocol"] = protocol
    if protocol.startswith("SASL_"):
        options["kafka.sasl.mechanism"] = broker.sasl_mechanism
        options["kafka.sasl.jaas.config"] = _jaas_config(broker)
    if protocol.endswith("SSL") and broker.ssl_ca_location is not None:
        try:
            certificates = certificates_in(broker.ssl_ca_location)
        except (OSError, ValueError) as error:
            raise SettingInvalid("KAFKA_SSL_CA_LOCATION", broker.ssl_ca_location, A_CA_FILE) from error
        options["kafka.ssl.truststore.type"] = "PEM"
        options["kafka.ssl.truststore.certificates"] = certificates
    return options


def _jaas_config(broker: BrokerSettings) -> str:
    module = _PLAIN if broker.sasl_mechanism == "PLAIN" else _SCRAM
    username, password = _quoted(broker.sasl_username), _quoted(broker.sasl_password.get_secret_value())
    return f"{module} required username={username} password={password};"


def _quoted(text: str) -> str:
    return f'"{text.translate(_ESCAPES)}"'
