"""The five tables: columns in order, their types, their keys, and how the checker may compare them."""

from dataclasses import dataclass
from enum import StrEnum

from clickstream.contract.event import EVENT_FIELDS, JsonType

CONTRACT_VERSION = 3
"""Raised with every change of columns, types or rules; it belongs to a checkpoint."""


EVENTS = "events"
"""The query that lands every record of the topic: events_raw and events_rejected."""

AGGREGATES = "aggregates"
"""The query that lands every table with windows, by one watermark."""

QUERIES: tuple[str, ...] = (EVENTS, AGGREGATES)
"""The two streaming queries; each has a checkpoint of its own."""


class ColumnType(StrEnum):
    """A column's type; Spark's and polars' names for it are each engine's own affair."""

    STRING = "string"
    INT32 = "int32"
    INT64 = "int64"
    FLOAT64 = "float64"
    TIMESTAMP = "timestamp"
    """Microseconds, UTC: Parquet TIMESTAMP_MICROS."""
    BYTES = "bytes"
    """Parquet binary; base64 in CSV."""


class Agreement(StrEnum):
    """How two values of a column must agree to count as the same."""

    EXACT = "exact"
    SUM = "sum"
    """Within 1e-9 times the sum of the absolute values that were added."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a landed table."""

    name: str
    type: ColumnType
    agreement: Agreement = Agreement.EXACT


@dataclass(frozen=True, slots=True)
class Table:
    """A landed table: the query that writes it, its key and its columns, in order.

    `dated_by` is the timestamp whose UTC date a row is filed under where PARTITION_BY_DATE is on.
    """

    name: str
    query: str
    key: tuple[str, ...]
    dated_by: str
    columns: tuple[Column, ...]

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of all columns, in order."""
        return tuple(column.name for column in self.columns)


_COLUMN_TYPE_OF = {
    JsonType.STRING: ColumnType.STRING,
    JsonType.INTEGER: ColumnType.INT64,
    JsonType.NUMBER: ColumnType.FLOAT64,
}
_PLACE_IN_TOPIC = (
    Column("kafka_partition", ColumnType.INT32),
    Column("kafka_offset", ColumnType.INT64),
    Column("kafka_timestamp", ColumnType.TIMESTAMP),
)
_WINDOW = (
    Column("window_start", ColumnType.TIMESTAMP),
    Column("window_end", ColumnType.TIMESTAMP),
)

EVENTS_RAW = Table(
    name="events_raw",
    query=EVENTS,
    key=("kafka_partition", "kafka_offset"),
    dated_by="event_ts",
    columns=(
        *(Column(field.name, _COLUMN_TYPE_OF[field.type]) for field in EVENT_FIELDS),
        Column("event_ts", ColumnType.TIMESTAMP),
        *_PLACE_IN_TOPIC,
    ),
)
EVENTS_REJECTED = Table(
    name="events_rejected",
    query=EVENTS,
    key=("kafka_partition", "kafka_offset"),
    dated_by="kafka_timestamp",
    columns=(
        *_PLACE_IN_TOPIC,
        Column("value", ColumnType.BYTES),
        Column("reason", ColumnType.STRING),
    ),
)
PAGE_METRICS = Table(
    name="page_metrics",
    query=AGGREGATES,
    key=("window_start", "page"),
    dated_by="window_start",
    columns=(
        *_WINDOW,
        Column("page", ColumnType.STRING),
        Column("pageviews", ColumnType.INT64),
        Column("unique_users", ColumnType.INT64),
        Column("unique_sessions", ColumnType.INT64),
        Column("purchases", ColumnType.INT64),
        Column("revenue", ColumnType.FLOAT64, Agreement.SUM),
    ),
)
GEO_METRICS = Table(
    name="geo_metrics",
    query=AGGREGATES,
    key=("window_start", "country", "browser"),
    dated_by="window_start",
    columns=(
        *_WINDOW,
        Column("country", ColumnType.STRING),
        Column("browser", ColumnType.STRING),
        Column("events", ColumnType.INT64),
    ),
)
SESSIONS = Table(
    name="sessions",
    query=AGGREGATES,
    key=("user_id", "session_start"),
    dated_by="session_start",
    columns=(
        Column("user_id", ColumnType.STRING),
        Column("session_start", ColumnType.TIMESTAMP),
        Column("session_end", ColumnType.TIMESTAMP),
        Column("events_in_session", ColumnType.INT64),
        Column("distinct_pages", ColumnType.INT64),
        Column("session_revenue", ColumnType.FLOAT64, Agreement.SUM),
    ),
)

TABLES: tuple[Table, ...] = (EVENTS_RAW, EVENTS_REJECTED, PAGE_METRICS, GEO_METRICS, SESSIONS)


def tables_of(query: str) -> tuple[Table, ...]:
    """The tables that one query writes, in contract order."""
    return tuple(table for table in TABLES if table.query == query)
