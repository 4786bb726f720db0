"""Every setting of the kit; the only room that reads the environment."""

from clickstream.settings.broker import BrokerSettings
from clickstream.settings.environment import (
    CLUSTER_NAMES,
    JAVA_LOCALE,
    OF_THIS_MACHINE,
    docker_environment,
    forget_other_sparks,
    given_in_environment,
    java_environment,
    java_finder_environment,
    kit_environment,
    shell_tmpdir,
)
from clickstream.settings.generator import GeneratorSettings
from clickstream.settings.groups import GROUPS, Settings
from clickstream.settings.kinds import SettingsGroup
from clickstream.settings.local_path import path_of_flag
from clickstream.settings.misspelt import misspelt_variables
from clickstream.settings.paths import PathSettings
from clickstream.settings.project import in_project, project_folder
from clickstream.settings.reading import EffectiveSetting, load
from clickstream.settings.runtime import RuntimeSettings
from clickstream.settings.secret import SECRETS
from clickstream.settings.sink import SinkSettings
from clickstream.settings.stream import StreamSettings
from clickstream.settings.values import shown, values_of

__all__ = [
    "CLUSTER_NAMES",
    "GROUPS",
    "JAVA_LOCALE",
    "OF_THIS_MACHINE",
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
    "docker_environment",
    "forget_other_sparks",
    "given_in_environment",
    "in_project",
    "java_environment",
    "java_finder_environment",
    "kit_environment",
    "load",
    "misspelt_variables",
    "path_of_flag",
    "project_folder",
    "shell_tmpdir",
    "shown",
    "values_of",
]
