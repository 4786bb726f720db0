"""What a setting can take, in words, from its declaration alone."""

from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from clickstream.duration import Duration
from clickstream.settings.kinds import Worded

_KIND = {int: "a whole number", float: "a number", bool: "true or false", str: "a text", SecretStr: "a text"}


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
