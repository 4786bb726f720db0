"""The groups of settings that every pipeline has: all but its windows."""

from clickstream.settings.broker import BrokerSettings
from clickstream.settings.generator import GeneratorSettings
from clickstream.settings.kinds.group import SettingsGroup
from clickstream.settings.paths import PathSettings
from clickstream.settings.pipeline.definition import DefinitionSettings
from clickstream.settings.runtime import RuntimeSettings
from clickstream.settings.stream import SinkSettings, StreamSettings

BEFORE_WINDOWS: dict[str, type[SettingsGroup]] = {
    "definition": DefinitionSettings,
    "generator": GeneratorSettings,
    "broker": BrokerSettings,
    "stream": StreamSettings,
}
AFTER_WINDOWS: dict[str, type[SettingsGroup]] = {
    "sink": SinkSettings,
    "paths": PathSettings,
    "runtime": RuntimeSettings,
}
"""By their name in `Settings`, in the order of the pipeline."""

NAMES = {
    str(info.alias)
    for group in (BEFORE_WINDOWS | AFTER_WINDOWS).values()
    for info in group.model_fields.values()
}
"""The names of these settings, and of the pipeline's windows as soon as it is loaded."""
