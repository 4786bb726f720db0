"""What the groups share: the base class, and the kinds of value that several settings take."""

from typing import Annotated

from pydantic import BeforeValidator, Field
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
    )
