"""The pipeline of web clicks: everything particular to them, and nothing else."""

from typing import TYPE_CHECKING

from clickstream.clicks.event import CLICK
from clickstream.clicks.tables import TABLES
from clickstream.define import Pipeline

if TYPE_CHECKING:
    from clickstream.define.columns import EventSource, GeneratorSettings


def _source(settings: "GeneratorSettings") -> "EventSource":
    from clickstream.clicks.generate.source import ClickSource  # NumPy and mimesis, which few commands need

    return ClickSource(settings)


CLICKS = Pipeline("clicks", CLICK, TABLES, source=_source)
