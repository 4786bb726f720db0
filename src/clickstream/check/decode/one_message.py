"""The decoding rule for one message, in the order in which it is written down."""

import re
from collections.abc import Mapping

import orjson

from clickstream.check.decode.strict_json import NotJson, WrittenNumber, members_of
from clickstream.contract.definition.event import (
    MAX_NAME_CHARACTERS,
    MAX_NESTING_LEVELS,
    MAX_NUMBER_CHARACTERS,
    NUMBER_LIMIT,
    Event,
    JsonType,
)
from clickstream.contract.definition.rejection import (
    EMPTY,
    NO_KNOWN_FIELD,
    NOT_AN_OBJECT,
    NOT_JSON,
    NOT_UTF8,
    number_out_of_range,
    wrong_type,
)

FieldValue = str | int | float | None
FieldValues = tuple[FieldValue, ...]
"""The fields in order: str, int, float or None each."""

_INT64_MIN, _INT64_MAX = -(2**63), 2**63 - 1
_WHOLE = re.compile(r"-?[0-9]+")
_LONG_NUMBER = re.compile(rb"[-+.0-9eE]{%d}" % (MAX_NUMBER_CHARACTERS + 1))


class _CannotTell(Exception):
    """What the fast parser kept of a value is not enough to judge it by."""


def decode_message(value: bytes | None, event: Event) -> FieldValues | str:
    """The field values of an event, or the reason why the message is not an event.

    Defaults are filled in; `event_ts` is another file's (event_ts.py). orjson answers for nearly all
    messages; where it refuses, or the limits or the way a number is written matter, strict_json.py does.
    """
    if not value:
        return EMPTY
    try:
        if _limits_matter(value):
            return _second_opinion(value, event)
        try:
            content = orjson.loads(value)
        except orjson.JSONDecodeError:
            return _second_opinion(value, event)
        return _fields(content, event) if type(content) is dict else NOT_AN_OBJECT
    except _CannotTell:
        return _second_opinion(value, event)


def _limits_matter(value: bytes) -> bool:
    if len(value) <= MAX_NESTING_LEVELS:
        return False
    return (
        value.count(b"{") + value.count(b"[") > MAX_NESTING_LEVELS
        or len(value) > MAX_NAME_CHARACTERS
        or _LONG_NUMBER.search(value) is not None
    )


def _second_opinion(value: bytes, event: Event) -> FieldValues | str:
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        return NOT_UTF8
    try:
        members = members_of(text)
    except NotJson:
        return NOT_JSON
    return NOT_AN_OBJECT if members is None else _fields(members, event)


def _fields(content: Mapping[str, object], event: Event) -> FieldValues | str:
    if not any(field.name in content for field in event.fields):
        return NO_KNOWN_FIELD
    values: list[FieldValue] = []
    for field in event.fields:
        value = content.get(field.name)
        if value is None:
            values.append(field.default or None)
        elif field.type is JsonType.STRING:
            if type(value) is not str:
                return wrong_type(field.name)
            values.append(value)
        elif field.type is JsonType.INTEGER:
            whole = _whole_number(value)
            if whole is None:
                return wrong_type(field.name)
            if not _INT64_MIN <= whole <= _INT64_MAX:
                return number_out_of_range(field.name)
            values.append(whole)
        else:
            number = _number(value)
            if number is None:
                return wrong_type(field.name)
            if not abs(number) <= NUMBER_LIMIT:
                return number_out_of_range(field.name)
            values.append(number)
    return tuple(values)


def _whole_number(value: object) -> int | None:
    if type(value) is int:
        return value
    if type(value) is float:
        # 1.0, or an integer beyond 64 bits: only the text knows.
        raise _CannotTell
    if isinstance(value, WrittenNumber) and _WHOLE.fullmatch(value.text):
        return int(value.text)
    return None


def _number(value: object) -> float | None:
    if type(value) is float or type(value) is int:
        return float(value)
    return float(value.text) if isinstance(value, WrittenNumber) else None
