"""What a landed table is: its kind, its columns, its key, and how values may differ from expected ones."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from clickstream.contract.definition.event import Event, JsonType
from clickstream.contract.definition.window import WindowSetting
from clickstream.errors import DefinitionInvalid

RULES_VERSION = 3
"""Raised with every change of the rules that no definition of a pipeline shows; part of the contract."""

EVENTS = "events"
"""The query that lands every record of the topic, as an event or as a rejected message."""

AGGREGATES = "aggregates"
"""The query that lands every table with windows, by one watermark."""

QUERIES: tuple[str, ...] = (EVENTS, AGGREGATES)
"""The two streaming queries; each has its own checkpoint."""


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
    """Also minimum and maximum: they are values that occur."""
    SUM = "sum"
    """Within 1e-9 times the sum of the absolute values that were added."""
    MEAN = "mean"
    """Within 1e-9 times the mean of the absolute values."""


class Kind(StrEnum):
    """What the rows of a table are."""

    EVENT = "event"
    """Every event, late ones included."""
    REJECTED = "rejected"
    """Every message that is not an event."""
    TUMBLING = "tumbling"
    """A window of fixed length and a group; written when the watermark has passed the window's end."""
    SESSION = "session"
    """Events of a group without a gap between them; a group whose key has a null has no rows."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a landed table."""

    name: str
    type: ColumnType
    agreement: Agreement = Agreement.EXACT


SparkHalf = Callable[[Any, str], Any]
"""Events with a watermark (a DataFrame), and the length of the window as Spark reads it, to a row per group.

Groups by `window` or `session_window` and the table's group columns, and has the measures as columns.
"""

PolarsHalf = Callable[[Any], Mapping[str, Any]]
"""The kept events in groups (`check.expected.Groups`) to the measures of each group, by column name."""


@dataclass(frozen=True, slots=True)
class Table:
    """A landed table.

    `group` are the columns by which events are grouped beside the window, `length` is the setting with the
    window's length, `reads` the fields of the event that its halves read; all empty without windows. Without
    a polars half the check computes the rows with the Spark half, as one batch.
    """

    name: str
    kind: Kind
    columns: tuple[Column, ...]
    group: tuple[str, ...] = ()
    length: WindowSetting | None = None
    reads: tuple[str, ...] = ()
    spark: SparkHalf | None = None
    polars: PolarsHalf | None = None
    shown_first: tuple[str, ...] = ()
    """The columns to show first if not all fit."""

    @property
    def window(self) -> str:
        """The name of the setting with the window's length; empty without windows."""
        return self.length.name if self.length else ""

    @property
    def query(self) -> str:
        """The query that lands it."""
        return AGGREGATES if self.window else EVENTS

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that tell its rows apart."""
        match self.kind:
            case Kind.TUMBLING:
                return ("window_start", *self.group)
            case Kind.SESSION:
                return (*self.group, "session_start")
            case _:
                return PLACE

    @property
    def dated_by(self) -> str:
        """The timestamp whose UTC date a row is filed under where PARTITION_BY_DATE is on."""
        return _DATED_BY[self.kind]

    @property
    def ordered_by(self) -> tuple[str, ...]:
        """The columns by which the newest rows of a batch are found."""
        end = {Kind.TUMBLING: "window_end", Kind.SESSION: "session_end"}.get(self.kind, "kafka_timestamp")
        return (end, *self.key)

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of all columns, in order."""
        return tuple(column.name for column in self.columns)


PLACE = ("kafka_partition", "kafka_offset")
"""Where in the topic a record is."""

_DATED_BY = {
    Kind.EVENT: "event_ts",
    Kind.REJECTED: "kafka_timestamp",
    Kind.TUMBLING: "window_start",
    Kind.SESSION: "session_start",
}
_COLUMN_TYPE_OF = {
    JsonType.STRING: ColumnType.STRING,
    JsonType.INTEGER: ColumnType.INT64,
    JsonType.NUMBER: ColumnType.FLOAT64,
}
_PLACE_AND_TIME = (
    Column("kafka_partition", ColumnType.INT32),
    Column("kafka_offset", ColumnType.INT64),
    Column("kafka_timestamp", ColumnType.TIMESTAMP),
)


def _moments(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, ColumnType.TIMESTAMP) for name in names)


def _fields(event: Event, names: tuple[str, ...]) -> tuple[Column, ...]:
    return tuple(Column(name, _COLUMN_TYPE_OF[event.field(name).type]) for name in names)


def _refuse_wrong(event: Event, table: str, length: WindowSetting, **given: tuple[str, ...]) -> None:
    if not isinstance(length, WindowSetting):
        raise DefinitionInvalid(
            f"the length of table {table} is {length!r}: expected a WindowSetting.",
            next_step='Write WindowSetting("MY_WINDOW", "10 minutes").',
        )
    for argument, names in given.items():
        if isinstance(names, str):
            raise DefinitionInvalid(
                f"`{argument}` of table {table} is the text {names!r}: expected a tuple of fields.",
                next_step=f"Write {argument}=({names!r},).",
            )
        if unknown := [name for name in names if name not in event.names]:
            raise DefinitionInvalid(
                f"`{argument}` of table {table} has {unknown[0]!r}, which is not a field of the event.",
                next_step=f"Its fields are {', '.join(event.names)}.",
            )


def event_table(event: Event, name: str) -> Table:
    """The table of every event: its fields, `event_ts`, and where and when the record came."""
    columns = (*_fields(event, event.names), *_moments("event_ts"), *_PLACE_AND_TIME)
    others = tuple(field for field in event.names if field != event.time_field)
    return Table(name, Kind.EVENT, columns, shown_first=("event_ts", *others))


def rejected_table(name: str) -> Table:
    """The table of every rejected message: where and when it came, its bytes, and the reason."""
    columns = (*_PLACE_AND_TIME, Column("value", ColumnType.BYTES), Column("reason", ColumnType.STRING))
    return Table(name, Kind.REJECTED, columns, shown_first=("reason", "value", *PLACE))


def tumbling_table(
    event: Event,
    name: str,
    *,
    window: WindowSetting,
    group: tuple[str, ...],
    measures: tuple[Column, ...],
    reads: tuple[str, ...] = (),
    spark: SparkHalf,
    polars: PolarsHalf | None = None,
) -> Table:
    """A table with a row per tumbling window and group; a null in the group is a separate value.

    Raises:
        DefinitionInvalid: an argument has another type, or names something else than fields of the event.
    """
    _refuse_wrong(event, name, window, group=group, reads=reads)
    columns = (*_moments("window_start", "window_end"), *_fields(event, group), *measures)
    first = ("window_start", *group, *(measure.name for measure in measures))
    return Table(name, Kind.TUMBLING, columns, group, window, (*group, *reads), spark, polars, first)


def session_table(
    event: Event,
    name: str,
    *,
    gap: WindowSetting,
    group: tuple[str, ...],
    measures: tuple[Column, ...],
    reads: tuple[str, ...] = (),
    spark: SparkHalf,
    polars: PolarsHalf | None = None,
) -> Table:
    """A table with a row per session of a group; `gap` is the setting with the gap that ends a session.

    Raises:
        DefinitionInvalid: an argument has another type, or names something else than fields of the event.
    """
    _refuse_wrong(event, name, gap, group=group, reads=reads)
    columns = (*_fields(event, group), *_moments("session_start", "session_end"), *measures)
    first = (*group, "session_start", *(measure.name for measure in measures))
    return Table(name, Kind.SESSION, columns, group, gap, (*group, *reads), spark, polars, first)
