"""What goes wrong on purpose: each at its rate, each by its name, and nothing else."""

import json
from collections import Counter
from datetime import datetime

import orjson
import pytest

from clickstream.check.decode.one_message import decode_message
from clickstream.clicks import CLICKS
from clickstream.clicks.event import CLICK
from clickstream.clicks.testing import click
from clickstream.contract.definition import rejection
from clickstream.contract.definition.event import NUMBER_LIMIT, JsonType
from clickstream.generate.events import EventStream
from clickstream.generate.faults import Faults
from clickstream.generate.malformed import ways_to_break
from clickstream.settings import GeneratorSettings
from streams import NEW_YEAR_US, a_sound_stream, a_stream, rows


def no_constant(name: str) -> object:
    raise ValueError(name)


def reason_of(value: bytes | None) -> str | None:
    """The decoding rule with the standard library, for the ways in which our faults can break it."""
    if not value:
        return rejection.EMPTY
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return rejection.NOT_UTF8
    try:
        parsed = json.loads(text, parse_constant=no_constant)
        json.dumps(parsed, ensure_ascii=False).encode()  # an unpaired surrogate has no bytes
    except ValueError:
        return rejection.NOT_JSON
    if not isinstance(parsed, dict):
        return rejection.NOT_AN_OBJECT
    if not any(name in parsed for name in CLICK.names):
        return rejection.NO_KNOWN_FIELD
    for field in CLICK.fields:
        found = parsed.get(field.name)
        declared = {JsonType.STRING: str, JsonType.INTEGER: int, JsonType.NUMBER: (int, float)}[field.type]
        if found is None:
            continue
        if not isinstance(found, declared) or isinstance(found, bool):
            return rejection.wrong_type(field.name)
        if field.type is JsonType.INTEGER and not -(2**63) <= found < 2**63:
            return rejection.number_out_of_range(field.name)
        if field.type is JsonType.NUMBER and abs(found) > NUMBER_LIMIT:
            return rejection.number_out_of_range(field.name)
    return None


@pytest.mark.parametrize("way", ways_to_break(CLICK), ids=lambda way: way.name)
def test_each_way_breaks_a_message_for_its_reason(way):
    for sound in (click(), click(event_type="purchase", revenue=19.99)):
        assert reason_of(sound) is None
        assert reason_of(way.spoil(sound)) == way.reason


@pytest.mark.parametrize("way", ways_to_break(CLICK), ids=lambda way: way.name)
def test_the_checker_gives_each_way_its_reason(way):
    assert decode_message(way.spoil(click()), CLICK) == way.reason


def test_ways_have_names_of_their_own_and_cover_every_kind_of_reason():
    assert len({way.name for way in ways_to_break(CLICK)}) == len(ways_to_break(CLICK))
    kinds = {way.reason.partition(":")[0] for way in ways_to_break(CLICK)}
    possible = {reason.partition(":")[0] for reason in rejection.reasons_of(CLICK)}
    assert kinds == possible - {rejection.FUTURE_EVENT}


def test_malformed_messages_come_at_their_rate_and_in_every_way():
    settings = GeneratorSettings(MALFORMED_RATE=0.1, LATE_RATE=0)
    reasons = Counter(
        reason_of(value) for value in EventStream(CLICKS, settings, 3, NEW_YEAR_US).records(0, 20_000).values
    )
    sound = reasons.pop(None)
    assert 1 - sound / 20_000 == pytest.approx(0.1, abs=0.01)
    assert set(reasons) == {way.reason for way in ways_to_break(CLICK)}


@pytest.mark.parametrize(("rate", "malformed"), [(0, 0), (1, 500)])
def test_a_rate_of_none_or_all_is_exact(rate, malformed):
    settings = GeneratorSettings(MALFORMED_RATE=rate)
    values = EventStream(CLICKS, settings, 3, NEW_YEAR_US).records(0, 500).values
    assert sum(reason_of(value) is not None for value in values) == malformed


def lateness_s(late_rate: float, late_s: int, **others: object) -> list[float]:
    settings = GeneratorSettings(MALFORMED_RATE=0, LATE_RATE=late_rate, LATE_SECONDS=late_s, **others)
    records = EventStream(CLICKS, settings, 3, NEW_YEAR_US).records(0, 20_000)
    times = [datetime.fromisoformat(orjson.loads(value)["event_time"]) for value in records.values]
    return [ms / 1_000 - time.timestamp() for ms, time in zip(records.timestamps_ms, times, strict=True)]


@pytest.mark.acts("LATE_RATE")
def test_late_events_come_at_their_rate_by_one_second_to_the_most():
    late = [seconds for seconds in lateness_s(0.2, 300) if seconds > 0.5]
    assert len(late) / 20_000 == pytest.approx(0.2, abs=0.015)
    assert min(late) >= 0.999
    assert max(late) <= 300.001
    assert sum(seconds > 150 for seconds in late) / len(late) == pytest.approx(0.5, abs=0.05)


@pytest.mark.acts("LATE_SECONDS")
def test_the_shortest_lateness_is_one_second():
    assert {round(seconds, 3) for seconds in lateness_s(1, 1)} == {1.0}


PLACES = 20_000
EVERY_RATE = {
    "LATE_RATE": "late",
    "FUTURE_RATE": "future",
    "DUPLICATE_RATE": "duplicate",
    "MISSING_FIELD_RATE": "missing_field",
    "MALFORMED_RATE": "malformed",
}


@pytest.mark.parametrize(("setting", "name"), EVERY_RATE.items())
@pytest.mark.acts("LATE_RATE", "FUTURE_RATE", "DUPLICATE_RATE", "MISSING_FIELD_RATE", "MALFORMED_RATE")
def test_each_fault_comes_at_its_rate_and_carries_its_name(setting, name):
    records = a_sound_stream(**{setting: 0.1}).records(0, PLACES)
    assert {found.partition(":")[0] for names in records.faults.values() for found in names} == {name}
    assert len(records.faults) / PLACES == pytest.approx(0.1, abs=0.012)


@pytest.mark.parametrize(("setting", "name"), EVERY_RATE.items())
def test_a_fault_leaves_the_other_records_as_they_are(setting, name):
    faulty = a_sound_stream(**{setting: 0.1}).records(0, PLACES)
    untouched = [row for place, row in enumerate(rows(faulty)) if place not in faulty.faults]
    sound = rows(a_sound_stream().records(0, PLACES))
    if name != "duplicate":
        sound = [row for place, row in enumerate(sound) if place not in faulty.faults]
    assert untouched == sound


def test_faults_do_not_change_key_partition_and_timestamp_of_their_own_record():
    faulty = a_sound_stream(
        LATE_RATE=0.3, FUTURE_RATE=0.3, MISSING_FIELD_RATE=0.3, MALFORMED_RATE=0.3
    ).records(0, 2_000)
    assert [row[1:] for row in rows(faulty)] == [row[1:] for row in rows(a_sound_stream().records(0, 2_000))]


def test_a_duplicate_follows_its_record_byte_for_byte():
    records = a_stream(DUPLICATE_RATE=0.2, LATE_RATE=0.3).records(0, 5_000)
    copies = [place for place, names in records.faults.items() if "duplicate" in names]
    assert len(records) == 5_000 + len(copies)
    for place in copies:
        assert rows(records)[place] == rows(records)[place - 1]
        assert records.faults[place] == (*records.faults.get(place - 1, ()), "duplicate")


def test_a_missing_field_is_any_of_them_and_only_one():
    faulty, sound = (a_sound_stream(MISSING_FIELD_RATE=rate).records(0, 2_000).values for rate in (1, 0))
    lacking = Counter()
    for one, other in zip(faulty, sound, strict=True):
        found, whole = orjson.loads(one), orjson.loads(other)
        (lost,) = set(whole) - set(found)
        assert found == {name: value for name, value in whole.items() if name != lost}
        lacking[lost] += 1
    assert set(lacking) == set(CLICK.names)


def test_an_event_that_has_lost_its_time_is_not_called_late():
    records = a_sound_stream(LATE_RATE=1, MISSING_FIELD_RATE=1).records(0, 500)
    for place, value in enumerate(records.values):
        timed = "event_time" in orjson.loads(value)
        assert records.faults[place] == (("late", "missing_field") if timed else ("missing_field",))


def test_future_events_are_ahead_by_one_second_to_the_most():
    ahead = [-seconds for seconds in lateness_s(0, 1, FUTURE_RATE=1, FUTURE_SECONDS=3_600)]
    assert min(ahead) >= 0.999
    assert max(ahead) <= 3_600.001
    assert sum(seconds > 1_800 for seconds in ahead) / len(ahead) == pytest.approx(0.5, abs=0.02)


@pytest.mark.acts("FUTURE_SECONDS")
def test_the_furthest_clock_is_a_year_ahead():
    ahead = [-seconds for seconds in lateness_s(0, 1, FUTURE_RATE=1, FUTURE_SECONDS=31_536_000)]
    assert 31_000_000 < max(ahead) <= 31_536_000.001


def test_every_way_to_break_a_message_fits_a_broker():
    assert all(len(way.spoil(click()) or b"") < 950_000 for way in ways_to_break(CLICK))


def test_huge_messages_are_rare():
    chosen = Faults(GeneratorSettings(MALFORMED_RATE=1), CLICK).chosen(0, 100_000)
    ways = Counter(names[-1] for names in chosen.names().values())
    assert 40 < ways["malformed:huge"] < 200
    assert set(ways) == {way.name for way in ways_to_break(CLICK)}
