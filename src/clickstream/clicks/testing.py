"""Clicks for tests: a test names only the fields that matter to it."""

import json
from collections.abc import Mapping

LEFT_OUT: object = object()
"""Given to `click` for a field that the message must not have."""

_CLICK: Mapping[str, object] = {
    "event_time": "2026-01-01T00:00:00.000000+00:00",
    "user_id": "user_1",
    "session_id": "sess_1",
    "event_type": "page_view",
    "page": "/home",
    "referrer": "direct",
    "device": "desktop",
    "browser": "Chrome",
    "country": "US",
    "campaign": "none",
    "latency_ms": 120,
    "revenue": None,
}


def click(**fields: object) -> bytes:
    """The value of a message: an ordinary event, of which only the given fields differ.

    A field given as `LEFT_OUT` is missing; a name that the contract does not know is added at the end.
    """
    event = {name: value for name, value in {**_CLICK, **fields}.items() if value is not LEFT_OUT}
    return json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode()
