"""Certificates made for a test: an authority, a broker's certificate for loopback, and another authority."""

from dataclasses import dataclass
from pathlib import Path

import trustme
from cryptography.hazmat.primitives import serialization


@dataclass(frozen=True)
class Certificates:
    """PEM files: whom to trust, whom in vain, and what a broker shows that is known as 127.0.0.1 alone."""

    authority: Path
    another_authority: Path
    broker: Path


def make_certificates(folder: Path) -> Certificates:
    """Make them anew; nobody else ever trusts them."""
    made = Certificates(folder / "authority.pem", folder / "another-authority.pem", folder / "broker.pem")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(made.authority)
    trustme.CA().cert_pem.write_to_path(made.another_authority)
    issued = authority.issue_cert("127.0.0.1")
    key = serialization.load_pem_private_key(issued.private_key_pem.bytes(), password=None)
    pkcs8 = key.private_bytes(  # the only form that Java reads
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    made.broker.write_bytes(pkcs8 + b"".join(pem.bytes() for pem in issued.cert_chain_pems))
    return made
