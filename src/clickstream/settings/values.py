"""The settings as text by name, to be written down beside a part that runs with them."""

import hashlib
import secrets
from collections.abc import Mapping
from pathlib import Path

from pydantic import SecretStr

from clickstream.masking import masked
from clickstream.settings.groups import SETTINGS, Settings

_HASHED = "hashed"
# Slow on purpose: a password that people can remember must not be found by trying many.
_SCRYPT = {"n": 2**14, "r": 8, "p": 1, "dklen": 16}


def values_of(settings: Settings, recorded: Mapping[str, str] | None = None) -> dict[str, str]:
    """Every setting as text by its name; paths are absolute, and empty means unset.

    Of a secret there is a salted hash, never the value: the same as in what an earlier call `recorded`.
    """
    known = recorded or {}
    return {name: _text(each.value_in(settings), known.get(name, "")) for name, each in SETTINGS.items()}


def shown(value: str) -> str:
    """A value for display, without passwords."""
    if value.startswith(f"{_HASHED}:"):
        return "set"
    return masked(value) or "not set"


def _text(value: object, recorded: str) -> str:
    match value:
        case None:
            return ""
        case SecretStr():
            return _hashed(value.get_secret_value(), recorded)
        case Path():
            return str(value.expanduser().absolute())
        case _:
            return str(value)


def _hashed(secret: str, recorded: str) -> str:
    if not secret:
        return ""
    salt = recorded.split(":")[1] if recorded.startswith(f"{_HASHED}:") else secrets.token_hex(8)
    digest = hashlib.scrypt(secret.encode(), salt=salt.encode(), **_SCRYPT)
    return f"{_HASHED}:{salt}:{digest.hex()}"
