"""The generator function that the page on the generator shows makes events of the fields that it names."""

import re
from random import Random

from clickstream.contract.definition.event import fits
from clickstream.define import EventField, JsonType
from repo.project import ROOT

BLOCKS = re.findall(
    r"^```python\n(.*?)^```", (ROOT / "docs" / "generator.md").read_text(), re.MULTILINE | re.DOTALL
)
FIELDS = {
    "sensor_id": EventField("sensor_id", JsonType.STRING),
    "celsius": EventField("celsius", JsonType.NUMBER),
}


def test_the_function_of_the_page_makes_the_same_values_from_the_same_numbers() -> None:
    (block,) = BLOCKS
    defined: dict = {}
    exec(block, defined)  # noqa: S102 - the block as a user pastes it
    made = [defined["reading"](Random(seed), seed) for seed in range(100)]
    assert made == [defined["reading"](Random(seed), seed) for seed in range(100)]
    assert all(fits(FIELDS[name], value) for event in made for name, value in event.items())
    assert len({event["sensor_id"] for event in made}) == 9
