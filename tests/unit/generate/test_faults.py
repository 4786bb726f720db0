"""Late events and broken messages."""

import json
from collections import Counter
from datetime import datetime

import orjson
import pytest

from clickstream.check.one_message import decode_message
from clickstream.contract import rejection
from clickstream.contract.event import EVENT_FIELDS, NUMBER_LIMIT, JsonType
from clickstream.generate.events import EventStream
from clickstream.generate.faults import FAULTS
from clickstream.settings import GeneratorSettings
from clickstream.testing import click

NEW_YEAR_US = 1_767_225_600_000_000


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
    for field in EVENT_FIELDS:
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


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_each_fault_breaks_a_message_for_its_reason(fault):
    for sound in (click(), click(event_type="purchase", revenue=19.99)):
        assert reason_of(sound) is None
        assert reason_of(fault.spoil(sound)) == fault.reason


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_checker_gives_each_fault_its_reason(fault):
    assert decode_message(fault.spoil(click())) == fault.reason


def test_faults_have_names_of_their_own_and_cover_every_kind_of_reason():
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
    kinds = {fault.reason.partition(":")[0] for fault in FAULTS}
    possible = {reason.partition(":")[0] for reason in rejection.REASONS}
    assert kinds == possible - {rejection.FUTURE_EVENT}


def test_malformed_messages_come_at_their_rate_and_in_every_way():
    settings = GeneratorSettings(MALFORMED_RATE=0.1, LATE_RATE=0)
    reasons = Counter(
        reason_of(value) for value in EventStream(settings, 3, NEW_YEAR_US).records(0, 20_000).values
    )
    sound = reasons.pop(None)
    assert 1 - sound / 20_000 == pytest.approx(0.1, abs=0.01)
    assert set(reasons) == {fault.reason for fault in FAULTS}


@pytest.mark.parametrize(("rate", "malformed"), [(0, 0), (1, 500)])
def test_a_rate_of_none_or_all_is_exact(rate, malformed):
    settings = GeneratorSettings(MALFORMED_RATE=rate)
    values = EventStream(settings, 3, NEW_YEAR_US).records(0, 500).values
    assert sum(reason_of(value) is not None for value in values) == malformed


def lateness_s(late_rate: float, late_s: int) -> list[float]:
    settings = GeneratorSettings(MALFORMED_RATE=0, LATE_RATE=late_rate, LATE_SECONDS=late_s)
    records = EventStream(settings, 3, NEW_YEAR_US).records(0, 20_000)
    times = [datetime.fromisoformat(orjson.loads(value)["event_time"]) for value in records.values]
    return [ms / 1_000 - time.timestamp() for ms, time in zip(records.timestamps_ms, times, strict=True)]


def test_late_events_come_at_their_rate_by_one_second_to_the_most():
    late = [seconds for seconds in lateness_s(0.2, 300) if seconds > 0.5]
    assert len(late) / 20_000 == pytest.approx(0.2, abs=0.015)
    assert min(late) >= 0.999
    assert max(late) <= 300.001
    assert sum(seconds > 150 for seconds in late) / len(late) == pytest.approx(0.5, abs=0.05)


def test_the_shortest_lateness_is_one_second():
    assert {round(seconds, 3) for seconds in lateness_s(1, 1)} == {1.0}
