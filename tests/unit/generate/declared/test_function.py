"""A generator function in the pipeline file makes the events; the engine sets their times."""

import json
import zlib
from collections.abc import Callable
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickstream.errors import DefinitionInvalid
from clickstream.generate.events import Part
from streams import joined, rows
from unit.generate.declared.sensors import READING, a_reading, a_stream, made


def reading(random: Random, index: int) -> dict[str, object]:
    return {"sensor_id": f"s{random.randrange(9)}", "celsius": random.random(), "battery": index}


def test_values_are_those_of_the_function_and_what_it_leaves_out_is_declared() -> None:
    records = made(500, reading)
    for index, value in enumerate(records.values):
        event = json.loads(value or b"")
        assert tuple(event) == READING.names
        assert (event["battery"], event["unit"] in ("C", "F", None)) == (index, True)
        assert event["read_at"].startswith("2026-01-01T00:00:0")


def test_the_key_is_what_the_function_returns_and_chooses_the_partition() -> None:
    records = made(500, reading)
    assert records.keys == [json.loads(value or b"")["sensor_id"].encode() for value in records.values]
    assert records.partitions == [zlib.crc32(key or b"") % 3 for key in records.keys]
    without = made(9, lambda random, index: {"sensor_id": None})
    assert (without.keys, without.partitions) == ([None] * 9, [0, 1, 2] * 3)


@given(st.lists(st.integers(0, 60), min_size=1, max_size=4), st.integers(0, 10**12))
def test_events_are_the_same_however_the_stream_is_cut(sizes, first):
    stream = a_stream(a_reading(generator=reading), DUPLICATE_RATE=0.2, LATE_RATE=0.2)
    whole = rows(stream.records(first, sum(sizes)))
    cut = [
        row for at in range(len(sizes)) for row in rows(stream.records(first + sum(sizes[:at]), sizes[at]))
    ]
    assert cut == whole


def test_producers_share_the_events_between_them() -> None:
    pipeline = a_reading(generator=reading)
    parts = [a_stream(pipeline, part=Part(number, 3)).records(0, 300) for number in range(3)]
    whole = rows(a_stream(pipeline).records(0, 300))
    assert sorted(rows(joined(parts)), key=repr) == sorted(whole, key=repr)


def test_a_seed_chooses_the_random_numbers() -> None:
    assert made(50, reading).values == made(50, reading).values
    assert made(50, reading, SEED=1).values != made(50, reading).values


def test_a_time_of_the_function_does_not_count() -> None:
    values = made(3, lambda random, index: {"read_at": "yesterday"}).values
    assert [json.loads(value or b"")["read_at"][:4] for value in values] == ["2026"] * 3


def test_numbers_of_numpy_are_written() -> None:
    values = made(3, lambda random, index: {"celsius": np.float64(1.5)}).values
    assert {json.loads(value or b"")["celsius"] for value in values} == {1.5}


def broken(random: Random, index: int) -> dict[str, object]:
    raise ValueError("no sensors left")


@pytest.mark.parametrize(
    ("function", "why"),
    [
        (
            broken,
            r"The generator broken \(test_function.py:\d+\) raised ValueError for event 0: no sensors left",
        ),
        (lambda random, index: [], "returned list for event 0: expected a dict of fields"),
        (lambda random, index: {"temp": 1}, "returned 'temp' for event 0: expected fields of the event"),
        (lambda random, index: {"celsius": "warm"}, "returned celsius='warm' for event 0: expected number"),
        (lambda random, index: {"celsius": float("nan")}, "returned celsius=nan for event 0"),
        (lambda random, index: {"battery": True}, "returned battery=True for event 0: expected integer"),
        (lambda random, index: {"city": "\ud800"}, "for event 0: expected string"),
    ],
)
def test_what_a_function_must_not_do_is_one_sentence(
    function: Callable[[Random, int], Any], why: str
) -> None:
    with pytest.raises(DefinitionInvalid, match=why) as refused:
        made(5, function)
    assert "clickstream produce --stdout" in refused.value.next_step
