"""Arrangements are the same records in other orders and batches, and the same for the same seed."""

from hypothesis import given
from hypothesis import strategies as st

from clickstream.testing import arrangements


@given(st.lists(st.integers(), max_size=9), st.integers())
def test_no_record_is_lost_and_no_batch_is_empty(records, seed):
    for batches in arrangements(records, seed, times=4):
        assert sorted(record for batch in batches for record in batch) == sorted(records)
        assert 1 <= len(batches) <= 4
        assert all(batches) or not records


def test_the_seed_decides():
    drawn = [list(arrangements(range(20), seed)) for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]
