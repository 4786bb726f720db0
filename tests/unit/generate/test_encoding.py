"""The fast encoder is orjson, only faster."""

from datetime import UTC, datetime, timedelta

import numpy as np
import orjson
from hypothesis import given
from hypothesis import strategies as st

from clickstream.clicks.generate.columns import Clicks
from clickstream.clicks.generate.encoding import EventEncoder
from clickstream.clicks.generate.population import population
from clickstream.clicks.generate.vocabulary import (
    CAMPAIGNS,
    EVENT_TYPE_PERCENT,
    LATENCY_MS,
    PAGES,
    REFERRERS,
    REVENUE_CENTS,
    SESSIONS,
    USERS,
)

POPULATION = population(42)
ENCODER = EventEncoder(POPULATION)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
YEAR_9999_US = (datetime(9999, 12, 31, tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)

rows = st.tuples(
    st.integers(-86_400_000_000, YEAR_9999_US),
    st.integers(0, USERS - 1),
    st.integers(0, SESSIONS),
    st.integers(0, len(EVENT_TYPE_PERCENT) - 1),
    st.integers(0, len(PAGES) - 1),
    st.integers(0, len(REFERRERS) - 1),
    st.integers(0, len(CAMPAIGNS) - 1),
    st.integers(*LATENCY_MS),
    st.one_of(st.just(0), st.integers(*REVENUE_CENTS)),
)


def as_dict(row: tuple[int, ...]) -> dict[str, object]:
    """The plain way to the same event: one dict, built without the encoder."""
    event_time_us, user, session, event_type, page, referrer, campaign, latency_ms, cents = row
    person = POPULATION[user]
    return {
        "event_time": (EPOCH + timedelta(microseconds=event_time_us)).isoformat(timespec="microseconds"),
        "user_id": person.user_id,
        "session_id": f"sess_{session}" if session else None,
        "event_type": list(EVENT_TYPE_PERCENT)[event_type],
        "page": PAGES[page],
        "referrer": REFERRERS[referrer],
        "device": person.device,
        "browser": person.browser,
        "country": person.country,
        "campaign": CAMPAIGNS[campaign],
        "latency_ms": latency_ms,
        "revenue": cents / 100 if cents else None,
    }


def encoded(chosen: list[tuple[int, ...]]) -> list[bytes]:
    event_time_us, *columns = np.array(chosen, dtype=np.int64).reshape(len(chosen), 9).T
    return ENCODER.encode(Clicks(*columns), event_time_us)


@given(chosen=st.lists(rows, max_size=20))
def test_encoding_equals_orjson_of_the_dict(chosen):
    assert encoded(chosen) == [orjson.dumps(as_dict(row)) for row in chosen]


def test_every_session_latency_and_revenue_is_written_as_orjson_does():
    # Each vocabulary that is cut into tables, in full, the rest held still.
    still = (0, 0, 1, 0, 0, 0, 0, LATENCY_MS[0], 0)
    sessions = [(*still[:2], session, *still[3:]) for session in range(0, SESSIONS + 1, 17)]
    edges = [(*still[:2], session, *still[3:]) for session in (1, 9, 10, 999, 1_000, 1_001, 499_999, 500_000)]
    latencies = [(*still[:7], latency_ms, 0) for latency_ms in range(LATENCY_MS[0], LATENCY_MS[1] + 1)]
    revenues = [(*still[:8], cents) for cents in range(REVENUE_CENTS[0], REVENUE_CENTS[1] + 1)]
    chosen = sessions + edges + latencies + revenues
    assert encoded(chosen) == [orjson.dumps(as_dict(row)) for row in chosen]
