"""What the groups share: the base class, and how a validator refuses a value."""

import re
from dataclasses import dataclass
from pathlib import Path

from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

A_CA_FILE = "a PEM file with the certificates of the authorities to trust"
_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----\s.+?-----END CERTIFICATE-----", re.DOTALL)


def certificates_in(file: Path) -> str:
    """The certificates of a PEM file, without the comments and keys that may stand between them.

    Raises:
        OSError: it cannot be read.
        ValueError: it holds no certificate.
    """
    certificates = _CERTIFICATE.findall(file.read_text(encoding="ascii", errors="replace"))
    if not certificates:
        raise ValueError("holds no certificate")
    return "\n".join(certificates)


@dataclass(frozen=True, slots=True)
class Worded:
    """What values of a kind are, in words for errors: bounds go between `kind` and `more`."""

    kind: str
    more: str = ""


def refused(expected: str = "", why: str = "") -> PydanticCustomError:
    """A validator's error: what would be right, and why this value is not.

    Args:
        expected: by default what the setting's declaration says.
        why: in a few words; empty where `expected` says it.
    """
    return PydanticCustomError(REFUSED, "{expected}", {"expected": expected, "why": why})


REFUSED = "clickstream_refused"
"""The type of such errors."""


class SettingsGroup(BaseSettings):
    """Base of the groups: frozen, named by their environment names, described by their docstrings."""

    model_config = SettingsConfigDict(
        frozen=True,
        case_sensitive=True,
        extra="ignore",
        env_ignore_empty=True,
        use_attribute_docstrings=True,
        populate_by_name=True,
        arbitrary_types_allowed=True,
        validate_default=True,
        enable_decoding=False,
        hide_input_in_errors=True,  # one of them is a password
    )
