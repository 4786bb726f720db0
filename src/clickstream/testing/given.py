"""The settings of a story: those that the test gives, else those declared; the environment has no say."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from pydantic import ValidationError

from clickstream.contract.definition.pipeline import Pipeline
from clickstream.duration import Duration
from clickstream.errors import SettingInvalid, UsageError
from clickstream.settings import SECRETS, BrokerSettings, SinkSettings, StreamSettings
from clickstream.settings.kinds.group import SettingsGroup
from clickstream.settings.reading import setting_invalid

_Group = TypeVar("_Group", bound=SettingsGroup)

PARTITIONS = "KAFKA_PARTITIONS"
_SMALL: Mapping[str, object] = {
    "SPARK_MASTER_URL": "local[2]",
    "SPARK_SQL_SHUFFLE_PARTITIONS": 1,  # a story has few rows, and each partition costs time in every batch
    "SPARK_LOG_LEVEL": "ERROR",
    PARTITIONS: 1,  # the order of what is sent is the order of what is read
}
"""What differs from the declared defaults."""


@dataclass(frozen=True, slots=True)
class StorySettings:
    """What a story runs with; `windows` is the length of the windows of each table, by table name."""

    partitions: int
    stream: StreamSettings
    sink: SinkSettings
    windows: dict[str, Duration]


def story_settings(pipeline: Pipeline, given: Mapping[str, object]) -> StorySettings:
    """The settings of a story.

    Args:
        pipeline: what it runs.
        given: values by setting name, such as `WATERMARK_DELAY`.
    """
    windows = {window.name: window.default for window in pipeline.windows}
    known = {PARTITIONS, *windows, *_names(StreamSettings), *_names(SinkSettings)}
    if unknown := sorted(given.keys() - known):
        raise UsageError(
            f"A story has no setting {', '.join(unknown)}.",
            next_step=f"Settings of a story: {', '.join(sorted(known))}.",
        )
    lengths = {name: _length(name, given.get(name, default)) for name, default in windows.items()}
    return StorySettings(
        partitions=declared(BrokerSettings, given).partitions,
        stream=stream_settings(given),
        sink=declared(SinkSettings, given),
        windows={table.name: lengths[table.window] for table in pipeline.windowed_tables},
    )


def as_environment(pipeline: Pipeline, settings: StorySettings, broker: BrokerSettings) -> dict[str, str]:
    """These settings as text by their names, for a process of its own; secrets and empty ones left out."""
    groups = (broker, settings.stream, settings.sink)
    values = {
        str(info.alias): getattr(group, name)
        for group in groups
        for name, info in type(group).model_fields.items()
    }
    lengths = {table.window: settings.windows[table.name] for table in pipeline.windowed_tables}
    every = {name: value for name, value in (values | lengths).items() if name not in SECRETS}
    return {name: str(value) for name, value in every.items() if value not in (None, "")}


def stream_settings(given: Mapping[str, object]) -> StreamSettings:
    """The settings of the job; names of other settings are ignored."""
    return declared(StreamSettings, given)


def declared(group: type[_Group], given: Mapping[str, object]) -> _Group:
    """A group with the given values of its settings, else small or declared ones."""
    defaults = {str(info.alias): info.default for info in group.model_fields.values()}
    values = {name: {**defaults, **_SMALL, **given}[name] for name in defaults}
    try:
        return group(**values)
    except ValidationError as error:
        raise setting_invalid(error, group, {}) from None


def _names(group: type[SettingsGroup]) -> set[str]:
    return {str(info.alias) for info in group.model_fields.values()}


def _length(name: str, value: object) -> Duration:
    if isinstance(value, Duration):
        return value
    try:
        return Duration.parse(str(value))
    except ValueError as error:
        raise SettingInvalid(name, value, "a duration such as '30 seconds'", why=str(error)) from None
