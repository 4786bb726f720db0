"""The Spark halves of tables: called with a frame of events, and held to what their table declares."""

from collections.abc import Mapping
from typing import Any

from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's users know

from clickstream.contract.definition.loading import place_of_function
from clickstream.contract.definition.pipeline import Pipeline
from clickstream.contract.definition.tables import ColumnType, Kind, Table
from clickstream.duration import Duration
from clickstream.errors import DefinitionInvalid

SPARK_TYPE = {
    ColumnType.STRING: "string",
    ColumnType.INT64: "bigint",
    ColumnType.INT32: "int",
    ColumnType.FLOAT64: "double",
    ColumnType.TIMESTAMP: "timestamp",
    ColumnType.BYTES: "binary",
}
_BOUNDS = {
    "window_start": "window.start",
    "window_end": "window.end",
    "session_start": "session_window.start",
    "session_end": "session_window.end",
}
_RUNS_AT_ONCE = "Queries with streaming sources must be executed with writeStream"
_FRAME = "Correct it: it gives a DataFrame made of its `events` alone, grouped by the window and the key."


def table_rows(table: Table, events: DataFrame, window: Duration, delay: Duration) -> DataFrame:
    """The rows of one table, with the columns of the contract.

    Raises:
        DefinitionInvalid: the table's half fails, collects or writes, or gives other columns than declared.
    """
    rows = _called(table, events.withWatermark("event_ts", interval(delay)), interval(window))
    columns = [F.col(_BOUNDS.get(name, f"`{name}`")).alias(name) for name in table.column_names]
    return rows.select(*columns)


def refuse_unsound_halves(session: SparkSession, pipeline: Pipeline, windows: Mapping[str, Duration]) -> None:
    """Return only if every half makes a plan of an empty stream that Spark can run, and starts nothing.

    `windows` has the length of the windows of each table, or its gap, by table name. Nothing else runs yet in
    the session.

    Raises:
        DefinitionInvalid: one does not; names table, file and line, and what was expected.
    """
    types = {column.name: SPARK_TYPE[column.type] for column in pipeline.event_table.columns}
    empty = session.readStream.format("rate").load().where("false")
    nothing = (F.lit(None).cast(types[name]).alias(name) for name in pipeline.fields_read)
    events = empty.select(*nothing, F.col("timestamp").alias("event_ts"))
    for table in pipeline.windowed_tables:
        rows = table_rows(table, events, windows[table.name], Duration(0))
        if started := session.streams.active:
            for query in started:
                query.stop()
            raise _refused(table, "starts a query")
        _refuse_other_than_one_stream(session, table, rows)
        given = dict(rows.dtypes)
        for column in table.columns:
            if given[column.name] != SPARK_TYPE[column.type]:
                why = f"gives {column.name} as {given[column.name]}; declared is {SPARK_TYPE[column.type]}"
                raise _refused(table, why, "Cast it there, or declare another ColumnType.")


def interval(duration: Duration) -> str:
    """The duration as Spark reads it."""
    return f"{duration.milliseconds} milliseconds"


def _refuse_other_than_one_stream(session: SparkSession, table: Table, rows: DataFrame) -> None:
    """Refuse a join or union, and what Spark refuses of a stream only when a query starts."""
    jvm: Any = session._jvm
    plan: Any = rows._jdf.queryExecution().analyzed()
    if plan.collectLeaves().size() != 1:
        raise _refused(table, "reads more than its `events`: joins and unions are not supported")
    try:
        jvm.org.apache.spark.sql.catalyst.analysis.UnsupportedOperationChecker.checkForStreaming(
            plan, jvm.org.apache.spark.sql.streaming.OutputMode.Append()
        )
    except AnalysisException as error:
        raise _refused(table, f"cannot run on a stream: {_first_line(error)}") from error


def _first_line(error: AnalysisException) -> str:
    return str(error).partition("\n")[0].partition(" SQLSTATE")[0]


def _called(table: Table, events: DataFrame, window: str) -> DataFrame:
    assert table.spark is not None  # noqa: S101 - of a sound definition
    try:
        rows = table.spark(events, window)
        columns = rows.columns if isinstance(rows, DataFrame) else []
    except AnalysisException as error:
        said = _first_line(error)
        if _RUNS_AT_ONCE in said:
            raise _refused(table, "collects, counts or writes rows while the plan is made") from error
        raise _refused(table, f"cannot be computed: {said}", _READS) from error
    except (Exception, SystemExit) as error:  # of whatever a person has written
        why = str(error).partition("\n")[0] or "no message"
        raise _refused(table, f"fails with {type(error).__name__}: {why}") from error
    if not isinstance(rows, DataFrame):
        raise _refused(table, f"gives {type(rows).__name__}; expected is a DataFrame")
    window_column = "session_window" if table.kind is Kind.SESSION else "window"
    expected = {window_column, *table.column_names[: len(table.group)], *table.column_names} - _BOUNDS.keys()
    if set(columns) != expected or len(columns) != len(expected):
        given, declared = (", ".join(sorted(names)) for names in (columns, expected))
        raise _refused(table, f"gives the columns {given}; declared are {declared}")
    return rows


_READS = "Correct it, or name the fields that it uses in `reads`."


def _refused(table: Table, why: str, next_step: str = _FRAME) -> DefinitionInvalid:
    where = place_of_function(table.spark)
    return DefinitionInvalid(
        f"The Spark half of table {table.name} ({where}) {why.removesuffix('.')}.", next_step=next_step
    )
