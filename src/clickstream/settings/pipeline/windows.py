"""The settings of the pipeline's windows, as its definition declares them."""

from typing import Any

from pydantic import Field, create_model

from clickstream.duration import Duration
from clickstream.settings.kinds.group import SettingsGroup
from clickstream.settings.kinds.quantities import PositiveDuration
from clickstream.settings.pipeline.loaded import PIPELINE


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
