"""Which batch read a record, and what is made of records that leave gaps."""

import numpy as np

from clickstream.check.findings import Code
from clickstream.check.history.batches import NO_BATCH, Batches, put_in_order
from clickstream.check.history.spark_log import SparkLog
from clickstream.contract.run.batch_record import BatchRecord


def a_record(batch_id: int, **offsets: tuple[int, int]) -> BatchRecord:
    """A record of a batch; `p0=(1, 4)` are the offsets of partition 0."""
    by_partition = {int(name[1:]): span for name, span in offsets.items()}
    return BatchRecord("run", "any", "id", batch_id, "events", by_partition, 0, 0, {})


def test_a_record_belongs_to_the_batch_whose_offsets_hold_it():
    batches = Batches("any", ({0: (5, 7), 1: (0, 0)}, {0: (7, 7), 1: (0, 2)}, {0: (7, 9), 1: (2, 3)}))
    partitions = np.array([0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2], dtype=np.int32)
    offsets = np.array([4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 0])
    none = NO_BATCH
    assert batches.batch_of(partitions, offsets).tolist() == [none, 0, 0, 2, 2, none, 1, 1, 2, none, none]
    assert batches.committed == {0: (5, 9), 1: (0, 3)}
    assert batches.with_offsets == 3


def test_records_in_a_gap_between_batches_belong_to_none():
    batches = Batches("any", ({0: (0, 2)}, {0: (4, 6)}))
    partitions = np.zeros(6, dtype=np.int32)
    assert batches.batch_of(partitions, np.arange(6)).tolist() == [0, 0, NO_BATCH, NO_BATCH, 1, 1]


def test_batches_in_a_row_leave_no_finding():
    records = {0: a_record(0, p0=(3, 5)), 1: a_record(1, p0=(5, 5)), 2: a_record(2, p0=(5, 9), p1=(0, 4))}
    batches, findings = put_in_order("any", records, SparkLog())
    assert findings == []
    assert [dict(offsets) for offsets in batches.offsets] == [
        {0: (3, 5)},
        {0: (5, 5)},
        {0: (5, 9), 1: (0, 4)},
    ]


def test_gaps_overlaps_and_lost_partitions_are_found():
    for second in ({"p0": (6, 9)}, {"p0": (4, 9)}, {"p1": (0, 1)}, {"p0": (5, 9), "p1": (1, 2)}):
        _, findings = put_in_order("any", {0: a_record(0, p0=(0, 5)), 1: a_record(1, **second)}, SparkLog())
        assert [(finding.code, finding.batch_id) for finding in findings] == [(Code.OFFSETS_BROKEN, 1)]


def test_lost_records_in_the_middle_get_what_their_neighbours_leave():
    records = {0: a_record(0, p0=(0, 5)), 3: a_record(3, p0=(9, 12), p1=(0, 2))}
    batches, findings = put_in_order("any", records, SparkLog())
    assert [dict(offsets) for offsets in batches.offsets[1:3]] == [
        {0: (5, 9), 1: (0, 0)},
        {0: (9, 9), 1: (0, 0)},
    ]
    assert [(finding.code, finding.batch_id) for finding in findings] == [
        (Code.RECORD_MISSING, 1),
        (Code.RECORD_MISSING, 2),
    ]


def test_sparks_log_knows_the_offsets_of_lost_records_at_either_end():
    log = SparkLog({0: ({0: 5}, 0), 2: ({0: 12}, 0)}, frozenset({0, 1, 2}), {0: 3})
    batches, _ = put_in_order("any", {1: a_record(1, p0=(5, 9))}, log)
    assert [dict(offsets) for offsets in batches.offsets] == [{0: (3, 5)}, {0: (5, 9)}, {0: (9, 12)}]
