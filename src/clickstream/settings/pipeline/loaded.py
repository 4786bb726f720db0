"""The pipeline that this process runs, loaded with the settings, and the settings of its windows."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from dotenv import dotenv_values
from pydantic import Field, create_model
from pydantic_core import PydanticCustomError

from clickstream.contract.definition.loading import FLAGS, load_definition
from clickstream.contract.definition.pipeline import Pipeline
from clickstream.duration import Duration
from clickstream.errors import DefinitionInvalid, SettingInvalid
from clickstream.settings.fixed import NAMES
from clickstream.settings.kinds.group import SettingsGroup
from clickstream.settings.kinds.quantities import PositiveDuration
from clickstream.settings.pipeline.definition import A_PLACE, DefinitionSettings, located
from clickstream.settings.project import in_project, project_folder

_SETTING = "PIPELINE"


def _given() -> tuple[str, str]:
    """The place of the definition as it is given, and where it is given."""
    if place := FLAGS.get(_SETTING):
        return place, "flag"
    if place := os.environ.get(_SETTING):
        return place, "environment"
    with suppress(OSError, UnicodeDecodeError):  # which the reading of all settings refuses
        if place := dotenv_values(in_project(Path(".env"))).get(_SETTING):
            return place, ".env"
    return str(DefinitionSettings.model_fields["place"].default), "default"


def _place() -> str:
    given, source = _given()
    try:
        return located(given)
    except PydanticCustomError as error:
        why = (error.context or {})["why"]
        raise SettingInvalid(_SETTING, given, A_PLACE, source=source, why=why) from None


def _loaded(place: str) -> Pipeline:
    pipeline = load_definition(place, project_folder())
    for window in pipeline.windows:
        if window.name in NAMES or hasattr(SettingsGroup, window.name.lower()):
            raise DefinitionInvalid(
                f"The window setting {window.name} of {place} has the name of another setting.",
                next_step=f"Give it another one, such as {pipeline.name.upper()}_{window.name}.",
            )
    NAMES.update(window.name for window in pipeline.windows)
    return pipeline


PLACE = _place()
"""Where the definition is: its file by its absolute path, or its module, and its name there."""

PIPELINE: Pipeline = _loaded(PLACE)
"""The pipeline that this process runs."""


class Windows(SettingsGroup):
    """The length of the windows of each table, or its gap."""

    def of_tables(self) -> dict[str, Duration]:
        """The lengths by table name."""
        return {table.name: getattr(self, table.window.lower()) for table in PIPELINE.windowed_tables}


def _fields() -> dict[str, Any]:
    return {
        window.name.lower(): (
            PositiveDuration,
            Field(
                Duration.parse(window.default),
                alias=window.name,
                examples=list(window.examples or (window.default,)),
                description=window.meaning,
            ),
        )
        for window in PIPELINE.windows
    }


WindowSettings: type[Windows] = create_model(
    "WindowSettings", __base__=Windows, __doc__="The windows of the tables.", **_fields()
)
"""A field for each window of the pipeline."""
