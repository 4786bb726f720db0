"""Every field of the contract is in the bytes that the generator makes, with a value."""

from collections.abc import Iterable

import orjson
import pytest

from clickstream.clicks.event import CLICK
from streams import a_sound_stream

EVENTS = 3_000
"""Enough for some purchases: only these have a revenue."""


def never_with_a_value(messages: Iterable[bytes | None], names: Iterable[str]) -> set[str]:
    """The names that no message has, or only with null."""
    events = [orjson.loads(message) for message in messages if message is not None]
    return {name for name in names if all(event.get(name) is None for event in events)}


@pytest.mark.parametrize("uniform", [False, True], ids=["sessions", "uniform"])
def test_every_field_of_the_contract_occurs_with_a_value_and_no_other_does(uniform: bool) -> None:
    messages = a_sound_stream(UNIFORM=uniform).records(0, EVENTS).values
    assert never_with_a_value(messages, CLICK.names) == set()
    assert {tuple(orjson.loads(message)) for message in messages} == {CLICK.names}
    # A field that is in the contract and not in the generator would be found.
    assert never_with_a_value(messages, (*CLICK.names, "promo")) == {"promo"}
