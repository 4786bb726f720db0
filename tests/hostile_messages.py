"""Messages that try to break the decoding, each with the answer that job and checker must both give.

Written by hand from the decoding rule (docs/semantics.md); plain Python, so that every test can
use it. `reason` is None for an event; then `fields` holds what lands in the twelve fields (absent means
null), and `event_ts_us` the event time in microseconds since the Unix epoch, or None where the Kafka
record's timestamp stands in.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any, NamedTuple


class Message(NamedTuple):
    name: str
    value: bytes | None
    reason: str | None
    fields: dict[str, Any]
    event_ts_us: int | None = None


def us(text: str) -> int:
    """Microseconds since the epoch of a UTC time in ISO form."""
    moment = datetime.fromisoformat(text).replace(tzinfo=timezone.utc)  # noqa: UP017 - plain for any reader
    return (moment - datetime(1970, 1, 1, tzinfo=timezone.utc)) // timedelta(microseconds=1)  # noqa: UP017


def event(name: str, value: str | bytes, event_ts: str | int | None = None, **fields: Any) -> Message:
    raw = value if isinstance(value, bytes) else value.encode()
    moment_us = us(event_ts) if isinstance(event_ts, str) else event_ts
    return Message(name, raw, None, {"event_type": "page_view", **fields}, moment_us)


def rejected(name: str, value: str | bytes | None, reason: str) -> Message:
    return Message(name, value.encode() if isinstance(value, str) else value, reason, {})


PLAIN = (
    '{"event_time":"2026-03-01T12:00:00.123456+00:00","user_id":"user_7","session_id":"sess_9",'
    '"event_type":"purchase","page":"/cart","referrer":"google","device":"mobile","browser":"Chrome",'
    '"country":"DE","campaign":"brand","latency_ms":987,"revenue":19.99}'
)
"""The form that the standard generator writes."""
PLAIN_FIELDS: dict[str, Any] = {
    "event_time": "2026-03-01T12:00:00.123456+00:00",
    "user_id": "user_7",
    "session_id": "sess_9",
    "event_type": "purchase",
    "page": "/cart",
    "referrer": "google",
    "device": "mobile",
    "browser": "Chrome",
    "country": "DE",
    "campaign": "brand",
    "latency_ms": 987,
    "revenue": 19.99,
}
PLAIN_TS = "2026-03-01T12:00:00.123456"


def plain(name: str, old: str, new: str, **changed: Any) -> Message:
    """The plain form with one thing changed, still an event."""
    assert PLAIN.count(old) == 1
    fields = {key: value for key, value in {**PLAIN_FIELDS, **changed}.items() if value is not None}
    return event(name, PLAIN.replace(old, new), PLAIN_TS, **fields)


def broken(name: str, old: str, new: str, reason: str) -> Message:
    """The plain form with one thing broken."""
    assert PLAIN.count(old) == 1
    return rejected(name, PLAIN.replace(old, new), reason)


def timed(text: str, event_ts: str | int | None) -> Message:
    """An event with nothing but this event_time; its name is the time."""
    return event(f"event_time {text!r}", f'{{"event_time":"{text}"}}', event_ts, event_time=text)


def _deep(levels: int) -> str:
    return "[" * levels + "]" * levels


WHOLE = [
    rejected("null value", None, "empty"),
    rejected("no bytes", b"", "empty"),
    rejected("one blank", " ", "not_json"),
    rejected("one NUL", b"\0", "not_json"),
    rejected("a stray continuation byte", b'{"page":"\x80"}', "not_utf8"),
    rejected("an overlong slash", b'{"page":"\xc0\xaf"}', "not_utf8"),
    rejected("a surrogate in UTF-8", b'{"page":"\xed\xa0\x80"}', "not_utf8"),
    rejected("beyond U+10FFFF", b'{"page":"\xf4\x90\x80\x80"}', "not_utf8"),
    rejected("a cut sequence at the end", b'{"page":"/"}\xe2\x82', "not_utf8"),
    rejected("broken UTF-8 comes before broken JSON", b"\xff{", "not_utf8"),
    rejected("UTF-16 with its mark", '{"page":"/"}'.encode("utf-16"), "not_utf8"),
    rejected("UTF-16 without mark is NULs between", '{"page":"/"}'.encode("utf-16-le"), "not_json"),
    rejected("a byte-order mark", b'\xef\xbb\xbf{"page":"/"}', "not_json"),
    rejected("no JSON at all", "hello", "not_json"),
    rejected("cut in the middle", PLAIN[:100], "not_json"),
    rejected("the last brace missing", PLAIN[:-1], "not_json"),
    rejected("a brace too many", PLAIN + "}", "not_json"),
    rejected("a bracket trails", '{"page":"/"}]', "not_json"),
    rejected("a comma trails", '{"page":"/"},', "not_json"),
    rejected("text trails", '{"page":"/"} x', "not_json"),
    rejected("two objects", '{"page":"/"}{"page":"/"}', "not_json"),
    rejected("two objects with a comma", '{"page":"/"},{"page":"/"}', "not_json"),
    rejected("two objects on two lines", '{"page":"/"}\n{"page":"/"}', "not_json"),
    rejected("NUL trails", b'{"page":"/"}\0', "not_json"),
    rejected("a string trails a bracket", '{"page":"/"}],["x"', "not_json"),
    rejected("a number then an object", '1 {"page":"/"}', "not_json"),
    rejected("single quotes", "{'page':'/'}", "not_json"),
    rejected("a name without quotes", '{page:"/"}', "not_json"),
    rejected("a comma before the brace", '{"page":"/",}', "not_json"),
    rejected("two commas", '{"page":"/",,"device":"tablet"}', "not_json"),
    rejected("no colon", '{"page" "/"}', "not_json"),
    rejected("a name alone", '{"page"}', "not_json"),
    rejected("a comment", '{"page":"/"/* home */}', "not_json"),
    rejected("a hash comment", '{"page":"/"}#', "not_json"),
    rejected("a vertical tab is no blank", b'{"page":\x0b"/"}', "not_json"),
    rejected("a no-break space is no blank", '{"page":\u00a0"/"}', "not_json"),
    rejected("NaN", '{"revenue":NaN}', "not_json"),
    rejected("Infinity", '{"revenue":Infinity}', "not_json"),
    rejected("-Infinity in an unknown field", '{"x":-Infinity}', "not_json"),
    rejected("a capital TRUE", '{"x":TRUE}', "not_json"),
    rejected("null with a letter more", '{"x":nulls}', "not_json"),
    rejected("JSON null", "null", "not_an_object"),
    rejected("JSON true", "true", "not_an_object"),
    rejected("a number", "17", "not_an_object"),
    rejected("a number beyond every float", "1e400", "not_an_object"),
    rejected("a string", '"{}"', "not_an_object"),
    rejected("an array of an event", f"[{PLAIN}]", "not_an_object"),
    rejected("an empty array between blanks", " \t\r\n[] ", "not_an_object"),
    event("blanks of all four kinds around", '\r\n\t {\n"page"\t:\r"/" } \n', page="/"),
]

STRINGS = [
    rejected("a raw line feed in a string", '{"page":"a\nb"}', "not_json"),
    rejected("a raw tab in a string", '{"page":"a\tb"}', "not_json"),
    rejected("a raw NUL in a string", b'{"page":"a\0b"}', "not_json"),
    broken("a raw control character in the plain form", "/cart", "/c\x1fart", "not_json"),
    rejected("an escape that is none", r'{"page":"\x41"}', "not_json"),
    rejected("a short escape", r'{"page":"\u00e"}', "not_json"),
    rejected("a high surrogate alone", r'{"page":"\ud83d"}', "not_json"),
    rejected("a low surrogate alone", r'{"page":"\ude00"}', "not_json"),
    rejected("two high surrogates", r'{"page":"\ud83d\ud83d\ude00"}', "not_json"),
    rejected("surrogates the wrong way round", r'{"page":"\ude00\ud83d"}', "not_json"),
    rejected("a lone surrogate in an unknown field", r'{"x":["\uD800"]}', "not_json"),
    rejected("a lone surrogate in a name", r'{"\udc00":1}', "not_json"),
    rejected("a letter between two halves", r'{"page":"\ud83dx\ude00"}', "not_json"),
    rejected("half a pair after a backslash", r'{"page":"\\ud83d\ude00"}', "not_json"),
    event("no surrogate after a backslash", r'{"page":"\\ud83d"}', page="\\ud83d"),
    event("a pair of surrogate escapes", r'{"page":"\uD83D\ude00"}', page="\U0001f600"),
    event("the same character as it is", '{"page":"\U0001f600"}', page="\U0001f600"),
    event("every short escape", r'{"page":"\"\\\/\b\f\n\r\t"}', page='"\\/\b\f\n\r\t'),
    event("NUL by its escape", r'{"page":"a\u0000b"}', page="a\0b"),
    event("DEL is no control character here", '{"page":"a\x7fb"}', page="a\x7fb"),
    event("a name by escapes", r'{"\u0070age":"/help"}', page="/help"),
    event("an empty string is not null", '{"page":"","user_id":""}', page="", user_id=""),
    event("blanks are kept", '{"page":"  / ","user_id":" "}', page="  / ", user_id=" "),
    event("words of other tools", '{"page":"null","country":"NaN"}', page="null", country="NaN"),
    event("text that breaks CSV", r'{"page":"a,b\"c\"\r\nd;e\\"}', page='a,b"c"\r\nd;e\\'),
    event("a quote at each end", r'{"page":"\"x\""}', page='"x"'),
    event("a letter and its accent apart", '{"page":"e\u0301"}', page="e\u0301"),
    event("a byte-order mark in a string", '{"page":"\ufeff/"}', page="\ufeff/"),
    event("line separators", '{"page":"\u2028\u2029\x85"}', page="\u2028\u2029\x85"),
    event("900 kB of text", '{"page":"' + "x" * 900_000 + '"}', page="x" * 900_000),
    event("300 kB of escapes", '{"page":"' + r"\n" * 150_000 + '"}', page="\n" * 150_000),
    plain("a comma in the plain form", "/cart", "/a,b", page="/a,b"),
    plain("a colon in the plain form", "/cart", "/a:b", page="/a:b"),
    plain("braces in the plain form", "/cart", "{[/]}", page="{[/]}"),
    plain("an accent in the plain form", "/cart", "/ü", page="/ü"),
    plain("an escape in the plain form", "/cart", r"\/cart", page="/cart"),
    plain("a member inside a string", "/cart", r"\",\"page\":\"/x", page='","page":"/x'),
    plain("an empty page in the plain form", '"/cart"', '""', page=""),
    plain("a null as text in the plain form", '"/cart"', '"null"', page="null"),
]

TYPES = [
    event("the plain form", PLAIN, PLAIN_TS, **PLAIN_FIELDS),
    plain("a null user", '"user_7"', "null", user_id=None),
    plain("a null session and revenue", '"session_id":"sess_9"', '"session_id":null', session_id=None),
    plain("a null event type is a page view", '"purchase"', "null", event_type="page_view"),
    plain("an empty event type is not null", '"purchase"', '""', event_type=""),
    plain("a field missing", '"page":"/cart",', "", page=None),
    plain("a field more", "{", '{"ip":"127.0.0.1",', ip=None),
    plain("a blank after a colon", '"page":', '"page": '),
    plain("the last of two values counts", '"page":"/cart"', '"page":"/x","page":"/y"', page="/y"),
    plain("the last of two may be null", '"page":"/cart"', '"page":"/x","page":null', page=None),
    plain("a wrong value outdone by a right one", '"page":"/cart"', '"page":7,"page":"/y"', page="/y"),
    broken("a right value outdone by a wrong one", '"/cart"', '"/y","page":7', "wrong_type:page"),
    event("names are case-sensitive", '{"Page":5,"PAGE":[],"page":"/"}', page="/"),
    event("a name with a blank is another", '{"page ":5,"page":"/"}', page="/"),
    event("a name inside another object", '{"x":{"page":5},"page":"/"}', page="/"),
    # Names inside must not be taken for the outer ones by a reader that walks tokens, either.
    event("a name inside, beside a number beyond floats", '{"page":"/","x":{"page":5},"y":1e400}', page="/"),
    rejected(
        "an object as page, with a name inside", '{"page":{"page":"/","x":1},"y":1e400}', "wrong_type:page"
    ),
    event("an unknown field may hold anything", '{"x":[{"y":[1.5,null,true]}],"":{},"page":null}'),
    event("an unknown number beyond every float", '{"x":1e400,"y":-1e-400,"page":"/"}', page="/"),
    broken("a number as text", '"user_7"', "7", "wrong_type:user_id"),
    broken("true as text", '"user_7"', "true", "wrong_type:user_id"),
    broken("an object as text", '"user_7"', '{"id":7}', "wrong_type:user_id"),
    broken("an array as text", '"sess_9"', '["sess_9"]', "wrong_type:session_id"),
    broken("a float as text", '"DE"', "1.5", "wrong_type:country"),
    broken("event_time as a number", '"2026-03-01T12:00:00.123456+00:00"', "1", "wrong_type:event_time"),
    rejected("the first field in contract order", '{"page":1,"user_id":2}', "wrong_type:user_id"),
    rejected("type before range by field", '{"revenue":1e13,"latency_ms":"x"}', "wrong_type:latency_ms"),
    rejected(
        "range before type by field",
        '{"revenue":"x","latency_ms":1' + "0" * 30 + "}",
        "number_out_of_range:latency_ms",
    ),
    rejected("broken JSON before a wrong type", '{"user_id":7', "not_json"),
    broken("latency as text", "987", '"987"', "wrong_type:latency_ms"),
    broken("latency with a fraction", "987", "987.0", "wrong_type:latency_ms"),
    broken("latency with an exponent", "987", "3e2", "wrong_type:latency_ms"),
    broken("latency with a fraction beyond 64 bits", "987", "9223372036854775808.0", "wrong_type:latency_ms"),
    broken("latency with an exponent beyond floats", "987", "1e400", "wrong_type:latency_ms"),
    broken("latency false", "987", "false", "wrong_type:latency_ms"),
    broken("latency with a leading zero", "987", "0987", "not_json"),
    broken("latency with a plus", "987", "+987", "not_json"),
    broken("latency of a minus alone", "987", "-", "not_json"),
    broken("latency in hexadecimal", "987", "0x15", "not_json"),
    broken("latency beyond 64 bits", "987", "9223372036854775808", "number_out_of_range:latency_ms"),
    broken("latency below 64 bits", "987", "-9223372036854775809", "number_out_of_range:latency_ms"),
    broken("latency of twenty digits", "987", "10000000000000000000", "number_out_of_range:latency_ms"),
    broken("latency of forty digits", "987", "1" * 40, "number_out_of_range:latency_ms"),
    plain("the largest latency", "987", "9223372036854775807", latency_ms=9223372036854775807),
    plain("the smallest latency", "987", "-9223372036854775808", latency_ms=-9223372036854775808),
    plain("minus zero", "987", "-0", latency_ms=0),
    plain("a null latency", "987", "null", latency_ms=None),
    broken("revenue as text", "19.99", '"19.99"', "wrong_type:revenue"),
    broken("revenue true", "19.99", "true", "wrong_type:revenue"),
    broken("revenue as an object", "19.99", '{"amount":19.99}', "wrong_type:revenue"),
    broken("revenue with no digit before the point", "19.99", ".99", "not_json"),
    broken("revenue with no digit after the point", "19.99", "19.", "not_json"),
    broken("revenue with two points", "19.99", "19.9.9", "not_json"),
    broken("revenue with half an exponent", "19.99", "1e", "not_json"),
    broken("revenue with a comma", "19.99", "19,99", "not_json"),
    broken("revenue beyond the limit", "19.99", "1000000000000.01", "number_out_of_range:revenue"),
    broken("revenue below the limit", "19.99", "-1e13", "number_out_of_range:revenue"),
    broken("revenue 1e308", "19.99", "1e308", "number_out_of_range:revenue"),
    broken("revenue beyond every float", "19.99", "1e400", "number_out_of_range:revenue"),
    broken("revenue of forty digits", "19.99", "9" * 40, "number_out_of_range:revenue"),
    plain("revenue at the limit", "19.99", "1000000000000", revenue=1e12),
    plain("revenue at the limit, with exponent", "19.99", "-1E+12", revenue=-1e12),
    plain("revenue without fraction", "19.99", "20", revenue=20.0),
    plain("revenue negative", "19.99", "-19.99", revenue=-19.99),
    plain("revenue smaller than every float", "19.99", "1e-400", revenue=0.0),
    plain("revenue of many digits", "19.99", "0.1000000000000000055511151231257827", revenue=0.1),
    plain(
        "revenue of 41 digits",
        "19.99",
        "1234567.1234567890123456789012345678901234",
        revenue=1234567.1234567890123456789012345678901234,
    ),
    plain("a null revenue", "19.99", "null", revenue=None),
]

KNOWN_FIELDS = [
    rejected("an empty object", "{}", "no_known_field"),
    rejected("an empty object between blanks", "\r\n\t { \n } ", "no_known_field"),
    rejected("an object of another schema", '{"id":7,"name":"x","tags":["a"]}', "no_known_field"),
    rejected("an empty name", '{"":""}', "no_known_field"),
    rejected("a known name in capitals", '{"PAGE":"/","User_Id":"u"}', "no_known_field"),
    rejected("the plain form in capitals", PLAIN.upper(), "no_known_field"),
    rejected("a known name with a blank", '{"page ":"/"," page":"/"}', "no_known_field"),
    rejected("a known name with a NUL", r'{"page\u0000":"/"}', "no_known_field"),
    rejected("a known name in wide letters", '{"\uff50age":"/"}', "no_known_field"),
    rejected("a known name with a zero-width blank", '{"page\u200b":"/"}', "no_known_field"),
    rejected("a known name as a path", '{"$.page":"/","page.x":1,"[0]":1}', "no_known_field"),
    rejected("a known name only within", '{"x":{"page":"/"},"y":[{"user_id":"u"}]}', "no_known_field"),
    rejected("a known name only as a value", '{"x":"page","y":"\\"page\\":"}', "no_known_field"),
    rejected("no known field, beside a number beyond floats", '{"x":1e400}', "no_known_field"),
    rejected("no known field, with text behind", '{"x":1} x', "not_json"),
    rejected("no known field, with a lone surrogate", r'{"x":"\ud800"}', "not_json"),
    rejected("an array of an object without known field", "[{}]", "not_an_object"),
    rejected("a wrong type is a known field", '{"x":1,"page":{}}', "wrong_type:page"),
    *(event(f"{name} alone, and null", f'{{"{name}":null}}') for name in PLAIN_FIELDS),
    event("a null beside unknown fields", '{"x":1,"revenue":null,"y":{}}'),
    event("a null whose name has an escape", r'{"\u0070age":null}'),
    event("a null that outdoes a value", '{"page":"/","page":null}'),
    event("a null that outdoes a wrong type", '{"page":7,"page":null}'),
    event(
        "twelve nulls in the plain form",
        "{" + ",".join(f'"{name}":null' for name in PLAIN_FIELDS) + "}",
    ),
]

LIMITS = [
    event("999 levels", '{"x":' + _deep(998) + ',"page":"/"}', page="/"),
    rejected("999 levels without a known field", '{"x":' + _deep(998) + "}", "no_known_field"),
    rejected("1,000 levels", '{"x":' + _deep(999) + "}", "not_json"),
    rejected("999 levels in a known field", '{"page":' + _deep(998) + "}", "wrong_type:page"),
    rejected("999 levels of objects in revenue", '{"revenue":' * 999 + "1" + "}" * 999, "wrong_type:revenue"),
    rejected("999 levels of an array", _deep(999), "not_an_object"),
    rejected("1,000 levels of an array", _deep(1_000), "not_json"),
    rejected("100,000 levels", '{"x":' + _deep(100_000) + "}", "not_json"),
    rejected("400,000 levels, never closed", "[" * 400_000, "not_json"),
    rejected("100,000 levels of objects", '{"x":' * 100_000 + "1" + "}" * 100_000, "not_json"),
    rejected("999 levels after an object", "{}," + _deep(998), "not_json"),
    rejected("999 levels after an object, brackets closed", "{}," + _deep(998) + "],[", "not_json"),
    event("an unknown number of 1,000 characters", '{"user_id":null,"x":' + "1" * 1_000 + "}"),
    rejected("1,000 characters without a known field", '{"x":' + "1" * 1_000 + ',"y":[]}', "no_known_field"),
    rejected("an unknown number of 1,001 characters", '{"x":' + "1" * 1_001 + "}", "not_json"),
    rejected("1,001 characters with the sign", '{"x":[-' + "1" * 1_000 + "]}", "not_json"),
    rejected("1,001 characters with the point", '{"x":0.' + "1" * 999 + "}", "not_json"),
    rejected("1,001 characters with the exponent", '{"x":1e' + "1" * 999 + "}", "not_json"),
    event("1,000 characters of revenue", '{"revenue":0.' + "0" * 996 + "51}", revenue=0.0),
    rejected(
        "1,000 digits of latency", '{"latency_ms":' + "9" * 1_000 + "}", "number_out_of_range:latency_ms"
    ),
    rejected("1,001 digits of latency", '{"latency_ms":' + "9" * 1_001 + "}", "not_json"),
    event("1,001 digits in a string", '{"page":"' + "1" * 1_001 + '"}', page="1" * 1_001),
    event("1,001 digits in a name", '{"' + "1" * 1_001 + '":1,"user_id":"u"}', user_id="u"),
    event(
        "1,001 digits behind an escaped quote", r'{"page":"\"' + "1" * 1_001 + '"}', page='"' + "1" * 1_001
    ),
    event("a name of 50,000 characters", '{"' + "n" * 50_000 + '":1,"latency_ms":5}', latency_ms=5),
    rejected("a name of 50,000 characters alone", '{"' + "n" * 50_000 + '":1}', "no_known_field"),
    event(
        "a name of 50,000 characters in 100,000 bytes",
        '{"user_id":"u","' + "ü" * 50_000 + '":1}',
        user_id="u",
    ),
    event("a name of 25,000 characters of two UTF-16 units", '{"page":null,"' + "😀" * 25_000 + '":1}'),
    rejected("a name of 25,001 such characters", '{"' + "😀" * 25_001 + '":1}', "not_json"),
    rejected("25,001 such characters, escaped", '{"' + r"\ud83d\ude00" * 25_001 + '":1}', "not_json"),
    rejected("a name of 50,001 characters", '{"' + "n" * 50_001 + '":1}', "not_json"),
    rejected("a name of 50,001 characters within", '{"x":[{"' + "n" * 50_001 + '":1}]}', "not_json"),
    event("50,001 characters as a value", '{"page":"' + "n" * 50_001 + '"}', page="n" * 50_001),
    event(
        "a known name after 10,000 others",
        "{" + "".join(f'"n{i}":{i},' for i in range(10_000)) + '"page":"/"}',
        page="/",
    ),
    rejected(
        "10,000 unknown names", "{" + ",".join(f'"n{i}":{i}' for i in range(10_000)) + "}", "no_known_field"
    ),
]

TIMES = [
    timed("2026-03-01T12:00:00.123456+00:00", "2026-03-01T12:00:00.123456"),
    timed("2026-03-01T12:00:00.123456Z", "2026-03-01T12:00:00.123456"),
    timed("2026-03-01T12:00:00", "2026-03-01T12:00:00"),
    timed("2026-03-01 12:00:00.5", "2026-03-01T12:00:00.500000"),
    timed("2026-03-01T12:00:00.123456999Z", "2026-03-01T12:00:00.123456"),
    timed("1969-12-31T23:59:59.999999999Z", "1969-12-31T23:59:59.999999"),
    timed("2026-03-01T12:00:00+05:30", "2026-03-01T06:30:00"),
    timed("2026-03-01T12:00:00-0530", "2026-03-01T17:30:00"),
    timed("2026-03-01T12:00:00-00:00", "2026-03-01T12:00:00"),
    timed("2026-03-01T12:00:00+18:00", "2026-02-28T18:00:00"),
    timed("2026-03-01T12:00:00-1800", "2026-03-02T06:00:00"),
    timed("2024-02-29T00:00:00Z", "2024-02-29T00:00:00"),
    timed("0001-01-01T00:00:00Z", "0001-01-01T00:00:00"),
    timed("1582-10-10T00:00:00Z", "1582-10-10T00:00:00"),
    timed("1883-11-18T12:00:00Z", "1883-11-18T12:00:00"),
    timed("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999"),
    timed("9999-12-31T23:59:59-18:00", us("9999-12-31T23:59:59") + 18 * 3_600_000_000),
    timed("0001-01-01T00:00:00+18:00", us("0001-01-01T00:00:00") - 18 * 3_600_000_000),
    timed("2026-02-29T00:00:00Z", None),
    timed("2026-04-31T00:00:00Z", None),
    timed("2026-13-01T00:00:00Z", None),
    timed("2026-00-10T00:00:00Z", None),
    timed("2026-03-00T00:00:00Z", None),
    timed("2026-03-01T24:00:00Z", None),
    timed("2026-03-01T12:60:00Z", None),
    timed("2026-03-01T12:00:60Z", None),
    timed("2026-03-01T12:00:00.Z", None),
    timed("2026-03-01T12:00:00.1234567890Z", None),
    timed("2026-03-01T12:00:00,5Z", None),
    timed("2026-03-01T12:00:00+18:01", None),
    timed("2026-03-01T12:00:00-19:00", None),
    timed("2026-03-01T12:00:00+05:60", None),
    timed("2026-03-01T12:00:00+5:30", None),
    timed("2026-03-01T12:00:00+05", None),
    timed("2026-03-01T12:00:00 +05:30", None),
    timed("2026-03-01T12:00:00 Z", None),
    timed("2026-03-01T12:00:00z", None),
    timed("2026-03-01t12:00:00Z", None),
    timed("2026-03-01  12:00:00Z", None),
    timed("2026-03-01T12:00Z", None),
    timed("2026-03-01", None),
    timed("2026-03", None),
    timed("2026", None),
    timed("12:00:00", None),
    timed("T12:00:00Z", None),
    timed("now", None),
    timed("epoch", None),
    timed("", None),
    timed(" 2026-03-01T12:00:00Z", None),
    timed("2026-03-01T12:00:00Z ", None),
    timed("2026-3-1T12:00:00Z", None),
    timed("12026-03-01T12:00:00Z", None),
    timed("-2026-03-01T12:00:00Z", None),
    timed("+2026-03-01T12:00:00Z", None),
    timed("20260301T120000Z", None),
    timed("1767225600", None),
    timed("2026-03-01T12:00:00 Europe/Berlin", None),
    timed("2026-03-01T12:00:00[UTC]", None),
    timed("2026-03-01T12:00:00UTC", None),
    timed("\uff12\uff10\uff12\uff16-03-01T12:00:00Z", None),
    timed("2026-03-01T12:00:0\u0660Z", None),
    event(
        "a line feed after the time",
        r'{"event_time":"2026-03-01T12:00:00Z\n"}',
        event_time="2026-03-01T12:00:00Z\n",
    ),
    plain(
        "a broken time in the plain form",
        "2026-03-01T12:00:00.123456+00:00",
        "yesterday",
        event_time="yesterday",
    )._replace(event_ts_us=None),
    plain(
        "a time of day in the plain form",
        "2026-03-01T12:00:00.123456+00:00",
        "12:00:00",
        event_time="12:00:00",
    )._replace(event_ts_us=None),
]

HOSTILE_MESSAGES: tuple[Message, ...] = (*WHOLE, *STRINGS, *TYPES, *KNOWN_FIELDS, *LIMITS, *TIMES)
