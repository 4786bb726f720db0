"""events_raw and events_rejected: every record, on one side or the other, by one decoding.

No watermark: a late event belongs to events_raw like any other. Both frames are taken from the records of
a micro-batch, not from a decoded stream: Spark hands a batch on as rows that are computed whole, and the
few rejected messages would cost the decoding of all fields of all events a second time.
"""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's users know

from clickstream.contract.tables import EVENTS_RAW, EVENTS_REJECTED
from clickstream.stream.decoding import Decoder


def raw_records(records: DataFrame) -> DataFrame:
    """What both tables need of the Kafka records, and nothing more."""
    return records.select("value", "partition", "offset", "timestamp")


class EventsTables:
    """Divides the records of a micro-batch into the rows of events_raw and of events_rejected.

    Args:
        decode: the decoder of the session; one serves all queries.
    """

    def __init__(self, decode: Decoder) -> None:
        self._decode = decode
        self._is_event = F.col("reason").isNull()
        self._event_columns = [F.col(name) for name in EVENTS_RAW.column_names]
        self._rejected_columns = [F.col(name) for name in EVENTS_REJECTED.column_names]

    def events(self, batch: DataFrame) -> DataFrame:
        """The rows of events_raw: every decoded event, late ones included."""
        return self._decode(batch).where(self._is_event).select(*self._event_columns)

    def rejected(self, batch: DataFrame) -> DataFrame:
        """The rows of events_rejected: every message that is no event, as it came, with its reason."""
        return self._decode(batch).where(~self._is_event).select(*self._rejected_columns)

    def __call__(self, batch: DataFrame) -> dict[str, DataFrame]:
        """Both, by table name."""
        return {EVENTS_RAW.name: self.events(batch), EVENTS_REJECTED.name: self.rejected(batch)}
