"""The names of the settings that every pipeline has: all but its windows."""

from clickstream.settings.broker import BrokerSettings
from clickstream.settings.generator import GeneratorSettings
from clickstream.settings.paths import PathSettings
from clickstream.settings.pipeline.definition import DefinitionSettings
from clickstream.settings.runtime import RuntimeSettings
from clickstream.settings.stream import SinkSettings, StreamSettings

_GROUPS = (
    *(DefinitionSettings, GeneratorSettings, BrokerSettings, StreamSettings),
    *(SinkSettings, PathSettings, RuntimeSettings),
)
NAMES = {str(info.alias) for group in _GROUPS for info in group.model_fields.values()}
"""The names of these settings, and of the pipeline's windows as soon as it is loaded."""
