"""Random streams that look for the edges: late to the millisecond, gaps equal to the session gap."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from cut_topic import Arriving
from hostile_messages import HOSTILE_MESSAGES

# Lengths that divide one another: a time on the grid of the shortest is an edge of all of them.
UNIT_MS = 1_000
BASE_MS = int(datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp() * 1_000)
PARTITIONS = 3


TOLERANCE_MS = 4_000


@dataclass(frozen=True)
class Stream:
    """Settings, the records of each micro-batch, and after how many of them each run of the job ends."""

    settings: dict[str, str]
    batches: list[list[Arriving]]
    runs_end_after: list[int]


def _spelled(moment_us: int) -> str:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=moment_us)
    return moment.isoformat(timespec="microseconds")


# On the grid, or a microsecond or millisecond beside it, where rules change their answer.
_beside_us = st.sampled_from([0, 0, 0, 1, -1, 1_000, -1_000, 999, -999, 500_000])
_steps = st.integers(0, 40)
_far_steps = st.one_of(_steps, _steps, _steps, _steps, st.sampled_from([-100_000, 300, 5_000]))
_moments_us = st.builds(
    lambda step, beside: (BASE_MS + step * UNIT_MS) * 1_000 + beside, _far_steps, _beside_us
)


def _fields() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {},
        optional={
            "user_id": st.sampled_from(["user_1", "user_2", "user_3", "", "\U0001f642", None]),
            "session_id": st.sampled_from(["sess_1", "sess_2", None]),
            "event_type": st.sampled_from(["page_view", "click", "purchase", "purchase", None]),
            "page": st.sampled_from(["/", "/cart", '/a,b\n"c"', "", None]),
            "country": st.sampled_from(["DE", "US", None]),
            "browser": st.sampled_from(["Edge", None]),
            "latency_ms": st.sampled_from([0, 1_200, -(2**63), 2**63 - 1, None]),
            "revenue": st.one_of(
                st.none(), st.sampled_from([0.1, 0.2, 1e12, -1e12, 19.99]), st.floats(-1e6, 1e6)
            ),
        },
    )


@st.composite
def _events(draw: st.DrawFn) -> tuple[int, bytes | None]:
    """Event time in microseconds, and the message; without `event_time` the record's time counts."""
    moment_us = draw(_moments_us)
    event = draw(_fields())
    if draw(st.integers(0, 9)):
        event = {"event_time": _spelled(moment_us), **event}
    compact = draw(st.booleans())
    return moment_us, json.dumps(event, separators=(",", ":") if compact else None).encode()


@st.composite
def _of_another_schema(draw: st.DrawFn) -> tuple[int, bytes | None]:
    """An object of any names; now and then one of them is the contract's."""
    names = st.one_of(st.text(max_size=3), st.sampled_from(["id", "Page", "USER_ID", "page ", "page"]))
    values = st.one_of(st.none(), st.booleans(), st.integers(), st.just("/"), st.just({"user_id": "user_1"}))
    content = draw(st.dictionaries(names, values, max_size=3))
    return draw(_moments_us), json.dumps(content, ensure_ascii=draw(st.booleans())).encode("utf-8", "replace")


_hostile = st.sampled_from(
    [message.value for message in HOSTILE_MESSAGES if len(message.value or b"") < 10_000]
)
_messages = st.one_of(
    _events(),
    _events(),
    _events(),
    _events(),
    _of_another_schema(),
    st.tuples(_moments_us, _hostile),
    st.tuples(_moments_us, st.binary()),
)


@st.composite
def _records(draw: st.DrawFn) -> Arriving:
    moment_us, value = draw(_messages)
    # How far the event lies ahead of its record: by the tolerance, and by a millisecond more or less.
    ahead_ms = draw(st.sampled_from([0, 0, 0, TOLERANCE_MS, TOLERANCE_MS + 1, TOLERANCE_MS - 1, -5_000]))
    return Arriving(draw(st.integers(0, PARTITIONS - 1)), moment_us // 1_000 - ahead_ms, value)


# Page window, geo window, session gap, watermark delay, in units; few, as Spark compiles each anew.
_SETTINGS = [(1, 2, 1, 0), (4, 3, 2, 3), (8, 5, 6, 6), (2, 2, 3, 1), (5, 1, 4, 2), (3, 4, 5, 10)]
_NAMES = ("PAGE_WINDOW", "GEO_WINDOW", "SESSION_WINDOW", "WATERMARK_DELAY")


@st.composite
def streams(draw: st.DrawFn) -> Stream:
    """A stream of at most five micro-batches, empty ones among them, under settings of its own."""
    units = draw(st.sampled_from(_SETTINGS))
    settings = {name: f"{unit * UNIT_MS} milliseconds" for name, unit in zip(_NAMES, units, strict=True)}
    if draw(st.integers(0, 2)) == 0:
        settings["FUTURE_TOLERANCE"] = f"{TOLERANCE_MS} milliseconds"
    batches = draw(st.lists(st.lists(_records(), max_size=16), min_size=1, max_size=5))
    # Nothing at all to compare is no pass: one event that every stream has.
    batches[0].append(Arriving(0, BASE_MS, b'{"event_time":"2026-03-01T12:00:00Z","user_id":"user_1"}'))
    ends = [len(batches)]
    if len(batches) > 1 and draw(st.integers(0, 3)) == 0:
        ends.insert(0, draw(st.integers(1, len(batches) - 1)))
    return Stream(settings, batches, ends)
