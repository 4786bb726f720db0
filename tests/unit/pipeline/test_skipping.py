"""A job that ends at a record that Spark cannot read names it, and gets past it only if the run skips it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from clickstream.clicks import CLICKS
from clickstream.contract.run.layout import Layout
from clickstream.contract.run.skipped import SkippedRecord, SkippedRecords
from clickstream.contract.run.terms import RunTerms
from clickstream.errors import BrokerUnavailable, PartDied, RecordUnreadable
from clickstream.pipeline.process import skipping
from clickstream.pipeline.process.skipping import past_skipped_records, places
from clickstream.settings import BrokerSettings
from clickstream.sinks.start.run_terms import claim
from clickstream.sinks.start.skipping import unfinished_ranges
from clickstream.testing import ManualClock
from spark_checkpoint import put

WINDOWS_MS = dict.fromkeys(("page_metrics", "geo_metrics", "sessions"), 1)

TERMS = RunTerms("first", "events", "", "earliest", WINDOWS_MS, 0, 2)
NANOSECONDS = 1_767_225_640_000_000_000
OVERFLOW = "The query aggregates ended: java.lang.ArithmeticException: long overflow"


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """A run with a batch that is logged and not committed: the offsets 5 to 12 of partition 0."""
    layout = Layout(output=tmp_path / "output", checkpoint=tmp_path / "checkpoint")
    claim(layout, TERMS, CLICKS)
    checkpoint = layout.query_checkpoint("aggregates")
    put(checkpoint / "sources/0/0", '\0v1\n{"events":{"0":5}}')
    put(checkpoint / "offsets/0", 'v1\n{"batchWatermarkMs":0}\n{"events":{"0":13}}')
    return layout


def run_past(layout: Layout, run: Callable[[], None], *, stopping: bool = False) -> None:
    broker = BrokerSettings.model_construct(topic="events")
    past_skipped_records(run, layout, broker, clock=ManualClock(), stop_requested=lambda: stopping)


def dying(sentence: str = OVERFLOW) -> Callable[[], None]:
    def run() -> None:
        raise PartDied(sentence)

    return run


def topic_with(monkeypatch: pytest.MonkeyPatch, *records: SkippedRecord) -> dict[int, tuple[int, int]]:
    """What the job looks for unreadable records in, when it does."""
    asked: dict[int, tuple[int, int]] = {}

    def found(_settings, ranges, *, clock):
        asked.update(ranges)
        return list(records)

    monkeypatch.setattr(skipping, "unreadable_records", found)
    return asked


def test_the_record_is_named_with_the_command_that_skips_it(layout, monkeypatch) -> None:
    asked = topic_with(monkeypatch, SkippedRecord(0, 8, NANOSECONDS), SkippedRecord(0, 11, NANOSECONDS))
    with pytest.raises(RecordUnreadable, match="partition 0, offset 8 of topic events, and 1 more") as ended:
        run_past(layout, dying())
    assert "`clickstream skip-record 0:8-11`" in ended.value.next_step
    assert str(NANOSECONDS) in ended.value.sentence
    assert asked == {0: (5, 13)}


@pytest.mark.parametrize("sentence", [OVERFLOW, "The query aggregates ended: something else"])
def test_an_end_for_another_reason_stays_as_it_is(layout, monkeypatch, sentence: str) -> None:
    topic_with(monkeypatch)
    with pytest.raises(PartDied, match=sentence):
        run_past(layout, dying(sentence))


def test_a_broker_that_is_away_by_then_hides_nothing(layout, monkeypatch) -> None:
    def away(*_args, **_kwargs):
        raise BrokerUnavailable("away")

    monkeypatch.setattr(skipping, "unreadable_records", away)
    with pytest.raises(PartDied, match="long overflow"):
        run_past(layout, dying())


def test_a_recorded_skip_is_done_and_the_queries_run_on(layout) -> None:
    layout.skipped_path().write_text(SkippedRecords([SkippedRecord(0, 8, NANOSECONDS)]).to_json("first"))
    checkpoint = layout.query_checkpoint("aggregates")
    seen = []

    def run() -> None:
        seen.append(unfinished_ranges(layout, "aggregates"))
        if len(seen) == 1:  # the batch before the record commits, and the next one ends at the record
            put(checkpoint / "commits/0", "v1\n{}")
            put(checkpoint / "offsets/1", 'v1\n{"batchWatermarkMs":0}\n{"events":{"0":13}}')
            raise PartDied(OVERFLOW)

    run_past(layout, run)
    assert seen == [{0: (5, 8)}, {0: (9, 13)}]


def test_a_job_that_is_to_stop_is_not_run_again(layout, monkeypatch) -> None:
    topic_with(monkeypatch)
    with pytest.raises(PartDied):
        run_past(layout, dying(), stopping=True)


def test_places_are_written_as_the_command_takes_them() -> None:
    records = [SkippedRecord(0, 7, 1), SkippedRecord(1, 2, 1), SkippedRecord(1, 90, 1)]
    assert places(records) == "0:7 1:2-90"
