"""What the groups share: the base class, and the kinds of value that several settings take."""

import re
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from clickstream.duration import Duration


def _duration(value: object) -> Duration:
    return value if isinstance(value, Duration) else Duration.parse(str(value))


def _positive(value: Duration) -> Duration:
    if value.milliseconds <= 0:
        raise ValueError("must be longer than zero")
    return value


AnyDuration = Annotated[Duration, BeforeValidator(_duration)]
PositiveDuration = Annotated[Duration, BeforeValidator(lambda value: _positive(_duration(value)))]
Rate = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Port = Annotated[int, Field(ge=0, le=65_535)]
JvmMemory = Annotated[str, Field(pattern=r"^[1-9]\d*[mg]$")]


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


def refused(expected: str, why: str = "") -> PydanticCustomError:
    """A validator's error that says what would be right, and why this value is not; empty where obvious."""
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
