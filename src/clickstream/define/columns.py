"""What a generator of events in columns needs: draws that are equal on every machine, and its interface."""

from clickstream.generate.draws import Columns, Draws, Flags, Purpose
from clickstream.generate.source import EventSource, Happenings, KeyTable
from clickstream.settings.generator import GeneratorSettings

__all__ = [
    "Columns",
    "Draws",
    "EventSource",
    "Flags",
    "GeneratorSettings",
    "Happenings",
    "KeyTable",
    "Purpose",
]
