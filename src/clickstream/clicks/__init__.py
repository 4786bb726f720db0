"""The pipeline of web clicks: everything particular to them, and nothing else."""

from typing import TYPE_CHECKING

from clickstream.clicks.event import CLICK
from clickstream.clicks.tables import TABLES
from clickstream.clicks.windows import WINDOWS
from clickstream.contract.definition.pipeline import Pipeline

if TYPE_CHECKING:
    from clickstream.generate.source import EventSource
    from clickstream.settings import GeneratorSettings


def _generator(settings: "GeneratorSettings") -> "EventSource":
    from clickstream.clicks.generate.source import ClickSource  # NumPy and mimesis, which few commands need

    return ClickSource(settings)


CLICKS = Pipeline("clicks", CLICK, TABLES, WINDOWS, _generator)
