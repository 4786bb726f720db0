"""Injected faults by name: chosen by index, each with its own rate."""

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import orjson

from clickstream.contract.definition.event import Event
from clickstream.generate.draws import Columns, Draws, FaultDraw, Flags, Purpose
from clickstream.generate.malformed import WayToBreak, ways_to_break
from clickstream.settings import GeneratorSettings

LATE, FUTURE, MISSING_FIELD = "late", "future", "missing_field"
DUPLICATE, OUT_OF_ORDER = "duplicate", "out_of_order"

_US_PER_MS = 1_000
_MS_PER_S = 1_000
NONE = -1
"""No field, and no way to break a message."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What goes wrong with each of some events; columns of one length.

    `shift_us` is how much later than its nominal time an event is said to have happened, microseconds, less
    than 0 where it is late. `lacking` is the index of a field that is left out, `way` that of a way to break
    the message; both -1 for none.
    """

    event: Event
    ways: tuple[WayToBreak, ...]
    shift_us: Columns
    lacking: Columns
    way: Columns
    duplicate: Flags

    def taken(self, rows: Columns) -> "Chosen":
        """The choices for some of the events, in the given order."""
        return replace(
            self,
            shift_us=self.shift_us[rows],
            lacking=self.lacking[rows],
            way=self.way[rows],
            duplicate=self.duplicate[rows],
        )

    def applied(self, values: list[bytes]) -> list[bytes | None]:
        """The messages as they are sent: first what is left out, then what is broken."""
        sent: list[bytes | None] = list(values)
        for position in np.flatnonzero(self.lacking != NONE).tolist():
            sent[position] = _without(values[position], self.event.names[int(self.lacking[position])])
        for position in np.flatnonzero(self.way != NONE).tolist():
            sent[position] = self.ways[int(self.way[position])].spoil(sent[position] or b"")
        return sent

    def names(self) -> dict[int, tuple[str, ...]]:
        """Position → what is wrong with the event; one that has lost its time is neither late nor ahead."""
        timed = self.lacking != self.event.names.index(self.event.time_field)
        found: dict[int, tuple[str, ...]] = {}
        for name, flags in (
            (LATE, (self.shift_us < 0) & timed),
            (FUTURE, (self.shift_us > 0) & timed),
            (MISSING_FIELD, self.lacking != NONE),
        ):
            for position in np.flatnonzero(flags).tolist():
                found[position] = (*found.get(position, ()), name)
        for position in np.flatnonzero(self.way != NONE).tolist():
            found[position] = (*found.get(position, ()), self.ways[int(self.way[position])].name)
        return found


class Faults:
    """Chooses what goes wrong by the rates of the settings; the choice for an event depends on its index."""

    def __init__(self, settings: GeneratorSettings, event: Event) -> None:
        self._event = event
        self._ways = ways_to_break(event)
        weights = [way.weight for way in self._ways]
        self._way_of_weight = np.repeat(np.arange(len(weights), dtype=np.int64), weights)
        self._seed = settings.seed
        self._late, self._late_s = rate(settings.late_rate), settings.late_s
        self._future, self._future_s = rate(settings.future_rate), settings.future_s
        self._missing = rate(settings.missing_field_rate)
        self._malformed = rate(settings.malformed_rate)
        self._duplicate = rate(settings.duplicate_rate)

    def chosen(self, first: int, count: int) -> Chosen:
        """The choices for events `first` to `first + count - 1`."""
        draws = Draws(self._seed, Purpose.FAULTS, first, count)
        late_us = _some_seconds_us(draws, FaultDraw.LATENESS, self._late_s)
        ahead_us = _some_seconds_us(draws, FaultDraw.AHEAD, self._future_s)
        behind_us = np.where(draws.happens(FaultDraw.IS_LATE, self._late), -late_us, 0)
        way = self._way_of_weight[draws.below(FaultDraw.WAY_TO_BREAK, len(self._way_of_weight))]
        field = draws.below(FaultDraw.LACKING_FIELD, len(self._event.names))
        return Chosen(
            self._event,
            self._ways,
            shift_us=np.where(draws.happens(FaultDraw.IS_FUTURE, self._future), ahead_us, behind_us),
            lacking=np.where(draws.happens(FaultDraw.LACKS_FIELD, self._missing), field, NONE),
            way=np.where(draws.happens(FaultDraw.IS_MALFORMED, self._malformed), way, NONE),
            duplicate=draws.happens(FaultDraw.IS_DUPLICATE, self._duplicate),
        )


def rate(value: float) -> Fraction:
    """A rate as the decimal fraction that its text shows."""
    return Fraction(repr(value))


def _some_seconds_us(draws: Draws, draw: FaultDraw, most_s: int) -> Columns:
    """From one second to `most_s`, in microseconds, by whole milliseconds."""
    # 2**32 ms are 49 days; FUTURE_SECONDS may be a year.
    step_ms = 1 + most_s * _MS_PER_S // 2**32
    steps = (most_s - 1) * _MS_PER_S // step_ms + 1
    return (_MS_PER_S + draws.below(draw, steps) * step_ms) * _US_PER_MS


def _without(value: bytes, field: str) -> bytes:
    return orjson.dumps({name: member for name, member in orjson.loads(value).items() if name != field})
