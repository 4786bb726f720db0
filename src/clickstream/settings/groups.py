"""All groups of settings, one per room, in street order."""

from dataclasses import dataclass

from clickstream.settings.broker import BrokerSettings
from clickstream.settings.generator import GeneratorSettings
from clickstream.settings.kinds import SettingsGroup
from clickstream.settings.paths import PathSettings
from clickstream.settings.runtime import RuntimeSettings
from clickstream.settings.sink import SinkSettings
from clickstream.settings.stream import StreamSettings


@dataclass(frozen=True, slots=True)
class Settings:
    """All groups of one run; a room receives its own group, never the whole."""

    generator: GeneratorSettings
    broker: BrokerSettings
    stream: StreamSettings
    sink: SinkSettings
    paths: PathSettings
    runtime: RuntimeSettings


GROUPS: dict[str, type[SettingsGroup]] = {
    "generator": GeneratorSettings,
    "broker": BrokerSettings,
    "stream": StreamSettings,
    "sink": SinkSettings,
    "paths": PathSettings,
    "runtime": RuntimeSettings,
}
"""The groups in street order, by their name in `Settings`."""
