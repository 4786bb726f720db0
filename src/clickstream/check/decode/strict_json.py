"""JSON by the decoding rule, read token by token: RFC 8259 and the limits of contract/definition/event.py.

This is the second opinion where a fast parser cannot tell: how a number is written, a number beyond
every float in an unknown field, nesting and lengths at the limits. It needs no recursion, so that no
message can exhaust the stack.
"""

import json
import re
from dataclasses import dataclass
from enum import Enum, auto

from clickstream.contract.definition.event import (
    MAX_NAME_CHARACTERS,
    MAX_NESTING_LEVELS,
    MAX_NUMBER_CHARACTERS,
)


@dataclass(frozen=True, slots=True)
class WrittenNumber:
    """A number exactly as it is written."""

    text: str


class Container(Enum):
    """In place of an object or array, whose content is checked and not kept."""

    CLOSED = auto()


JsonValue = str | bool | WrittenNumber | Container | None


class NotJson(ValueError):
    """The text is not one JSON value by the decoding rule."""


_TOKEN = re.compile(
    r"""[ \t\n\r]*+(?:
        (?P<open>[{\[])
      | (?P<close>[}\]])
      | (?P<colon>:)
      | (?P<comma>,)
      | "(?P<string>(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+)"
      | (?P<number>-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][-+]?[0-9]++)?)
      | (?P<word>true|false|null)
      | (?P<end>\Z)
    )""",
    re.VERBOSE,
)
_CLOSED_BY = {"{": "}", "[": "]"}
_SCALARS = ("string", "number", "word")
_WORDS = {"true": True, "false": False, "null": None}


class _Expect(Enum):
    VALUE = auto()
    VALUE_OR_CLOSE = auto()
    NAME = auto()
    NAME_OR_CLOSE = auto()
    COLON = auto()
    COMMA_OR_CLOSE = auto()
    END = auto()


_VALUES = (_Expect.VALUE, _Expect.VALUE_OR_CLOSE)
_NAMES = (_Expect.NAME, _Expect.NAME_OR_CLOSE)
_CLOSABLE = (_Expect.VALUE_OR_CLOSE, _Expect.NAME_OR_CLOSE, _Expect.COMMA_OR_CLOSE)


def members_of(text: str) -> dict[str, JsonValue] | None:
    """The members of the one object that `text` is, the last of each name; None for any other JSON value.

    Raises:
        NotJson: the text is not one JSON value by the decoding rule.
    """
    members: dict[str, JsonValue] = {}
    opened: list[str] = []
    expect, position, name, is_object = _Expect.VALUE, 0, "", False
    while True:
        token = _TOKEN.match(text, position)
        if token is None:
            raise NotJson(f"no token at character {position}")
        position, kind, written = token.end(), token.lastgroup, token[token.lastgroup or 0]
        if kind == "end" and expect is _Expect.END:
            return members if is_object else None
        if kind == "string" and expect in _NAMES:
            its_name, expect = _name(written), _Expect.COLON
            if len(opened) == 1:
                name = its_name
        elif kind == "colon" and expect is _Expect.COLON:
            expect = _Expect.VALUE
        elif kind == "comma" and expect is _Expect.COMMA_OR_CLOSE:
            expect = _Expect.NAME if opened[-1] == "{" else _Expect.VALUE
        elif kind == "open" and expect in _VALUES:
            is_object = is_object or (not opened and written == "{")
            opened.append(written)
            if len(opened) > MAX_NESTING_LEVELS:
                raise NotJson("too many levels")
            expect = _Expect.NAME_OR_CLOSE if written == "{" else _Expect.VALUE_OR_CLOSE
        elif kind == "close" and expect in _CLOSABLE and written == _CLOSED_BY[opened[-1]]:
            opened.pop()
            if is_object and len(opened) == 1:
                members[name] = Container.CLOSED
            expect = _Expect.COMMA_OR_CLOSE if opened else _Expect.END
        elif kind in _SCALARS and expect in _VALUES:
            value = _scalar(kind, written)
            if is_object and len(opened) == 1:
                members[name] = value
            expect = _Expect.COMMA_OR_CLOSE if opened else _Expect.END
        else:
            raise NotJson(f"{written!r} out of place before character {position}")


def _name(written: str) -> str:
    name = _characters(written)
    # As JSON's escapes and Java count: a character beyond U+FFFF is two.
    if len(name) + sum(character > "\uffff" for character in name) > MAX_NAME_CHARACTERS:
        raise NotJson("a name is too long")
    return name


def _scalar(kind: str | None, written: str) -> JsonValue:
    if kind == "string":
        return _characters(written)
    if kind == "word":
        return _WORDS[written]
    if len(written) > MAX_NUMBER_CHARACTERS:
        raise NotJson("a number is too long")
    return WrittenNumber(written)


def _characters(written: str) -> str:
    if "\\" not in written:
        return written
    characters: str = json.loads(f'"{written}"')
    try:
        characters.encode()
    except UnicodeEncodeError as error:
        raise NotJson("an unpaired surrogate escape") from error
    return characters
