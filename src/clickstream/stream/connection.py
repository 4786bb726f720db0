"""The broker's address, login and certificates in the words of Spark's Kafka source.

Names: Kafka's consumer configuration, each behind `kafka.`; PEM trust: KIP-651; login: KIP-85.
"""

from clickstream.contract.connection import BrokerConnection

_PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule"
_SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule"

# What ends a quoted word of Kafka's JAAS parser (java.io.StreamTokenizer), or begins an escape in it.
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"})


def connection_options(connection: BrokerConnection) -> dict[str, str]:
    """Options for a source or a sink; they hold the password, so they go into no message.

    Login and certificates are passed as text, not as files: executors on other machines need none.
    """
    options = {"kafka.bootstrap.servers": connection.bootstrap_servers}
    if connection.security_protocol == "PLAINTEXT":
        return options
    options["kafka.security.protocol"] = connection.security_protocol
    if connection.logs_in:
        options["kafka.sasl.mechanism"] = connection.sasl_mechanism
        options["kafka.sasl.jaas.config"] = _jaas_config(connection)
    if connection.uses_tls and connection.ca_certificates:
        options["kafka.ssl.truststore.type"] = "PEM"
        options["kafka.ssl.truststore.certificates"] = connection.ca_certificates
    return options


def _jaas_config(connection: BrokerConnection) -> str:
    module = _PLAIN if connection.sasl_mechanism == "PLAIN" else _SCRAM
    username, password = _quoted(connection.sasl_username), _quoted(connection.sasl_password)
    return f"{module} required username={username} password={password};"


def _quoted(text: str) -> str:
    return f'"{text.translate(_ESCAPES)}"'
