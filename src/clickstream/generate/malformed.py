"""Messages that are not events: the ways in which one is broken on purpose."""

from collections.abc import Callable
from dataclasses import dataclass

import orjson

from clickstream.contract import rejection

HUGE_BYTES = 900_000
"""Bytes that make a message huge and still fit a broker's usual limit of a million."""


@dataclass(frozen=True, slots=True)
class WayToBreak:
    """A way to break a message: its name, the reason it must be rejected for, how it is done, and how often.

    `weight` is relative to that of the others.
    """

    name: str
    reason: str
    spoil: Callable[[bytes], bytes | None]
    weight: int = 50


def _with(field: str, value: object) -> Callable[[bytes], bytes]:
    return lambda event: orjson.dumps({**orjson.loads(event), field: value})


def _with_text(field: str, text: bytes) -> Callable[[bytes], bytes]:
    # The contract's field order makes the given field the last one, so JSON that orjson cannot write fits.
    return lambda event: (
        orjson.dumps({name: value for name, value in orjson.loads(event).items() if name != field})[:-1]
        + b',"%b":%b}' % (field.encode(), text)
    )


def _other_schema(event: bytes) -> bytes:
    """The same values under names of which the contract knows none."""
    return orjson.dumps({name.upper(): value for name, value in orjson.loads(event).items()})


WAYS_TO_BREAK: tuple[WayToBreak, ...] = (
    WayToBreak("malformed:null_value", rejection.EMPTY, lambda _: None),
    WayToBreak("malformed:no_bytes", rejection.EMPTY, lambda _: b""),
    WayToBreak("malformed:not_utf8", rejection.NOT_UTF8, lambda event: event[:20] + b"\xff\xfe" + event[20:]),
    WayToBreak("malformed:truncated", rejection.NOT_JSON, lambda event: event[: len(event) // 2]),
    WayToBreak("malformed:text_after", rejection.NOT_JSON, lambda event: event + b" trailing"),
    WayToBreak("malformed:two_objects", rejection.NOT_JSON, lambda event: event + event),
    WayToBreak("malformed:byte_order_mark", rejection.NOT_JSON, lambda event: b"\xef\xbb\xbf" + event),
    WayToBreak("malformed:single_quotes", rejection.NOT_JSON, lambda event: event.replace(b'"', b"'")),
    WayToBreak("malformed:not_a_number", rejection.NOT_JSON, _with_text("revenue", b"NaN")),
    WayToBreak("malformed:unpaired_surrogate", rejection.NOT_JSON, _with_text("campaign", b'"\\ud800"')),
    WayToBreak("malformed:line_break", rejection.NOT_JSON, _with_text("campaign", b'"spring\nsale"')),
    WayToBreak("malformed:an_array", rejection.NOT_AN_OBJECT, lambda event: b"[" + event + b"]"),
    WayToBreak("malformed:a_string", rejection.NOT_AN_OBJECT, lambda event: orjson.dumps(event.decode())),
    WayToBreak("malformed:empty_object", rejection.NO_KNOWN_FIELD, lambda _: b"{}"),
    WayToBreak("malformed:other_schema", rejection.NO_KNOWN_FIELD, _other_schema),
    WayToBreak("malformed:user_is_number", rejection.wrong_type("user_id"), _with("user_id", 4711)),
    WayToBreak("malformed:page_is_object", rejection.wrong_type("page"), _with("page", {"path": "/"})),
    WayToBreak("malformed:latency_is_text", rejection.wrong_type("latency_ms"), _with("latency_ms", "fast")),
    WayToBreak(
        "malformed:latency_has_fraction", rejection.wrong_type("latency_ms"), _with("latency_ms", 120.5)
    ),
    WayToBreak("malformed:revenue_is_text", rejection.wrong_type("revenue"), _with("revenue", "19.99")),
    WayToBreak(
        "malformed:latency_too_large",
        rejection.number_out_of_range("latency_ms"),
        _with_text("latency_ms", b"9223372036854775808"),
    ),
    WayToBreak(
        "malformed:revenue_too_large", rejection.number_out_of_range("revenue"), _with("revenue", 1e13)
    ),
    WayToBreak(
        "malformed:huge",
        rejection.NOT_JSON,
        lambda event: event[:-1] + b',"note":"' + b"x" * HUGE_BYTES,
        weight=1,
    ),
)
"""The mix of broken messages."""

WEIGHTS = tuple(way.weight for way in WAYS_TO_BREAK)
