"""The rules of docs/semantics.md once more, row by row: slow, obvious, and no code shared with the checker.

Only the paper's tables of mean bias are the checker's: a test against Spark holds those. State in a dict, one
batch after the other, every rule by its number.
"""

import math
from dataclasses import dataclass, field
from typing import Any

import xxhash

from clickstream.check.expected.hyperloglog_tables import MEAN_BIAS, RAW_ESTIMATES

Row = dict[str, Any]


@dataclass(frozen=True)
class Click:
    """An event as decoded; a test names only what matters to it."""

    ts_us: int
    user_id: str | None = "user_1"
    page: str | None = "/"
    session_id: str | None = None
    event_type: str = "page_view"
    country: str | None = "DE"
    browser: str | None = "Edge"
    revenue: float | None = None


@dataclass(frozen=True)
class Terms:
    page_window_us: int
    geo_window_us: int
    gap_us: int
    delay_ms: int


@dataclass
class Replay:
    """What one query came to: rows with `batch_id`, dropped events, rows still to come, watermarks in ms."""

    rows: list[Row] = field(default_factory=list)
    late_events_dropped: int = 0
    open_windows: int = 0
    watermarks_ms: list[int] = field(default_factory=list)


def watermarks_of(batches: list[list[Click]], delay_ms: int) -> list[int]:
    """Rule 2."""
    watermarks = [0]
    newest_us = None
    for clicks in batches:
        for click in clicks:
            newest_us = click.ts_us if newest_us is None else max(newest_us, click.ts_us)
        following = watermarks[-1]
        if newest_us is not None:
            following = max(following, newest_us // 1_000 - delay_ms)
        watermarks.append(following)
    return watermarks[: len(batches)]


def replay_windows(batches: list[list[Click]], window_us: int, delay_ms: int, key: Any, row: Any) -> Replay:
    """Tumbling windows: `key` of a click beside its window, `row` of a finished window's clicks."""
    result = Replay(watermarks_ms=watermarks_of(batches, delay_ms))
    state: dict[Any, list[Click]] = {}
    for batch_id, clicks in enumerate(batches):
        watermark_us = result.watermarks_ms[batch_id] * 1_000
        previous_us = result.watermarks_ms[batch_id - 1] * 1_000 if batch_id else 0
        for click in clicks:
            start = click.ts_us // window_us * window_us
            if start + window_us <= previous_us:  # rule 3
                result.late_events_dropped += 1
                continue
            state.setdefault((start, key(click)), []).append(click)
        for start, own_key in sorted(state, key=repr):
            if start + window_us <= watermark_us:  # rule 4
                clicks_there = state.pop((start, own_key))
                window = {"window_start": start, "window_end": start + window_us}
                result.rows.append({**window, **row(own_key, clicks_there), "batch_id": batch_id})
    result.open_windows = len(state)
    return result


def replay_pages(batches: list[list[Click]], terms: Terms) -> Replay:
    return replay_windows(
        batches,
        terms.page_window_us,
        terms.delay_ms,
        key=lambda click: click.page,
        row=lambda page, clicks: {
            "page": page,
            "pageviews": len(clicks),
            "unique_users": approx_count_distinct([click.user_id for click in clicks]),
            "unique_sessions": approx_count_distinct([click.session_id for click in clicks]),
            "purchases": sum(click.event_type == "purchase" for click in clicks),
            "revenue": math.fsum(click.revenue or 0.0 for click in clicks),
        },
    )


def replay_geo(batches: list[list[Click]], terms: Terms) -> Replay:
    return replay_windows(
        batches,
        terms.geo_window_us,
        terms.delay_ms,
        key=lambda click: (click.country, click.browser),
        row=lambda key, clicks: {"country": key[0], "browser": key[1], "events": len(clicks)},
    )


def replay_sessions(batches: list[list[Click]], terms: Terms) -> Replay:
    result = Replay(watermarks_ms=watermarks_of(batches, terms.delay_ms))
    open_sessions: list[tuple[str, int, int, list[Click]]] = []
    for batch_id, clicks in enumerate(batches):
        watermark_us = result.watermarks_ms[batch_id] * 1_000
        previous_us = result.watermarks_ms[batch_id - 1] * 1_000 if batch_id else 0
        for click in clicks:
            if click.user_id is None:  # has no session, but moves the watermark
                continue
            end = click.ts_us + terms.gap_us
            if end <= previous_us:  # rule 3: the event's own window
                result.late_events_dropped += 1
                continue
            merged = (click.user_id, click.ts_us, end, [click])
            apart = []
            for session in open_sessions:
                user, start, its_end, its_clicks = session
                # rule 5: one that touches is the same
                if user == click.user_id and start <= merged[2] and merged[1] <= its_end:
                    merged = (user, min(start, merged[1]), max(its_end, merged[2]), [*its_clicks, *merged[3]])
                else:
                    apart.append(session)
            open_sessions = [*apart, merged]
        still_open = []
        for session in open_sessions:
            user, start, end, its_clicks = session
            if end <= watermark_us:  # rule 4
                result.rows.append(
                    {
                        "user_id": user,
                        "session_start": start,
                        "session_end": end,
                        "events_in_session": len(its_clicks),
                        "distinct_pages": approx_count_distinct([click.page for click in its_clicks]),
                        "session_revenue": math.fsum(click.revenue or 0.0 for click in its_clicks),
                        "batch_id": batch_id,
                    }
                )
            else:
                still_open.append(session)
        open_sessions = still_open
    result.open_windows = len(open_sessions)
    return result


def approx_count_distinct(values: list[str | None]) -> int:
    """HyperLogLog++ for p = 9, register by register."""
    registers = [0] * 512
    for value in values:
        if value is not None:
            bits = format(xxhash.xxh64_intdigest(value.encode(), 42), "064b")
            index, rest = int(bits[:9], 2), bits[9:]
            registers[index] = max(registers[index], len(rest) - len(rest.lstrip("0")) + 1)
    raw = 0.7213 / (1 + 1.079 / 512) * 512 * 512 / sum(2.0**-rank for rank in registers)
    empty = registers.count(0)
    if empty:
        linear = 512 * math.log(512 / empty)
        if linear <= 400 or raw <= 2.5 * 512:
            return math.floor(linear + 0.5)
    if raw < 5 * 512:
        nearest = sorted(range(len(RAW_ESTIMATES)), key=lambda at: (raw - RAW_ESTIMATES[at]) ** 2)[:6]
        raw -= sum(MEAN_BIAS[at] for at in nearest) / 6
    return math.floor(raw + 0.5)
