"""What is written of a batch or a run reads back the same, and anything else is no record."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickstream.clicks import CLICKS
from clickstream.clicks.tables import TABLES
from clickstream.contract.definition.description import describe
from clickstream.contract.definition.tables import QUERIES
from clickstream.contract.run.batch_record import BatchRecord, LandedFile, LandedTable
from clickstream.contract.run.terms import RunTerms

files = st.builds(
    LandedFile, path=st.text(), rows=st.integers(0), size_bytes=st.integers(0), sha256=st.text()
)
landed = st.builds(
    LandedTable, rows=st.integers(0), parquet=st.lists(files).map(tuple), csv=st.lists(files).map(tuple)
)
records = st.builds(
    BatchRecord,
    run_id=st.text(),
    query=st.sampled_from(QUERIES),
    query_id=st.text(),
    batch_id=st.integers(0),
    topic=st.text(),
    offsets=st.dictionaries(st.integers(0, 999), st.tuples(st.integers(0), st.integers(0))),
    watermark_ms=st.integers(),
    previous_watermark_ms=st.integers(),
    tables=st.dictionaries(st.text(), landed),
    planned_at_ms=st.none() | st.integers(),
)
WITH_WINDOWS = ("page_metrics", "geo_metrics", "sessions")
terms = st.builds(
    RunTerms,
    run_id=st.text(),
    topic=st.text(),
    topic_id=st.text(),
    starting_offsets=st.text(),
    windows_ms=st.fixed_dictionaries(
        dict.fromkeys(("page_metrics", "geo_metrics", "sessions"), st.integers(1))
    ),
    watermark_delay_ms=st.integers(0),
    shuffle_partitions=st.integers(1),
)

WINDOWS_MS = dict.fromkeys(WITH_WINDOWS, 1)


@given(records)
def test_a_batch_record_reads_back_the_same(record: BatchRecord) -> None:
    assert BatchRecord.from_json(record.to_json()) == record


@given(records, st.data())
def test_a_batch_record_that_is_cut_off_or_has_a_bit_flipped_is_none(record: BatchRecord, data) -> None:
    text = record.to_json().encode()
    at = data.draw(st.integers(0, len(text) - 1))
    flipped = bytearray(text)
    flipped[at] ^= 1 << data.draw(st.integers(0, 7))
    for damaged in (text[:at], bytes(flipped)):
        with pytest.raises(ValueError):
            BatchRecord.from_json(damaged.decode())


@given(terms)
def test_a_runs_terms_read_back_the_same(run_terms: RunTerms) -> None:
    assert RunTerms.from_json(run_terms.to_json(describe(CLICKS)), describe(CLICKS)) == run_terms


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"record_version": 1}', '{"record_version": 99}'])
def test_anything_else_is_no_batch_record(text: str) -> None:
    with pytest.raises(ValueError):
        BatchRecord.from_json(text)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"run_id": "x"}'])
def test_anything_else_is_no_terms(text: str) -> None:
    with pytest.raises(ValueError):
        RunTerms.from_json(text, describe(CLICKS))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("watermark_delay_ms", "1"),
        ("windows_ms", {**WINDOWS_MS, "sessions": "1"}),
        ("windows_ms", {"sessions": 1}),
    ],
)
def test_a_value_of_another_type_is_no_terms(name: str, value: object) -> None:
    contract = describe(CLICKS)
    content = json.loads(RunTerms("r", "t", "", "earliest", WINDOWS_MS, 0, 1).to_json(contract))
    with pytest.raises(ValueError, match=name):
        RunTerms.from_json(json.dumps(content | {name: value}), contract)


def test_every_table_has_one_query_and_a_key_among_its_columns() -> None:
    assert [table for query in QUERIES for table in CLICKS.tables_of(query)] == list(TABLES)
    assert all(set(table.key) <= set(table.column_names) for table in TABLES)
