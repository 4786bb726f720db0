"""The rows of the `events` query: every record once, as an event or as a rejected message.

No watermark: a late event is in events_raw like any other.
"""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's users know

from clickstream.contract.batch_rows import CARRIER, REASON
from clickstream.contract.tables import EVENTS_RAW


def event_rows(decoded: DataFrame) -> DataFrame:
    """Every decoded record in the form of `contract/batch_rows.py`.

    The message of a rejected record is in the column `CARRIER`, as base64: a column of its own, empty for
    nearly every row, would have to be taken out of files that are finished otherwise.
    """
    carried = F.when(F.col(REASON).isNull(), F.col(CARRIER)).otherwise(F.base64("value"))
    columns = [carried.alias(CARRIER) if name == CARRIER else F.col(name) for name in EVENTS_RAW.column_names]
    return decoded.select(*columns, REASON)
