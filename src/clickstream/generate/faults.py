"""What goes wrong on purpose: events that come late, messages that are no events."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import orjson

from clickstream.contract import rejection
from clickstream.generate.draws import Columns, Draw, Draws

_US_PER_MS = 1_000
_MS_PER_S = 1_000
NO_FAULT = -1


@dataclass(frozen=True, slots=True)
class Fault:
    """A way to break a message: its name, the reason it must be rejected for, and how it is done."""

    name: str
    reason: str
    spoil: Callable[[bytes], bytes | None]


def _with(field: str, value: object) -> Callable[[bytes], bytes]:
    return lambda event: orjson.dumps({**orjson.loads(event), field: value})


def _with_text(field: str, text: bytes) -> Callable[[bytes], bytes]:
    # The contract's field order makes the given field the last one, so JSON that orjson cannot write fits.
    return lambda event: (
        orjson.dumps({name: value for name, value in orjson.loads(event).items() if name != field})[:-1]
        + b',"%b":%b}' % (field.encode(), text)
    )


FAULTS: tuple[Fault, ...] = (
    Fault("null value", rejection.EMPTY, lambda _: None),
    Fault("no bytes", rejection.EMPTY, lambda _: b""),
    Fault("not UTF-8", rejection.NOT_UTF8, lambda event: event[:20] + b"\xff\xfe" + event[20:]),
    Fault("cut off", rejection.NOT_JSON, lambda event: event[: len(event) // 2]),
    Fault("text after the object", rejection.NOT_JSON, lambda event: event + b" trailing"),
    Fault("two objects", rejection.NOT_JSON, lambda event: event + event),
    Fault("byte-order mark", rejection.NOT_JSON, lambda event: b"\xef\xbb\xbf" + event),
    Fault("single quotes", rejection.NOT_JSON, lambda event: event.replace(b'"', b"'")),
    Fault("not a number", rejection.NOT_JSON, _with_text("revenue", b"NaN")),
    Fault("unpaired surrogate", rejection.NOT_JSON, _with_text("campaign", b'"\\ud800"')),
    Fault("line break in a string", rejection.NOT_JSON, _with_text("campaign", b'"spring\nsale"')),
    Fault("an array", rejection.NOT_AN_OBJECT, lambda event: b"[" + event + b"]"),
    Fault("a string", rejection.NOT_AN_OBJECT, lambda event: orjson.dumps(event.decode())),
    Fault("number as user", rejection.wrong_type("user_id"), _with("user_id", 4711)),
    Fault("object as page", rejection.wrong_type("page"), _with("page", {"path": "/"})),
    Fault("latency in words", rejection.wrong_type("latency_ms"), _with("latency_ms", "fast")),
    Fault("latency with a fraction", rejection.wrong_type("latency_ms"), _with("latency_ms", 120.5)),
    Fault("revenue as text", rejection.wrong_type("revenue"), _with("revenue", "19.99")),
    Fault(
        "latency beyond 64 bits",
        rejection.number_out_of_range("latency_ms"),
        _with_text("latency_ms", b"9223372036854775808"),
    ),
    Fault("revenue beyond bounds", rejection.number_out_of_range("revenue"), _with("revenue", 1e13)),
)
"""The mix of broken messages, each as likely as the other."""


def lateness_us(draws: Draws, rate: Fraction, most_s: int) -> Columns:
    """How long before its nominal time each event happened, microseconds: 0, or 1 s … `most_s`."""
    late_ms = _MS_PER_S + draws.below(Draw.LATENESS, (most_s - 1) * _MS_PER_S + 1)
    return np.where(draws.happens(Draw.IS_LATE, rate), late_ms * _US_PER_MS, 0)


def chosen_faults(draws: Draws, rate: Fraction) -> Columns:
    """The index in `FAULTS` of what breaks each message, `NO_FAULT` for a sound one."""
    return np.where(
        draws.happens(Draw.IS_MALFORMED, rate), draws.below(Draw.FAULT, len(FAULTS)), np.int64(NO_FAULT)
    )


def spoiled(values: list[bytes], faults: Columns) -> list[bytes | None]:
    """The messages as they are sent: those that have a fault broken, the others as they are."""
    sent: list[bytes | None] = list(values)
    for index in np.flatnonzero(faults != NO_FAULT).tolist():
        sent[index] = FAULTS[int(faults[index])].spoil(values[index])
    return sent
