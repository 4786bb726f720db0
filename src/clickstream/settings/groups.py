"""All groups of settings, one per module, and every setting by its name, in the order of the pipeline."""

from dataclasses import dataclass
from typing import get_type_hints

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from clickstream.contract.definition.pipeline import Pipeline
from clickstream.settings.broker import BrokerSettings
from clickstream.settings.generator import GeneratorSettings
from clickstream.settings.kinds.group import SettingsGroup
from clickstream.settings.paths import PathSettings
from clickstream.settings.pipeline.definition import DefinitionSettings
from clickstream.settings.pipeline.loaded import PIPELINE, Windows, WindowSettings
from clickstream.settings.runtime import RuntimeSettings
from clickstream.settings.stream import SinkSettings, StreamSettings


@dataclass(frozen=True, slots=True)
class Settings:
    """All groups of one run; a module receives its own group, never the whole."""

    definition: DefinitionSettings
    generator: GeneratorSettings
    broker: BrokerSettings
    stream: StreamSettings
    windows: Windows
    sink: SinkSettings
    paths: PathSettings
    runtime: RuntimeSettings

    @property
    def pipeline(self) -> Pipeline:
        """The definition of the pipeline, which this process has loaded."""
        return PIPELINE


GROUPS: dict[str, type[SettingsGroup]] = {**get_type_hints(Settings), "windows": WindowSettings}
"""The groups in the order of the pipeline, by their name in `Settings`."""


@dataclass(frozen=True, slots=True)
class DeclaredSetting:
    """Where a setting is declared: its group and field in `Settings`, its type, default and meaning."""

    group: str
    field: str
    info: FieldInfo

    @property
    def default(self) -> object:
        """The value where nothing is given."""
        return self.info.get_default(call_default_factory=True)

    def value_in(self, settings: Settings) -> object:
        """The setting's value in this run."""
        return getattr(getattr(settings, self.group), self.field)


SETTINGS = {
    str(info.alias): DeclaredSetting(group, field, info)
    for group, group_type in GROUPS.items()
    for field, info in group_type.model_fields.items()
}
"""Every setting by its name in the environment, in the order of the pipeline."""
SECRETS = frozenset(name for name, each in SETTINGS.items() if each.info.annotation is SecretStr)
"""The settings whose values are never shown."""
