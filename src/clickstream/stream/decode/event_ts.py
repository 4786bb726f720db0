"""When an event happened: by its own word where that is a time by the rule, else by the Kafka record's."""

from pyspark.sql import Column
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's users know

from clickstream.duration import Duration

TIME_FORM = (
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,9})?"
    r"(?:Z|[+-](?:(?:0[0-9]|1[0-7]):?[0-5][0-9]|18:?00))?"
)
"""ASCII digits, a time of day that exists, at most nine decimals, an offset of at most 18 hours."""


def event_ts(text: Column, has_the_form: Column, kafka_timestamp: Column) -> Column:
    """The event's time where its text is one by the rule, else the Kafka record's; microseconds.

    Spark's own parser also takes a bare time of day, a year alone and zone names, so that the form is
    tested first; what the form cannot see, a date that does not exist, the try makes null.

    Args:
        text: the time field as it came, a string or null.
        has_the_form: true where the text is known to have the form; elsewhere it is tested.
        kafka_timestamp: the record's timestamp, never null.
    """
    is_time = has_the_form | text.rlike(rf"\A{TIME_FORM}\z")
    return F.coalesce(F.when(is_time, text.try_cast("timestamp")), kafka_timestamp)


def is_ahead_of(event_ts: Column, kafka_timestamp: Column, tolerance: Duration) -> Column:
    """Whether the event is more than the tolerance ahead of its Kafka record; to the microsecond.

    In whole microseconds, and with a difference that is null where 64 bits do not hold it: a sum of a
    timestamp and an interval would end the query there. Such an event is far in the past.
    """
    tolerance_us = min(tolerance.microseconds, 2**63 - 1)
    return F.coalesce(
        F.try_subtract(F.unix_micros(event_ts), F.lit(tolerance_us)) > F.unix_micros(kafka_timestamp),
        F.lit(False),
    )
