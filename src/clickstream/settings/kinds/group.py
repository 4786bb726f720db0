"""What the groups share: the base class, what a setting can take in words, and how a value is refused."""

from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from clickstream.duration import Duration

_KIND = {int: "a whole number", float: "a number", bool: "true or false", str: "a text", SecretStr: "a text"}


@dataclass(frozen=True, slots=True)
class Worded:
    """What values of a kind are, in words for errors: bounds go between `kind` and `more`."""

    kind: str
    more: str = ""


def refused(expected: str = "", why: str = "") -> PydanticCustomError:
    """A validator's error: what would be right, by default as declared, and why this value is not."""
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


def expected_of(info: FieldInfo) -> str:
    """What would be right for this setting, as the end of a sentence that begins with its name."""
    kind: Any = info.annotation
    if get_origin(kind) is Literal:
        return "one of " + ", ".join(get_args(kind))
    worded = next((rule for rule in info.metadata if isinstance(rule, Worded)), None)
    examples = " or ".join(repr(example) for example in info.examples or [])
    if kind is Duration and worded:
        return f"{worded.kind} such as {examples}: {worded.more}"
    bounds = _bounds(info.metadata)
    if worded:
        return f"{worded.kind}{bounds}{', ' if worded.more else ''}{worded.more}"
    wording = f"{_KIND.get(kind, 'a path')}{bounds}"
    if kind is str and (examples or info.default):
        wording += f" such as {examples or repr(info.default)}"
    return wording


def _bounds(metadata: list[Any]) -> str:
    parts: list[str] = []
    for rule in metadata:
        match rule:
            case Gt():
                parts.append(f"above {rule.gt}")
            case Ge():
                parts.append(f"of at least {rule.ge}")
            case Le():
                parts.append(f"of at most {rule.le}")
            case Lt():
                parts.append(f"below {rule.lt}")
    return f" {' and '.join(parts)}" if parts else ""
