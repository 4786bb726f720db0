"""The list of skipped records: which offsets it covers, and that a changed list is noticed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickstream.contract.run.sealing import seal
from clickstream.contract.run.skipped import (
    LARGEST_TIMESTAMP_MS,
    SkippedRecord,
    SkippedRecords,
    is_unreadable,
)

offsets = st.sets(st.integers(0, 20))


def skips(of_partition_0: set[int]) -> SkippedRecords:
    return SkippedRecords(SkippedRecord(0, offset, 2**62) for offset in of_partition_0)


@given(offsets, st.integers(0, 20), st.integers(0, 20))
def test_a_batch_may_follow_another_only_over_skipped_offsets(skipped, end, start) -> None:
    may = end <= start and set(range(end, start)) <= skipped
    assert skips(skipped).lead(0, end, start) == may
    assert skips(skipped).lead(1, end, start) == (end == start)


@given(offsets, st.integers(0, 20), st.integers(0, 20))
def test_the_first_skipped_offset_of_a_range_is_found(skipped, start, end) -> None:
    assert skips(skipped).first_in(0, start, end) == min(skipped & set(range(start, end)), default=None)


@given(offsets)
def test_a_list_reads_back_the_same(skipped) -> None:
    assert list(SkippedRecords.from_json(skips(skipped).to_json("r"), "r")) == list(skips(skipped))


@pytest.mark.parametrize(
    ("timestamp_ms", "unreadable"),
    [
        (-1, False),
        (LARGEST_TIMESTAMP_MS, False),
        (-LARGEST_TIMESTAMP_MS, False),
        (LARGEST_TIMESTAMP_MS + 1, True),
        (-LARGEST_TIMESTAMP_MS - 1, True),
    ],
)
def test_spark_fails_where_microseconds_overflow(timestamp_ms: int, unreadable: bool) -> None:
    assert is_unreadable(timestamp_ms) == unreadable


@pytest.mark.parametrize(
    "records",
    [
        [{"partition": "0", "offset": "2", "timestamp_ms": 1}],
        [{"partition": 0, "offset": 2.5, "timestamp_ms": 1}],
        [{"partition": 0, "offset": True, "timestamp_ms": 1}],
        [{"partition": 0, "offset": 2}],
        [None],
        7,
    ],
)
def test_what_is_no_list_of_records_is_refused(records: object) -> None:
    text = seal({"skipped_version": 1, "run_id": "r", "records": records})
    with pytest.raises(ValueError, match="does not list skipped records"):
        SkippedRecords.from_json(text, "r")
