"""A click: what a visitor of a shop did on a page."""

from clickstream.define import Event, EventField, JsonType

CLICK = Event(
    fields=(
        EventField("event_time", JsonType.STRING),
        EventField("user_id", JsonType.STRING),
        EventField("session_id", JsonType.STRING),
        EventField("event_type", JsonType.STRING, default="page_view"),
        EventField("page", JsonType.STRING),
        EventField("referrer", JsonType.STRING),
        EventField("device", JsonType.STRING),
        EventField("browser", JsonType.STRING),
        EventField("country", JsonType.STRING),
        EventField("campaign", JsonType.STRING),
        EventField("latency_ms", JsonType.INTEGER),
        EventField("revenue", JsonType.NUMBER),
    ),
    time_field="event_time",
    key_field="user_id",
)

PURCHASE = "purchase"
"""The event type that has a revenue."""
