"""The newest rows of a table are found from the batch records, whatever else lies in its folder."""

import re
from pathlib import Path

import pytest

from clickstream.check.landed.newest import newest_rows
from clickstream.check.row_values import Row
from clickstream.clicks import CLICKS
from clickstream.clicks.tables import EVENTS_RAW, EVENTS_REJECTED, SESSIONS
from clickstream.contract.run.layout import Layout
from clickstream.errors import CouldNotCheck, OutputDamaged
from unit.check.landing import STORY, Landing, land


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    return land(tmp_path, STORY)


def rows(landing: Landing, count: int) -> list[Row]:
    return newest_rows(landing.layout, CLICKS, EVENTS_RAW, count).rows


def test_the_last_rows_come_in_order_and_go_back_over_batches(landing: Landing) -> None:
    every = [(row["kafka_partition"], row["kafka_offset"]) for row in rows(landing, 1_000)]
    by_batch = [
        set(landing.rows(EVENTS_RAW, batch_id).select("kafka_partition", "kafka_offset").rows())
        for batch_id in range(len(STORY))
    ]
    assert len(every) == sum(map(len, by_batch))
    for batch in by_batch:  # one after another, none between those of another
        here, every = every[: len(batch)], every[len(batch) :]
        assert set(here) == batch
    assert rows(landing, 1) == rows(landing, 1_000)[-1:]
    assert rows(landing, 3) == rows(landing, 1_000)[-3:]


def test_moments_are_iso_8601_with_microseconds_in_utc(landing: Landing) -> None:
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", str(rows(landing, 1)[0]["kafka_timestamp"])
    )


def test_a_file_that_no_record_names_is_not_read(landing: Landing) -> None:
    before = rows(landing, 1_000)
    leftover = landing.layout.table_dir("events_raw", "parquet") / "batch-000000000009-00000.parquet"
    leftover.write_bytes(b"torn")
    assert rows(landing, 1_000) == before


def test_bytes_stay_bytes_and_null_stays_null(landing: Landing) -> None:
    values = [row["value"] for row in newest_rows(landing.layout, CLICKS, EVENTS_REJECTED, 10).rows]
    assert values == [b'{"user_id":7}', None, b"\xff"]


def test_without_a_run_there_is_nothing_to_show(tmp_path: Path) -> None:
    with pytest.raises(CouldNotCheck) as refused:
        newest_rows(Layout(tmp_path / "output", tmp_path / "checkpoint"), CLICKS, SESSIONS, 10)
    assert "Nothing has landed" in refused.value.sentence
    assert refused.value.exit_code == 3


def test_a_file_that_is_gone_or_torn_is_said_so(landing: Landing) -> None:
    newest = landing.files("events_raw")[-1]
    content = newest.read_bytes()
    newest.write_bytes(content[: len(content) // 2])
    with pytest.raises(OutputDamaged, match=f"{newest.name} has [0-9,]+ bytes"):
        rows(landing, 1)
    newest.unlink()
    with pytest.raises(OutputDamaged, match=newest.name):
        rows(landing, 1)
