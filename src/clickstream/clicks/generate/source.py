"""The clicks of a seed: visits side by side, or every field drawn on its own under UNIFORM."""

from dataclasses import dataclass
from fractions import Fraction

from clickstream.clicks.generate.columns import Clicks
from clickstream.clicks.generate.encoding import EventEncoder
from clickstream.clicks.generate.independent import IndependentClicks
from clickstream.clicks.generate.population import population
from clickstream.clicks.generate.sessions import SessionClicks, lanes_for
from clickstream.clicks.generate.vocabulary import FURTHER_FIELDS
from clickstream.define.columns import Columns, Draws, GeneratorSettings, KeyTable, Purpose


@dataclass(frozen=True, slots=True)
class EncodedClicks:
    """Some clicks, the places of the values of their further fields, and what writes them."""

    clicks: Clicks
    further: tuple[Columns, ...]
    encoder: EventEncoder
    users: KeyTable

    @property
    def actor(self) -> Columns:
        """The user of each click."""
        return self.clicks.user

    @property
    def keys(self) -> list[bytes | None]:
        """The id of each user."""
        return self.users.keys_of(self.clicks.user)

    @property
    def key_hashes(self) -> Columns:
        """The CRC-32 of each id."""
        return self.users.hashes[self.clicks.user]

    def taken(self, rows: Columns) -> "EncodedClicks":
        """Some of the clicks, in the given order."""
        further = tuple(places[rows] for places in self.further)
        return EncodedClicks(self.clicks.taken(rows), further, self.encoder, self.users)

    def encoded(self, event_time_us: Columns) -> list[bytes]:
        """The bytes of each click."""
        return self.encoder.encode(self.clicks, event_time_us, self.further)


class ClickSource:
    """Makes the clicks of a seed (`generate.source.EventSource`); the key of a record is its user."""

    def __init__(self, settings: GeneratorSettings) -> None:
        users = population(settings.seed)
        self._users = KeyTable([user.user_id.encode() for user in users])
        self._seed = settings.seed
        self._encoder = EventEncoder(users)
        self._clicks = (
            IndependentClicks(settings.seed)
            if settings.uniform
            else SessionClicks(settings.seed, lanes_for(Fraction(repr(settings.rate_per_s))))
        )

    def events(self, first: int, count: int) -> EncodedClicks:
        """Clicks `first` to `first + count - 1`."""
        further: tuple[Columns, ...] = ()
        if FURTHER_FIELDS:
            draws = Draws(self._seed, Purpose.FURTHER_FIELDS, first, count)
            further = tuple(draws.below(at, len(values)) for at, values in enumerate(FURTHER_FIELDS.values()))
        return EncodedClicks(self._clicks.clicks(first, count), further, self._encoder, self._users)
