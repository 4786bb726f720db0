"""What is wrong with a definition, before anything runs by it: the first fault in one sentence."""

import re
from collections.abc import Iterable, Iterator

from clickstream.contract.definition.event import Event, EventField, JsonType, fits
from clickstream.contract.definition.pipeline import Pipeline
from clickstream.contract.definition.tables import Agreement, Column, ColumnType, Kind, Table
from clickstream.contract.definition.window import WindowSetting
from clickstream.duration import Duration

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
_A_NAME = "expected a letter, then letters, digits and underscores, at most 64"
_DIFFERENT = " (upper and lower case are the same): expected different names"
_SETTING_NAME = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")

RESERVED = frozenset(
    {
        *("event_ts", "kafka_partition", "kafka_offset", "kafka_timestamp", "value", "reason"),
        *("window", "window_start", "window_end", "session_window", "session_start", "session_end"),
        *("table", "batch_id", "file", "group", "row", "is_plain", "is_expected", "is_landed"),
    }
)
"""Names of columns that the engine adds to those of a pipeline."""

_RESERVED = ", ".join(sorted(RESERVED))


def first_fault(pipeline: Pipeline) -> str:
    """What is wrong with a definition, and what was expected; empty if it is sound.

    Types are verified, too: nothing else does so in a file that is not type-checked.
    """
    return next(_faults(pipeline), "")


def _faults(pipeline: Pipeline) -> Iterator[str]:
    if not _is_name(pipeline.name):
        yield f"the pipeline's name is {pipeline.name!r}: {_A_NAME}"
    if not isinstance(pipeline.event, Event):
        yield f"the pipeline's event is {_kind(pipeline.event)}: expected an Event"
    yield from _faults_of_event(pipeline.event)
    if not _all_are(Table, pipeline.tables):
        yield "the pipeline's tables are not a tuple of tables: expected event_table, rejected_table, …"
    yield from _faults_of_tables(pipeline)
    for table in pipeline.windowed_tables:
        yield from (f"table {table.name} {fault}" for fault in _faults_of_table(table))
    yield from _faults_of_windows(pipeline.windows)
    for argument, given in (("generator", pipeline.generator), ("source", pipeline.source)):
        if given is not None and not callable(given):
            yield f"the pipeline's {argument} is {_kind(given)}: expected a function"
    if pipeline.generator is not None and pipeline.source is not None:
        yield "the pipeline has a generator and a source: expected one of them"


def _faults_of_event(event: Event) -> Iterator[str]:
    if not _all_are(EventField, event.fields) or not event.fields:
        yield "the event's fields are not a tuple of fields: expected at least one EventField"
    for field in event.fields:
        yield from (f"field {field.name!r} {fault}" for fault in _faults_of_field(field))
    if double := _first_double(event.names):
        yield f"two fields have the name {double!r}{_DIFFERENT}"
    for argument, name in (("time_field", event.time_field), ("key_field", event.key_field)):
        if name not in event.string_names:
            yield f"{argument} is {name!r}: expected a string field, one of {', '.join(event.string_names)}"


def _faults_of_field(field: EventField) -> Iterator[str]:
    if not _is_name(field.name):
        yield f"has a name that no column can have: {_A_NAME}"
    if field.name.lower() in RESERVED:
        yield f"has a name that the engine uses itself: expected another than {_RESERVED}"
    if not _is_text(field.default) or (field.default and field.type is not JsonType.STRING):
        yield f"has the default {field.default!r}: expected text, and only of a string field"
    if not isinstance(field.values, tuple):
        yield f"has values of type {_kind(field.values)}: expected a tuple"
    for value in field.values:
        if not fits(field, value):
            yield f"has {value!r} among its values: expected {field.type} values or None"
    bounds = [bound for bound in (field.low, field.high) if bound is not None]
    if bounds and (field.type is JsonType.STRING or field.values):
        yield "has low or high: expected them of a number without values only"
    if not all(fits(field, bound) for bound in bounds):
        yield f"has the bounds {field.low!r} and {field.high!r}: expected {field.type} values"
    if len(bounds) == 2 and bounds[0] > bounds[1]:
        yield f"has low={field.low} above high={field.high}: expected the smaller value first"


def _faults_of_tables(pipeline: Pipeline) -> Iterator[str]:
    kinds = [table.kind for table in pipeline.tables]
    if kinds[:2] != [Kind.EVENT, Kind.REJECTED] or kinds.count(Kind.EVENT) + kinds.count(Kind.REJECTED) > 2:
        yield "the first two tables are not an event_table and a rejected_table: expected one of each"
    if not pipeline.windowed_tables:
        yield "there is no table with windows: expected at least one tumbling_table or session_table"
    for table in pipeline.tables:
        if not _is_name(table.name):
            yield f"table {table.name!r} has a name that no folder can have: {_A_NAME}"
    if double := _first_double(table.name for table in pipeline.tables):
        yield f"two tables have the name {double!r}{_DIFFERENT}"


def _faults_of_table(table: Table) -> Iterator[str]:
    if not table.group:
        yield "has no key: expected at least one field in `group`, beside the window"
    names = table.column_names
    bounds = 2
    measures = table.columns[len(table.group) + bounds :]
    if not _all_are(Column, table.columns) or not measures:
        yield "has no columns to measure: expected a tuple with at least one Column in `measures`"
    for column in measures:
        if not _is_name(column.name) or column.name.lower() in RESERVED:
            yield f"has a column {column.name!r}: expected a plain name other than {_RESERVED}"
        if not isinstance(column.type, ColumnType):
            known = _listed(f"ColumnType.{each.name}" for each in ColumnType)
            yield f"has a column {column.name} of the unknown type {column.type!r}: expected {known}"
        if not isinstance(column.agreement, Agreement):
            yield f"has a column {column.name} with agreement {column.agreement!r}: expected an Agreement"
    if double := _first_double(names):
        yield f"has two columns {double!r}{_DIFFERENT}"
    if not callable(table.spark):
        yield f"has {_kind(table.spark)} as its spark half: expected a function"
    if table.polars is not None and not callable(table.polars):
        yield f"has {_kind(table.polars)} as its polars half: expected a function or None"


def _faults_of_windows(windows: tuple[WindowSetting, ...]) -> Iterator[str]:
    if double := _first_double(window.name for window in windows):
        yield f"two window settings have the name {double}: expected one WindowSetting, used by both tables"
    for window in windows:
        if not _is_text(window.name) or not _SETTING_NAME.fullmatch(window.name):
            yield (
                f"the window setting {window.name!r} has a name that no setting can have: expected upper case"
                " letters and digits with an underscore, such as SENSOR_WINDOW"
            )
        for text in (window.default, *window.examples):
            if fault := _fault_of_length(text):
                yield f"the window setting {window.name} has the length {text!r}: {fault}"


def _fault_of_length(text: object) -> str:
    try:
        length = Duration.parse(str(text))
    except ValueError as error:
        return f"{error}; expected a duration such as '10 minutes'"
    return "" if length.milliseconds else "expected a duration longer than zero"


def _first_double(names: Iterable[str]) -> str:
    seen: set[str] = set()
    for name in names:
        if name.lower() in seen:
            return name
        seen.add(name.lower())
    return ""


def _all_are(kind: type, values: object) -> bool:
    return isinstance(values, tuple) and all(isinstance(value, kind) for value in values)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_name(name: object) -> bool:
    return isinstance(name, str) and _NAME.fullmatch(name) is not None


def _kind(value: object) -> str:
    return "a function" if callable(value) else type(value).__name__


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)
