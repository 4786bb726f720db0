"""Offsets that a record names and the topic does not have."""

from dataclasses import replace

import pytest

from clickstream.check.findings import Code
from clickstream.contract.definition.tables import QUERIES
from clickstream.errors import CouldNotCheck
from unit.check.landing import Landing, land
from unit.check.ledger.test_ledger_balance import RANGES, checked


@pytest.fixture
def landing(tmp_path) -> Landing:
    return land(tmp_path, spark_log=False)


def with_offsets(landing: Landing, query: str, batch_id: int, **spans: tuple[int, int]) -> None:
    record = landing.record(query, batch_id)
    named = {int(name[1:]): span for name, span in spans.items()}
    landing.write_record(replace(record, offsets={**record.offsets, **named}))


@pytest.mark.parametrize(
    "spans",
    [{"p7": (0, 3)}, {"p0": (7, 1_000)}, {"p1": (5, 2**62)}],
    ids=["a partition", "offsets beyond the end", "very many offsets"],
)
@pytest.mark.parametrize("query", QUERIES)
def test_they_are_a_finding_that_names_the_record(landing, query, spans):
    with_offsets(landing, query, 4, **spans)
    verdict = checked(landing)
    (named,) = [finding for finding in verdict.failures if finding.code is Code.RECORD_INVALID]
    assert (named.query, named.batch_id) == (query, 4)
    assert f"partition {next(iter(spans))[1:]}" in named.sentence
    assert "the topic" in named.sentence


def test_in_the_middle_of_a_run_too(landing):
    with_offsets(landing, "aggregates", 1, p7=(0, 3))
    codes = [finding.code for finding in checked(landing).failures]
    assert codes[0] in (Code.RECORD_INVALID, Code.OFFSETS_BROKEN)
    assert Code.RECORD_INVALID in codes


@pytest.mark.parametrize("ranges", [{0: (0, 7), 1: (0, 3)}, {0: (0, 7)}, {0: (2, 7), 1: (0, 5)}], ids=str)
def test_what_every_query_has_read_and_the_topic_lost_is_not_compared(landing, ranges):
    with pytest.raises(CouldNotCheck, match="no longer holds") as refused:
        checked(landing, ranges)
    assert refused.value.details
    assert "RUN_ID" in refused.value.next_step


def test_a_topic_that_has_more_than_was_read_is_fine(landing):
    assert checked(landing, {**RANGES, 0: (0, 9), 5: (0, 2)}).findings == ()
