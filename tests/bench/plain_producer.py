"""The usual way to write a producer, as a yardstick: kafka-python, a dict and json.dumps per event.

Every tenth send is waited for, as people do who want to know that it went well.
"""

import json
import random
import uuid
from datetime import UTC, datetime

from kafka import KafkaProducer  # type: ignore[import-untyped]

from clickstream.clicks.event import PURCHASE
from clickstream.clicks.generate.vocabulary import (
    BROWSERS,
    CAMPAIGNS,
    COUNTRIES,
    DEVICES,
    EVENT_TYPE_PERCENT,
    LATENCY_MS,
    NULL_SESSION_PERCENT,
    PAGES,
    REFERRERS,
    REVENUE_CENTS,
    SESSIONS,
    USERS,
)
from clickstream.clock import SystemClock
from clickstream.settings import BrokerSettings

AWAITED_ONE_IN = 10


def plain_events_per_s(broker: BrokerSettings, count: int) -> float:
    """Send so many events, each drawn by `random`, and say how many went out per second."""
    clock = SystemClock()
    chance = random.Random(42)
    producer = KafkaProducer(
        bootstrap_servers=broker.bootstrap_servers,
        acks="all",
        client_id=f"plain-{uuid.uuid4().hex[:8]}",
        key_serializer=str.encode,
        value_serializer=lambda event: json.dumps(event).encode(),
    )
    begun_s = clock.monotonic_s()
    sent = []
    for number in range(count):
        event = _event(chance)
        future = producer.send(broker.topic, key=event["user_id"], value=event)
        if number % AWAITED_ONE_IN == 0:
            future.get(timeout=30)
        else:
            sent.append(future)
    producer.flush()
    assert all(future.succeeded() for future in sent)
    elapsed_s = clock.monotonic_s() - begun_s
    producer.close()
    return count / elapsed_s


def _event(chance: random.Random) -> dict[str, object]:
    event_type = chance.choices(list(EVENT_TYPE_PERCENT), list(EVENT_TYPE_PERCENT.values()))[0]
    has_session = chance.random() * 100 >= NULL_SESSION_PERCENT
    return {
        "event_time": datetime.now(UTC).isoformat(),
        "user_id": f"user_{chance.randint(1, USERS)}",
        "session_id": f"sess_{chance.randint(1, SESSIONS)}" if has_session else None,
        "event_type": event_type,
        "page": chance.choice(PAGES),
        "referrer": chance.choice(REFERRERS),
        "device": chance.choice(DEVICES),
        "browser": chance.choice(BROWSERS),
        "country": chance.choice(COUNTRIES),
        "campaign": chance.choice(CAMPAIGNS),
        "latency_ms": chance.randint(*LATENCY_MS),
        "revenue": chance.randint(*REVENUE_CENTS) / 100 if event_type == PURCHASE else None,
    }
