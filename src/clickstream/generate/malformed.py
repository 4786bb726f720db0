"""Messages that are not events: the ways in which one is broken on purpose."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import orjson

from clickstream.contract.definition import rejection
from clickstream.contract.definition.event import Event, JsonType

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
    # The field becomes the last one, so JSON that orjson cannot write fits.
    return lambda event: (
        orjson.dumps({name: value for name, value in orjson.loads(event).items() if name != field})[:-1]
        + b',"%b":%b}' % (field.encode(), text)
    )


def _other_schema(names: tuple[str, ...]) -> Callable[[bytes], bytes]:
    """The same values under names that are not field names."""
    upper = not {name.upper() for name in names} & set(names)
    return lambda event: orjson.dumps(
        {name.upper() if upper else f"other_{name}": value for name, value in orjson.loads(event).items()}
    )


def ways_to_break(event: Event) -> tuple[WayToBreak, ...]:
    """The mix of broken messages of an event; a type that it has no field of is left out."""
    texts = [name for name in event.string_names if name != event.time_field] or [event.time_field]
    text, other_text = texts[0], texts[-1]
    ways = [
        WayToBreak("null_value", rejection.EMPTY, lambda _: None),
        WayToBreak("no_bytes", rejection.EMPTY, lambda _: b""),
        WayToBreak("not_utf8", rejection.NOT_UTF8, lambda event: event[:20] + b"\xff\xfe" + event[20:]),
        WayToBreak("truncated", rejection.NOT_JSON, lambda event: event[: len(event) // 2]),
        WayToBreak("text_after", rejection.NOT_JSON, lambda event: event + b" trailing"),
        WayToBreak("two_objects", rejection.NOT_JSON, lambda event: event + event),
        WayToBreak("byte_order_mark", rejection.NOT_JSON, lambda event: b"\xef\xbb\xbf" + event),
        WayToBreak("single_quotes", rejection.NOT_JSON, lambda event: event.replace(b'"', b"'")),
        WayToBreak("not_a_number", rejection.NOT_JSON, _with_text(text, b"NaN")),
        WayToBreak("unpaired_surrogate", rejection.NOT_JSON, _with_text(other_text, b'"\\ud800"')),
        WayToBreak("line_break", rejection.NOT_JSON, _with_text(other_text, b'"one\ntwo"')),
        WayToBreak("an_array", rejection.NOT_AN_OBJECT, lambda event: b"[" + event + b"]"),
        WayToBreak("a_string", rejection.NOT_AN_OBJECT, lambda event: orjson.dumps(event.decode())),
        WayToBreak("empty_object", rejection.NO_KNOWN_FIELD, lambda _: b"{}"),
        WayToBreak("other_schema", rejection.NO_KNOWN_FIELD, _other_schema(event.names)),
        WayToBreak("string_is_number", rejection.wrong_type(text), _with(text, 4711)),
        WayToBreak("string_is_object", rejection.wrong_type(other_text), _with(other_text, {"path": "/"})),
    ]
    for field in event.fields:
        if field.type is JsonType.INTEGER:
            ways += _integer_broken(field.name)
        elif field.type is JsonType.NUMBER:
            ways += _number_broken(field.name)
    huge = WayToBreak(
        "huge", rejection.NOT_JSON, lambda event: event[:-1] + b',"note":"' + b"x" * HUGE_BYTES, weight=1
    )
    return tuple(replace(way, name=f"malformed:{way.name}") for way in (*ways, huge))


def _integer_broken(name: str) -> list[WayToBreak]:
    too_large = _with_text(name, b"9223372036854775808")
    return [
        WayToBreak(f"{name}_is_text", rejection.wrong_type(name), _with(name, "many")),
        WayToBreak(f"{name}_has_fraction", rejection.wrong_type(name), _with(name, 120.5)),
        WayToBreak(f"{name}_too_large", rejection.number_out_of_range(name), too_large),
    ]


def _number_broken(name: str) -> list[WayToBreak]:
    return [
        WayToBreak(f"{name}_is_text", rejection.wrong_type(name), _with(name, "19.99")),
        WayToBreak(f"{name}_too_large", rejection.number_out_of_range(name), _with(name, 1e13)),
    ]
