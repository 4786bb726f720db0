"""The settings as text by name, to be written down beside a part that runs with them."""

from pathlib import Path

from pydantic import SecretStr

from clickstream.masking import masked
from clickstream.settings.groups import SETTINGS, Settings


def values_of(settings: Settings) -> dict[str, str]:
    """Every setting as text by its name: paths are absolute, empty means unset, and a secret is `set`."""
    return {name: _text(each.value_in(settings)) for name, each in SETTINGS.items()}


def shown(value: str) -> str:
    """A value for display, without passwords."""
    return masked(value) or "not set"


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case SecretStr():
            return "set" if value.get_secret_value() else ""
        case Path():
            return str(value.expanduser().absolute())
        case _:
            return str(value)
