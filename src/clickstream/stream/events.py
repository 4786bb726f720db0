"""The rows of the `events` query: every record once, as an event or as a rejected message.

No watermark: a late event is a row like any other.
"""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's users know

from clickstream.contract.batch_rows import REASON
from clickstream.contract.definition.pipeline import Pipeline


def event_rows(decoded: DataFrame, pipeline: Pipeline) -> DataFrame:
    """Every decoded record in the form of `contract/batch_rows.py`.

    The message of a rejected record is in the event's time field, as base64: a column of its own, empty for
    nearly every row, would have to be taken out of files that are finished otherwise.
    """
    carrier = pipeline.event.time_field
    carried = F.when(F.col(REASON).isNull(), F.col(carrier)).otherwise(F.base64("value"))
    names = pipeline.event_table.column_names
    columns = [carried.alias(carrier) if name == carrier else F.col(name) for name in names]
    return decoded.select(*columns, REASON)
