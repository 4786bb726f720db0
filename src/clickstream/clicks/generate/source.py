"""The clicks of a seed: visits side by side, or every field drawn on its own under UNIFORM."""

from dataclasses import dataclass
from fractions import Fraction

from clickstream.clicks.generate.columns import Clicks
from clickstream.clicks.generate.encoding import EventEncoder
from clickstream.clicks.generate.independent import IndependentClicks
from clickstream.clicks.generate.population import population
from clickstream.clicks.generate.sessions import SessionClicks, lanes_for
from clickstream.generate.draws import Columns
from clickstream.settings import GeneratorSettings


@dataclass(frozen=True, slots=True)
class EncodedClicks:
    """Some clicks, and what writes them."""

    clicks: Clicks
    encoder: EventEncoder

    @property
    def actor(self) -> Columns:
        """The user of each click."""
        return self.clicks.user

    def taken(self, rows: Columns) -> "EncodedClicks":
        """Some of the clicks, in the given order."""
        return EncodedClicks(self.clicks.taken(rows), self.encoder)

    def encoded(self, event_time_us: Columns) -> list[bytes]:
        """The bytes of each click."""
        return self.encoder.encode(self.clicks.at(event_time_us))


class ClickSource:
    """Makes the clicks of a seed (`generate.source.EventSource`); the key of a record is its user."""

    def __init__(self, settings: GeneratorSettings) -> None:
        users = population(settings.seed)
        self.keys = [user.user_id.encode() for user in users]
        self._encoder = EventEncoder(users)
        self._clicks = (
            IndependentClicks(settings.seed)
            if settings.uniform
            else SessionClicks(settings.seed, lanes_for(Fraction(repr(settings.rate_per_s))))
        )

    def events(self, first: int, count: int) -> EncodedClicks:
        """Clicks `first` to `first + count - 1`."""
        return EncodedClicks(self._clicks.clicks(first, count), self._encoder)
