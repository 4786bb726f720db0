"""events_raw and events_rejected: every record, on one side or the other, by one decoding.

No watermark: a late event belongs to events_raw like any other. Both frames are taken from the records of
a micro-batch, not from a decoded stream: Spark hands a batch on as rows that are computed whole, and the
few rejected messages would cost the decoding of all fields of all events a second time.
"""

from pyspark.sql import DataFrame

from clickstream.contract.tables import EVENTS_RAW, EVENTS_REJECTED
from clickstream.stream.decoding import decode


def raw_records(records: DataFrame) -> DataFrame:
    """What both tables need of the Kafka records, and nothing more."""
    return records.select("value", "partition", "offset", "timestamp")


def events(batch: DataFrame) -> DataFrame:
    """The rows of events_raw: every decoded event, late ones included."""
    return decode(batch).where("reason is null").select(*EVENTS_RAW.column_names)


def rejected(batch: DataFrame) -> DataFrame:
    """The rows of events_rejected: every message that is no event, as it came, with its reason."""
    return decode(batch).where("reason is not null").select(*EVENTS_REJECTED.column_names)
