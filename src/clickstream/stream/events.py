"""events_raw and events_rejected: every record, on one side or the other, from one decoding."""

from pyspark.sql import DataFrame

from clickstream.contract.tables import EVENTS_RAW, EVENTS_REJECTED
from clickstream.stream.decoding import decode


def decoded_records(records: DataFrame) -> DataFrame:
    """Every Kafka record with the columns of both tables; `events` and `rejected` divide them.

    No watermark: a late event belongs to events_raw like any other.
    """
    return decode(records)


def events(decoded: DataFrame) -> DataFrame:
    """The rows of events_raw: every decoded event, late ones included."""
    return decoded.where("reason is null").select(*EVENTS_RAW.column_names)


def rejected(decoded: DataFrame) -> DataFrame:
    """The rows of events_rejected: every message that is no event, as it came, with its reason."""
    return decoded.where("reason is not null").select(*EVENTS_REJECTED.column_names)
