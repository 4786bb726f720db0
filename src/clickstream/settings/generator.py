"""The generator's settings."""

from typing import Literal

from pydantic import Field

from clickstream.settings.kinds import SettingsGroup
from clickstream.settings.quantities import Rate, Seconds, Share, StartTime
from clickstream.settings.traffic_shape import TrafficText


class GeneratorSettings(SettingsGroup):
    """What the generator makes."""

    seed: int = Field(42, alias="SEED", ge=0, lt=2**64)
    """Chooses the whole stream: the same seed and start time give the same records everywhere."""
    start_time: StartTime = Field("", alias="START_TIME")
    """Event time of the first event, a date or a time, UTC without an offset; empty means now."""
    rate_per_s: float = Field(100.0, alias="MSGS_PER_SEC", gt=0, le=10_000_000, allow_inf_nan=False)
    """Events per second of event time; a live producer also sends at this rate."""
    uniform: bool = Field(False, alias="UNIFORM")
    """Draw every field of every event on its own, instead of users who walk through the shop in sessions."""
    traffic: TrafficText = Field("constant", alias="TRAFFIC")
    """How the rate changes over event time: `constant`, or such as `ramp:10m:300%`, `wave:…`, `burst:…`."""
    producers: int = Field(1, alias="PRODUCERS", ge=1, le=32)
    """How many processes send the stream between them; together they send the records of one."""
    key: Literal["user_id", "none"] = Field("user_id", alias="MSG_KEY")
    """The records' key: with `user_id` a user's events stay in one partition, in order; `none` has none."""
    late_rate: Rate = Field(0.02, alias="LATE_RATE")
    """Share of the events that happened earlier than they are sent, by up to LATE_SECONDS."""
    late_s: Seconds = Field(300, alias="LATE_SECONDS", ge=1, le=86_400)
    """Maximum lateness, in seconds or as a duration; beyond WATERMARK_DELAY an event misses its window."""
    malformed_rate: Rate = Field(0.005, alias="MALFORMED_RATE")
    """Share of the messages that are broken on purpose, in a mix of ways."""
    duplicate_rate: Rate = Field(0.0, alias="DUPLICATE_RATE")
    """Share of the records that are sent a second time, byte for byte, on top of the others."""
    out_of_order_rate: Share = Field(0.0, alias="OUT_OF_ORDER_RATE", ge=0, le=0.5)
    """Share of the events that change places with the next one of their partition; one half at most."""
    future_rate: Rate = Field(0.0, alias="FUTURE_RATE")
    """Share of the events that come from a clock that is ahead, by up to FUTURE_SECONDS."""
    future_s: Seconds = Field(3_600, alias="FUTURE_SECONDS", ge=1, le=31_536_000)
    """How far such a clock is ahead at most, in seconds or as a duration; it moves the watermark for all."""
    missing_field_rate: Rate = Field(0.0, alias="MISSING_FIELD_RATE")
    """Share of the events that lack one of their fields."""
