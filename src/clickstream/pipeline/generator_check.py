"""Whether a producer can make events with these settings; needs no broker."""

from clickstream.clock import Clock
from clickstream.generate.timeline import Timeline, start_us_of
from clickstream.generate.traffic import Traffic
from clickstream.settings import GeneratorSettings


def refuse_generator(settings: GeneratorSettings, clock: Clock) -> None:
    """Return only if the first event has a time.

    Raises:
        UsageError: the first event would happen after the year 9998.
    """
    timeline = Timeline(start_us_of(settings, clock), settings.rate_per_s, Traffic.parse(settings.traffic))
    timeline.nominal_us(0, 1)
