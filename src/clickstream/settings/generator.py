"""The generator's settings, and the shape of its traffic as TRAFFIC gives it: `burst:30s:300%:5m`."""

import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from clickstream.duration import Duration
from clickstream.settings.kinds.group import SettingsGroup, Worded, refused
from clickstream.settings.kinds.quantities import Rate, Seconds, Share, StartTime

TRAFFIC_FORMS = "constant, ramp:10m:300%, wave:10m:150%, burst:30s:300% or burst:30s:300%:5m"

_SHAPE = re.compile(
    r"(ramp|wave|burst)\s*:([^:]+):\s*(\d{1,5})\s*%\s*(?::([^:]+))?", re.ASCII | re.IGNORECASE
)
_USUAL = {"ramp": "ramp:10m:300%", "wave": "wave:10m:150%", "burst": "burst:30s:300%"}
_LEVELS_PERCENT = {"ramp": (1, 10_000), "wave": (101, 199), "burst": (1, 10_000)}
# The default period of a burst, in lengths of a burst.
_BURST_EVERY_LENGTHS = 10
_NONE = Duration(0)


@dataclass(frozen=True, slots=True)
class TrafficShape:
    """A shape with its length, its level in per cent of MSGS_PER_SEC, and the period of a burst."""

    name: Literal["constant", "ramp", "wave", "burst"]
    length: Duration = _NONE
    level_percent: int = 100
    every: Duration = _NONE

    @classmethod
    def parse(cls, text: str) -> "TrafficShape":
        """Read a shape and, after colons, its length, its level and, for a burst, its period.

        Raises:
            ValueError: the text is not a shape; says why.
        """
        text = text.strip().lower()
        if text == "constant":
            return cls("constant")
        form = _SHAPE.fullmatch(_USUAL.get(text, text))
        if form is None or (form[4] and form[1] != "burst"):
            raise ValueError("it is not a shape, or has too few or too many parts")
        name: Any = form[1]
        length, percent = Duration.parse(form[2]), int(form[3])
        least, most = _LEVELS_PERCENT[name]
        if not least <= percent <= most:
            raise ValueError(f"the level of a {name} must be from {least}% to {most}%")
        if not length.milliseconds:
            raise ValueError("a length must be longer than zero")
        if name != "burst":
            return cls(name, length, percent)
        every = Duration.parse(form[4]) if form[4] else Duration(_BURST_EVERY_LENGTHS * length.milliseconds)
        if every.milliseconds <= length.milliseconds:
            raise ValueError("a burst must end before the next one begins")
        return cls("burst", length, percent, every)


def _traffic(value: str) -> str:
    try:
        TrafficShape.parse(value)
    except ValueError as error:
        raise refused(why=str(error)) from error
    return value


TrafficText = Annotated[str, AfterValidator(_traffic), Worded("a shape", f"such as {TRAFFIC_FORMS}")]

NO_KEY = "none"


def _key_field() -> str:
    from clickstream.settings.pipeline.loaded import PIPELINE  # whose place is a setting, too

    return PIPELINE.event.key_field


def _is_key(value: str) -> str:
    keys = (_key_field(), NO_KEY)
    if value not in keys:
        raise refused(f"one of {', '.join(keys)}")
    return value


RecordKey = Annotated[str, AfterValidator(_is_key)]


class GeneratorSettings(SettingsGroup):
    """The generated events."""

    seed: int = Field(42, alias="SEED", ge=0, lt=2**64)
    """Seed of the stream; the same seed and start time give the same records on every machine."""
    start_time: StartTime = Field("", alias="START_TIME")
    """Event time of the first event, a date or a time; UTC if it has no offset; empty means now."""
    rate_per_s: float = Field(100.0, alias="MSGS_PER_SEC", gt=0, le=10_000_000, allow_inf_nan=False)
    """Events per second of event time; a live producer also sends at this rate."""
    uniform: bool = Field(False, alias="UNIFORM")
    """Draw every field of every event independently, without users and sessions."""
    traffic: TrafficText = Field("constant", alias="TRAFFIC")
    """How the rate changes over event time: `constant`, `ramp:10m:300%`, `wave:…` or `burst:…`."""
    producers: int = Field(1, alias="PRODUCERS", ge=1, le=32)
    """Number of producer processes; together they send the same records as one."""
    key: RecordKey = Field(default_factory=_key_field, alias="MSG_KEY")
    """Field that is the key of the records, or `none`; events of one key stay in one partition, in order."""
    late_rate: Rate = Field(0.02, alias="LATE_RATE")
    """Share of events that are sent later than they happened, by up to LATE_SECONDS."""
    late_s: Seconds = Field(300, alias="LATE_SECONDS", ge=1, le=86_400)
    """Maximum lateness, in seconds or as a duration; beyond WATERMARK_DELAY an event can miss its window."""
    malformed_rate: Rate = Field(0.005, alias="MALFORMED_RATE")
    """Share of messages that are malformed on purpose, in different ways."""
    duplicate_rate: Rate = Field(0.0, alias="DUPLICATE_RATE")
    """Share of records that are sent twice, byte for byte; the copies are extra records."""
    out_of_order_rate: Share = Field(0.0, alias="OUT_OF_ORDER_RATE", ge=0, le=0.5)
    """Share of events that are swapped with the next event of their partition; at most 0.5."""
    future_rate: Rate = Field(0.0, alias="FUTURE_RATE")
    """Share of events whose time is in the future, by up to FUTURE_SECONDS."""
    future_s: Seconds = Field(3_600, alias="FUTURE_SECONDS", ge=1, le=31_536_000)
    """Maximum time that an event is ahead, in seconds or as a duration; such an event moves the watermark."""
    missing_field_rate: Rate = Field(0.0, alias="MISSING_FIELD_RATE")
    """Share of events without one of their fields."""
