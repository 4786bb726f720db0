"""A JSON object whose text carries its own SHA-256: a change of any byte is detected."""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

_SEAL = "sha256"
_END = re.compile(r',\n "sha256": "([0-9a-f]{64})"\n}\n')


def seal(content: Mapping[str, Any]) -> str:
    """One JSON object, readable by people; its last line is the SHA-256 of all the text before it."""
    head = json.dumps(dict(content), indent=1).removesuffix("\n}")
    return f'{head},\n "{_SEAL}": "{_digest(head)}"\n}}\n'


def unseal(text: str) -> dict[str, Any]:
    """Read what `seal` wrote, without the hash.

    Raises:
        ValueError: the text has no such last line, or is not the text that was sealed.
    """
    at = text.rfind(f',\n "{_SEAL}": ')
    end = _END.fullmatch(text, max(at, 0))
    if at < 0 or end is None:
        raise ValueError("it has no hash at its end: it is truncated, or not a batch record")
    head = text[:at]
    if _digest(head) != end[1]:
        raise ValueError("it was changed: its text does not match the hash at its end")
    content = json.loads(head + "\n}")
    if not isinstance(content, dict):
        raise ValueError("it is not a JSON object")
    return content


def _digest(text: str) -> str:
    # A lone surrogate has no UTF-8 form, and json.dumps writes none.
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
