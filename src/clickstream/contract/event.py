"""The event: one JSON object per Kafka message, and the one list of its fields.

Generator, Spark job and checker all take names, types and vocabularies from here.
"""

from dataclasses import dataclass
from enum import StrEnum


class JsonType(StrEnum):
    """The declared type of a field; every field may also be null or missing."""

    STRING = "string"
    INTEGER = "integer"
    """Written without fraction and exponent, within 64 bits, signed."""
    NUMBER = "number"
    """Any JSON number of an absolute value of at most `NUMBER_LIMIT`."""


@dataclass(frozen=True, slots=True)
class EventField:
    """A field of the event: its name in the JSON object and its declared type."""

    name: str
    type: JsonType


EVENT_FIELDS: tuple[EventField, ...] = (
    EventField("event_time", JsonType.STRING),
    EventField("user_id", JsonType.STRING),
    EventField("session_id", JsonType.STRING),
    EventField("event_type", JsonType.STRING),
    EventField("page", JsonType.STRING),
    EventField("referrer", JsonType.STRING),
    EventField("device", JsonType.STRING),
    EventField("browser", JsonType.STRING),
    EventField("country", JsonType.STRING),
    EventField("campaign", JsonType.STRING),
    EventField("latency_ms", JsonType.INTEGER),
    EventField("revenue", JsonType.NUMBER),
)
"""Contract order: the generator writes them so, and reasons are looked for in this order."""

FIELD_NAMES: tuple[str, ...] = tuple(field.name for field in EVENT_FIELDS)

NUMBER_LIMIT = 1e12
"""Largest |revenue| of an event; beyond it the message is `number_out_of_range:revenue`."""

MAX_NESTING_LEVELS = 999
"""Deepest nesting of a JSON value that is an event; the outer object is level 1."""

MAX_NUMBER_CHARACTERS = 1_000
"""Longest number, in characters as written, that is JSON by the decoding rule."""

MAX_NAME_CHARACTERS = 50_000
"""Longest member name, in UTF-16 code units after unescaping, that is JSON by the decoding rule."""

DEFAULT_EVENT_TYPE = "page_view"
"""Taken where event_type is null."""

PURCHASE = "purchase"

USERS = 5_000
SESSIONS = 500_000
NULL_SESSION_PERCENT = 30

EVENT_TYPE_PERCENT: dict[str, int] = {"page_view": 75, "click": 15, "add_to_cart": 7, "purchase": 3}
PAGES = ("/", "/home", "/search", "/product/sku-1", "/product/sku-2", "/cart", "/checkout", "/help")
REFERRERS = ("direct", "google", "facebook", "twitter", "email", "partner")
DEVICES = ("desktop", "mobile", "tablet")
BROWSERS = ("Chrome", "Safari", "Firefox", "Edge")
COUNTRIES = ("US", "IN", "DE", "GB", "CA", "AU", "FR", "BR", "SG", "AE")
CAMPAIGNS = ("spring_sale", "retargeting", "launch", "brand", "none")
LATENCY_MS = (50, 1_200)
"""Smallest and largest latency_ms of the standard generator, both included."""
REVENUE_CENTS = (1_000, 20_000)
"""Smallest and largest revenue of a purchase in cents, both included."""
