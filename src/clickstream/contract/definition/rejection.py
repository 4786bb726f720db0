"""Why a message is not an event: a closed list, in the order in which the reasons are tried."""

from clickstream.contract.definition.event import Event, JsonType

EMPTY = "empty"
"""The value is null or has no bytes."""
NOT_UTF8 = "not_utf8"
NOT_JSON = "not_json"
"""Not one JSON value by RFC 8259 with nothing after it, within the limits in `event.py`."""
NOT_AN_OBJECT = "not_an_object"
NO_KNOWN_FIELD = "no_known_field"
"""An object without any of the contract's names; a known field that is null counts as present."""
FUTURE_EVENT = "future_event"
"""event_ts is further ahead of the Kafka record's timestamp than FUTURE_TOLERANCE, where that is set."""


def wrong_type(field_name: str) -> str:
    """The reason for a field that is neither null nor of its declared type."""
    return f"wrong_type:{field_name}"


def number_out_of_range(field_name: str) -> str:
    """The reason for a number of the declared type that the field cannot hold."""
    return f"number_out_of_range:{field_name}"


def reasons_of(event: Event) -> tuple[str, ...]:
    """All reasons for an event's messages; the first that applies, in this order, is the message's reason."""
    by_field: list[str] = []
    for field in event.fields:
        by_field.append(wrong_type(field.name))
        if field.type is not JsonType.STRING:
            by_field.append(number_out_of_range(field.name))
    return (EMPTY, NOT_UTF8, NOT_JSON, NOT_AN_OBJECT, NO_KNOWN_FIELD, *by_field, FUTURE_EVENT)
