"""Every setting of the kit; the only module that reads the environment."""

from clickstream.settings.broker import BrokerSettings
from clickstream.settings.environment import (
    CLUSTER_NAMES,
    JAVA_LOCALE,
    OF_THIS_MACHINE,
    child_environment,
    forget_other_sparks,
    given_in_environment,
    java_environment,
    kit_environment,
    shell_tmpdir,
)
from clickstream.settings.generator import GeneratorSettings
from clickstream.settings.groups import GROUPS, SECRETS, SETTINGS, Settings
from clickstream.settings.paths import PathSettings, path_of_flag
from clickstream.settings.pipeline.definition import DefinitionSettings
from clickstream.settings.pipeline.loaded import PIPELINE, PLACE, Windows, WindowSettings
from clickstream.settings.project import in_project, project_folder
from clickstream.settings.reading import EffectiveSetting, load
from clickstream.settings.runtime import RuntimeSettings
from clickstream.settings.stream import SinkSettings, StreamSettings
from clickstream.settings.typing_errors import misspelt_variables
from clickstream.settings.values import shown, values_of

__all__ = [
    "CLUSTER_NAMES", "GROUPS", "JAVA_LOCALE", "OF_THIS_MACHINE", "PIPELINE", "PLACE", "SECRETS", "SETTINGS",
    "BrokerSettings", "DefinitionSettings", "EffectiveSetting", "GeneratorSettings", "PathSettings",
    "RuntimeSettings", "Settings", "SinkSettings", "StreamSettings", "WindowSettings", "Windows",
    "child_environment", "forget_other_sparks", "given_in_environment",
    "in_project", "java_environment", "kit_environment", "load",
    "misspelt_variables", "path_of_flag", "project_folder", "shell_tmpdir", "shown", "values_of",
]  # fmt: skip
