"""A compacted topic that lost landed records cannot be compared with; gaps of other origin say nothing."""

import polars as pl
import pytest

from clickstream.check.findings import Code, Verdict
from clickstream.clicks.tables import EVENTS_RAW
from clickstream.errors import CouldNotCheck
from unit.check.landing import Landing, land


def check(landing: Landing, policy: str) -> Verdict:
    return landing.verify(compacting_policy=policy)


@pytest.mark.parametrize("gone", [1, 0], ids=["in the middle", "at the beginning"])
def test_compaction_is_named_where_landed_records_are_gone(tmp_path, gone):
    landing = land(tmp_path, partitions=1)
    del landing.topic[gone]
    with pytest.raises(CouldNotCheck, match=r"policy=compact,delete\), and 1 of") as refused:
        check(landing, "compact,delete")
    assert refused.value.details == (f"partition 0: 1 gone, of the offsets {gone} to {gone}",)


def test_a_compacted_topic_that_has_all_records_is_checked_like_any_other(tmp_path):
    assert check(land(tmp_path), "compact").findings == ()


def test_an_offset_of_which_nothing_landed_is_no_sign_of_compaction(tmp_path):
    landing = land(tmp_path, partitions=1)
    del landing.topic[1]
    rows = landing.rows(EVENTS_RAW, 0)
    landing.rewrite(EVENTS_RAW, 0, rows.filter(pl.col("kafka_offset") != 1))
    assert Code.ROWS_DIFFER in {finding.code for finding in check(landing, "compact").findings}


def test_a_damaged_file_is_not_taken_for_compaction(tmp_path):
    landing = land(tmp_path)
    landing.files("events_raw")[0].write_bytes(b"damaged")
    assert not check(landing, "compact").passed
