"""The public API to define a pipeline: what a pipeline file imports, and the bundled clicks do.

`clickstream.define.columns` has what a generator needs that makes events in columns.
"""

from typing import TYPE_CHECKING, Any

from clickstream.contract.definition.event import Event, EventField, JsonType
from clickstream.contract.definition.pipeline import EventFunction, EventSourceFactory, Pipeline
from clickstream.contract.definition.tables import (
    Agreement,
    Column,
    ColumnType,
    PolarsHalf,
    SparkHalf,
    Table,
    event_table,
    rejected_table,
    session_table,
    tumbling_table,
)
from clickstream.contract.definition.window import WindowSetting

if TYPE_CHECKING:
    from clickstream.check.expected.groups import Groups, Measure

__all__ = [
    "Agreement", "Column", "ColumnType", "Event", "EventField", "EventFunction", "EventSourceFactory",
    "Groups", "JsonType", "Measure", "Pipeline", "PolarsHalf", "SparkHalf", "Table", "WindowSetting",
    "event_table", "rejected_table", "session_table", "tumbling_table",
]  # fmt: skip


def __getattr__(name: str) -> Any:  # noqa: ANN401 - of whatever is asked for
    """Load the types of the polars half only if they are asked for: the job runs without polars."""
    if name in ("Groups", "Measure"):
        from clickstream.check.expected import groups

        return getattr(groups, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
