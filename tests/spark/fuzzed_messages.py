"""Messages by the thousand that nobody has thought of: hostile and ordinary ones, spoiled anywhere."""

import random
from collections.abc import Callable

from clickstream.clicks.testing import click
from hostile_messages import HOSTILE_MESSAGES, PLAIN

SNIPPETS = (
    *(
        b'"',
        b"\\",
        b"{",
        b"}",
        b"[",
        b"]",
        b",",
        b":",
        b"\x00",
        b"\n",
        b"\r\n",
        b"\t",
        b" ",
        b"\xff",
        b"\xc3",
    ),
    *(
        b"\\u0000",
        b"\\ud800",
        b"\\udc00",
        b"\\ud83d\\ude42",
        "\U0001f642".encode(),
        b"\xef\xbb\xbf",
        b"\xe2\x80\xa8",
    ),
    *(
        b"null",
        b"true",
        b"NaN",
        b"Infinity",
        b"-0",
        b"1e400",
        b"1e308",
        b"0x10",
        b"01",
        b"1.",
        b".5",
        b"9" * 400,
    ),
    *(b"9223372036854775808", b"-9223372036854775809", b"1000000000000.1", b"1e12", b"//", b"/*", b"'"),
    *(
        b'"revenue":',
        b'"latency_ms":',
        b'"event_time":"2026-03-01T12:00:00"',
        b'"user_id":null,',
        b'"user_id":{}',
        b'{"page":null}',
        b'"Page":',
    ),
    *(b"2026-02-30", b"24:00:00", b"T", b"Z", b"+18:01", b".1234567890", b"=1+1", b"@SUM(A1)", b'","', b'""'),
)


def _flip(chance: random.Random, text: bytearray) -> None:
    if text:
        text[chance.randrange(len(text))] ^= 1 << chance.randrange(8)


def _cut_off(chance: random.Random, text: bytearray) -> None:
    del text[chance.randrange(len(text) + 1) :]


def _insert(chance: random.Random, text: bytearray) -> None:
    at = chance.randrange(len(text) + 1)
    text[at:at] = chance.choice(SNIPPETS)


def _overwrite(chance: random.Random, text: bytearray) -> None:
    at = chance.randrange(len(text) + 1)
    snippet = chance.choice(SNIPPETS)
    text[at : at + len(snippet)] = snippet


def _leave_out(chance: random.Random, text: bytearray) -> None:
    at = chance.randrange(len(text) + 1)
    del text[at : at + chance.randrange(1, 12)]


def _repeat(chance: random.Random, text: bytearray) -> None:
    at = chance.randrange(len(text) + 1)
    text[at:at] = text[at : at + chance.randrange(1, 60)]


_WAYS: tuple[Callable[[random.Random, bytearray], None], ...] = (
    _flip,
    _cut_off,
    _insert,
    _insert,
    _overwrite,
    _leave_out,
    _repeat,
)


def fuzzed_messages(seed: int, count: int) -> list[bytes | None]:
    """`count` messages: an ordinary or hostile one each, spoiled not at all or in up to four places."""
    chance = random.Random(seed)
    short = [message.value for message in HOSTILE_MESSAGES if len(message.value or b"") < 2_000]
    ordinary = [
        click(),
        click(event_type="purchase", revenue=19.99),
        PLAIN.encode(),
        b'{"page":"/"}',
        b'{"id":7}',
    ]
    messages: list[bytes | None] = []
    for _ in range(count):
        message = chance.choice(short if chance.random() < 0.4 else ordinary)
        if message is None:
            messages.append(None)
            continue
        text = bytearray(message)
        for _ in range(chance.choice((0, 1, 1, 2, 4))):
            chance.choice(_WAYS)(chance, text)
        messages.append(bytes(text))
    return messages


def huge_messages() -> list[bytes]:
    """As long or as deep as they come, some of them events."""
    return [
        click(page="x" * 900_000),
        click(page='"a",\r\n=1+1;' * 60_000),
        click(page="\U0001f642" * 200_000),
        b'{"user_id":"' + b"\\n" * 400_000 + b'"}',
        b"x" * 900_000,
        b" " * 900_000,
        b"[" * 900_000,
        b'{"a":' * 998 + b"1" + b"}" * 998,
        b'{"page":null,"a":' + b'{"a":' * 997 + b"1" + b"}" * 998,
        b'{"a":' * 1_000 + b"1" + b"}" * 1_000,
        b'{"deep":' + b"[" * 998 + b"]" * 998 + b',"page":"/"}',
        b'{"deep":' + b"[" * 999 + b"]" * 999 + b"}",
        b'{"page":' + b"[" * 400_000 + b"]" * 400_000 + b"}",
        b"{" + b",".join(b'"name_%d":0' % at for at in range(60_000)) + b"}",
        b"{" + b"".join(b'"name_%d":0,' % at for at in range(60_000)) + b'"page":"/"}',
    ]
