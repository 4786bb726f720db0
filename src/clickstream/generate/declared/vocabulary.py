"""Plausible texts for a string field that declares no values, by its name."""

import re
import zlib
from collections.abc import Callable

from mimesis import Generic, Locale

TEXTS = 40
"""Different texts of a field."""
ACTORS = 1_000
"""Different values of the key field."""

_MAKERS: tuple[tuple[str, Callable[[Generic], str]], ...] = (
    (r"e?mail", lambda make: make.person.email()),
    (r"country(_code)?|nation", lambda make: make.address.country_code()),
    (r"city|town|place|location", lambda make: make.address.city()),
    (r"currency", lambda make: make.finance.currency_iso_code(allow_random=True)),
    (r"company|vendor|brand|supplier", lambda make: make.finance.company()),
    (r"name|person|customer|author", lambda make: make.person.full_name()),
    (r"url|uri|path|page", lambda make: f"/{make.text.word()}"),
    (r"host|hostname|server|domain", lambda make: make.internet.hostname()),
    (r"ip|ip_address|address", lambda make: make.internet.ip_v4()),
    (r"agent|browser", lambda make: make.internet.user_agent()),
    (r"device|model|phone", lambda make: make.hardware.phone_model()),
    (r"colou?r", lambda make: make.text.color().lower()),
)
_FORMS = [(re.compile(rf"(?:.*_)?(?:{form})", re.IGNORECASE), make) for form, make in _MAKERS]


def texts_of(name: str, seed: int, *, is_key: bool) -> tuple[str, ...]:
    """The different values of a field: the same for a seed on every machine."""
    if is_key or name.lower().endswith("id"):
        stem = re.sub(r"_?id$", "", name, flags=re.IGNORECASE) or name
        return tuple(f"{stem}_{number}" for number in range(1, ACTORS + 1))
    make = Generic(Locale.EN, seed=seed ^ zlib.crc32(name.encode()))
    maker = next((maker for form, maker in _FORMS if form.fullmatch(name)), lambda make: make.text.word())
    return tuple(dict.fromkeys(maker(make) for _ in range(TEXTS)))
