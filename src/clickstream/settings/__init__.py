"""Every setting of the kit; the only room that reads the environment."""

from clickstream.settings.groups import (
    GROUPS,
    BrokerSettings,
    GeneratorSettings,
    PathSettings,
    RuntimeSettings,
    Settings,
    SettingsGroup,
    SinkSettings,
    StreamSettings,
)
from clickstream.settings.reading import EffectiveSetting, load

__all__ = [
    "GROUPS",
    "BrokerSettings",
    "EffectiveSetting",
    "GeneratorSettings",
    "PathSettings",
    "RuntimeSettings",
    "Settings",
    "SettingsGroup",
    "SinkSettings",
    "StreamSettings",
    "load",
]
