"""Who clicks: the users of a seed, each with its own country, browser and device."""

from dataclasses import dataclass
from functools import lru_cache

from mimesis import Field, Locale

from clickstream.clicks.generate.vocabulary import BROWSERS, COUNTRIES, DEVICES, USERS


@dataclass(frozen=True, slots=True)
class User:
    """A user of the site, who keeps country, browser and device for the whole stream."""

    user_id: str
    country: str
    browser: str
    device: str


@lru_cache(maxsize=4)
def population(seed: int) -> tuple[User, ...]:
    """The users `user_1` … `user_5000` of a seed, in this order."""
    field = Field(Locale.EN, seed=seed)
    return tuple(
        User(
            user_id=f"user_{number}",
            country=field("choice", items=COUNTRIES),
            browser=field("choice", items=BROWSERS),
            device=field("choice", items=DEVICES),
        )
        for number in range(1, USERS + 1)
    )
