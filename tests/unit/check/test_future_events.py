"""Events ahead of their Kafka timestamp: rejected beyond the tolerance, else worth a warning."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from clickstream.check.compare.watermark_findings import far_ahead_ms
from clickstream.check.decode.chunk import decode
from clickstream.check.findings import Code
from clickstream.clicks import CLICKS
from clickstream.clicks.event import CLICK
from clickstream.clicks.testing import click as message
from clickstream.contract.definition.description import describe
from clickstream.contract.records import TopicRecords
from unit.check.landing import RUN, STORY, click, land

STAMP_MS = 1_767_225_600_000
STAMP = datetime.fromtimestamp(STAMP_MS / 1_000, UTC)


def one(value: bytes | None, stamp_ms: int = STAMP_MS) -> TopicRecords:
    return TopicRecords([0], [0], [stamp_ms], [value])


def ahead(microseconds: int, **fields: object) -> bytes:
    moment = STAMP + timedelta(microseconds=microseconds)
    return message(event_time=moment.isoformat(timespec="microseconds"), **fields)


@pytest.mark.parametrize("form", [{}, {"unknown": 1}], ids=["plain form", "by the rule"])
@pytest.mark.parametrize(("microseconds", "rejected"), [(1_000, False), (1_001, True), (-5, False)])
def test_an_event_is_rejected_when_it_is_more_than_the_tolerance_ahead(form, microseconds, rejected):
    decoded = decode(one(ahead(microseconds, **form)), CLICK, future_tolerance_ms=1)
    assert decoded.rejected["reason"].to_list() == ["future_event"] * rejected
    assert decoded.events.height == 1 - rejected


def test_a_rejected_future_event_keeps_its_bytes_and_place():
    value = ahead(10**6)
    records = TopicRecords([2, 1], [7, 5], [STAMP_MS] * 2, [b'{"page":null}', value])
    decoded = decode(records, CLICK, future_tolerance_ms=1)
    assert decoded.rejected.select("kafka_partition", "kafka_offset", "value").rows() == [(1, 5, value)]
    assert decoded.events.select("kafka_partition", "kafka_offset").rows() == [(2, 7)]


def test_without_a_tolerance_nothing_is_too_far_ahead():
    assert decode(one(ahead(10**15)), CLICK).events.height == 1


def test_any_other_reason_comes_before():
    assert decode(one(ahead(10**6, latency_ms="1")), CLICK, 1).rejected["reason"].to_list() == [
        "wrong_type:latency_ms"
    ]


def test_an_event_without_a_time_of_its_own_is_never_ahead():
    assert decode(one(message(event_time=None)), CLICK, 1).events.height == 1


def test_a_tolerance_beyond_64_bits_rejects_nothing():
    assert decode(one(ahead(10**15)), CLICK, 2**60).events.height == 1


# STORY's records are stamped 60 s after its beginning; its watermark delay is 3 s, its shortest window 5 s.


@pytest.mark.parametrize(("seconds", "warned"), [(68, False), (69, True)])
def test_a_future_event_is_worth_a_warning_where_all_windows_that_begin_now_are_closed(
    tmp_path: Path, seconds: float, warned: bool
):
    assert far_ahead_ms(RUN) == 8_000
    verdict = land(tmp_path, (*STORY, (click(seconds),))).verify()
    assert [finding.code for finding in verdict.findings] == [Code.WATERMARK_AHEAD] * warned


def test_with_a_tolerance_somebody_has_decided_and_nothing_is_warned_of(tmp_path: Path):
    landing = land(tmp_path, (*STORY, (click(69),)))
    for path in (landing.layout.output_terms_path(), landing.layout.checkpoint_terms_path()):
        path.write_text(replace(RUN, future_tolerance_ms=60_000).to_json(describe(CLICKS)))
    assert landing.verify().findings == ()
