"""Records out of order."""

import numpy as np
import pytest

from clickstream.generate.order import BLOCK
from streams import a_sound_stream, rows

PLACES = 3 * BLOCK


def sent(rate: float, **settings: object):
    return a_sound_stream(OUT_OF_ORDER_RATE=rate, **settings).records(0, PLACES)


@pytest.mark.parametrize("rate", [0.01, 0.1, 0.3, 0.5])
@pytest.mark.parametrize("key", ["user_id", "none"])
@pytest.mark.acts("OUT_OF_ORDER_RATE")
def test_records_are_sent_late_at_their_rate(rate, key):
    faults = sent(rate, MSG_KEY=key).faults
    assert set(faults.values()) == {("out_of_order",)}
    assert len(faults) / PLACES == pytest.approx(rate, abs=0.012)


@pytest.mark.parametrize("rate", [0.1, 0.5])
def test_all_records_are_sent_unchanged_whatever_their_order(rate):
    in_order = rows(a_sound_stream().records(0, PLACES))
    out_of_order = rows(sent(rate))
    assert out_of_order != in_order
    assert sorted(out_of_order) == sorted(in_order)


def test_a_record_changes_places_with_the_next_one_of_its_partition():
    in_order, out_of_order = rows(a_sound_stream().records(0, PLACES)), sent(0.1)
    for partition in range(3):
        before = [row for row in in_order if row[2] == partition]
        after = [row for row in rows(out_of_order) if row[2] == partition]
        moved = np.flatnonzero([one != other for one, other in zip(before, after, strict=True)])
        assert len(moved) % 2 == 0
        for one, other in moved.reshape(-1, 2).tolist():
            assert other == one + 1
            assert (after[one], after[other]) == (before[other], before[one])


def test_the_record_that_comes_late_carries_the_name():
    records = sent(0.1)
    newest = dict.fromkeys(range(3), 0)
    for place, (partition, timestamp_ms) in enumerate(
        zip(records.partitions, records.timestamps_ms, strict=True)
    ):
        assert (timestamp_ms < newest[partition]) == (place in records.faults)
        newest[partition] = max(newest[partition], timestamp_ms)


def test_without_a_rate_all_is_in_order():
    records = sent(0)
    assert records.faults == {}
    assert records.timestamps_ms == sorted(records.timestamps_ms)
