"""Every setting of the kit; the only room that reads the environment."""

from clickstream.settings.broker import BrokerSettings
from clickstream.settings.generator import GeneratorSettings
from clickstream.settings.groups import GROUPS, Settings
from clickstream.settings.kinds import SettingsGroup
from clickstream.settings.local_path import path_of_flag
from clickstream.settings.paths import PathSettings
from clickstream.settings.reading import EffectiveSetting, child_environment, load
from clickstream.settings.runtime import RuntimeSettings
from clickstream.settings.secret import SECRETS, environment_without_secrets
from clickstream.settings.sink import SinkSettings
from clickstream.settings.stream import StreamSettings

__all__ = [
    "GROUPS",
    "SECRETS",
    "BrokerSettings",
    "EffectiveSetting",
    "GeneratorSettings",
    "PathSettings",
    "RuntimeSettings",
    "Settings",
    "SettingsGroup",
    "SinkSettings",
    "StreamSettings",
    "child_environment",
    "environment_without_secrets",
    "load",
    "path_of_flag",
]
