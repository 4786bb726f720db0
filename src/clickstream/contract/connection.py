"""How a client outside of broker/ reaches the broker: address, protocol, login, trust."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class BrokerConnection:
    """What a client knows of the broker; neither its text nor its repr has the password.

    Args:
        bootstrap_servers: addresses, `host:port` with commas between.
        security_protocol: PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL.
        sasl_mechanism: PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512; of account under a SASL protocol alone.
        sasl_username: whom to log in as.
        sasl_password: with what.
        ca_certificates: the authorities to trust, as PEM text, so that it serves on other machines too; empty
            means those that the client trusts by itself.
    """

    bootstrap_servers: str
    security_protocol: str = "PLAINTEXT"
    sasl_mechanism: str = ""
    sasl_username: str = ""
    sasl_password: str = field(default="", repr=False)
    ca_certificates: str = field(default="", repr=False)

    @property
    def logs_in(self) -> bool:
        """Whether the broker asks for a login."""
        return self.security_protocol.startswith("SASL_")

    @property
    def uses_tls(self) -> bool:
        """Whether the connection is encrypted, and the broker shows a certificate."""
        return self.security_protocol.endswith("SSL")
