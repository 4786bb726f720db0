"""A running part leaves its newest figures where other commands find them."""

from pathlib import Path

import pytest

from clickstream.contract.part_names import PRODUCER, STREAM
from clickstream.contract.progress import BatchProgress, DeliveryCounts
from clickstream.errors import PartDied
from clickstream.pipeline.heartbeat import Heartbeat, PartEnd, end_of, last_heartbeat
from clickstream.testing import ManualClock


def batch(query: str, batch_id: int = 0) -> BatchProgress:
    return BatchProgress(
        query=query,
        batch_id=batch_id,
        offsets_in=5,
        rows_landed={query: 5},
        watermark_ms=0,
        duration_s=0.25,
        replayed=False,
    )


def test_the_newest_batch_of_every_query_is_kept(tmp_path: Path, own_pid: int) -> None:
    heartbeat = Heartbeat(tmp_path, STREAM, ManualClock())
    heartbeat.landed(batch("aggregates", 0))
    heartbeat.landed(batch("events", 3))
    heartbeat.landed(batch("aggregates", 1))
    queries = last_heartbeat(tmp_path, STREAM, own_pid)["queries"]
    assert {query: figures["batch_id"] for query, figures in queries.items()} == {
        "aggregates": 1,
        "events": 3,
    }


def test_figures_of_another_process_are_not_this_ones(tmp_path: Path, own_pid: int) -> None:
    Heartbeat(tmp_path, STREAM, ManualClock()).landed(batch("aggregates"))
    assert last_heartbeat(tmp_path, STREAM, own_pid + 1) == {}


def test_deliveries_are_written_once_a_second_at_most(tmp_path: Path, own_pid: int) -> None:
    clock = ManualClock()
    heartbeat = Heartbeat(tmp_path, PRODUCER, clock)
    heartbeat.delivered(DeliveryCounts(10, 5, 0))
    heartbeat.delivered(DeliveryCounts(20, 15, 0))
    assert last_heartbeat(tmp_path, PRODUCER, own_pid)["acknowledged"] == 5
    clock.sleep(1)
    heartbeat.delivered(DeliveryCounts(30, 25, 0))
    assert last_heartbeat(tmp_path, PRODUCER, own_pid)["acknowledged"] == 25


def test_a_part_that_has_said_nothing_has_no_figures(tmp_path: Path, own_pid: int) -> None:
    assert last_heartbeat(tmp_path, PRODUCER, own_pid) == {}
    (tmp_path / "progress").mkdir()
    (tmp_path / "progress" / "producer.json").write_text("torn {")
    assert last_heartbeat(tmp_path, PRODUCER, own_pid) == {}


def test_figures_that_cannot_be_written_do_not_end_the_run(tmp_path: Path) -> None:
    (tmp_path / "progress").write_text("a file where the folder should be")
    Heartbeat(tmp_path, STREAM, ManualClock()).landed(batch("aggregates"))


def test_an_end_is_noted_with_exit_code_and_reason_beside_the_last_figures(
    tmp_path: Path, own_pid: int
) -> None:
    heartbeat = Heartbeat(tmp_path, STREAM, ManualClock())
    heartbeat.landed(batch("aggregates"))
    with pytest.raises(PartDied), heartbeat.noting_the_end():
        raise PartDied("The query aggregates died.")
    assert end_of(tmp_path, STREAM, own_pid) == PartEnd(4, "The query aggregates died.")
    assert "aggregates" in last_heartbeat(tmp_path, STREAM, own_pid)["queries"]


@pytest.mark.parametrize(("raised", "exit_code"), [(KeyboardInterrupt(), 130), (RuntimeError("bug"), 1)])
def test_an_end_that_nobody_planned_is_noted_too(
    tmp_path: Path, own_pid: int, raised: BaseException, exit_code: int
) -> None:
    with pytest.raises(type(raised)), Heartbeat(tmp_path, STREAM, ManualClock()).noting_the_end():
        raise raised
    ended = end_of(tmp_path, STREAM, own_pid)
    assert ended is not None
    assert ended.exit_code == exit_code


def test_a_good_end_is_code_0_and_a_part_that_was_killed_has_none(tmp_path: Path, own_pid: int) -> None:
    heartbeat = Heartbeat(tmp_path, PRODUCER, ManualClock())
    heartbeat.delivered(DeliveryCounts(1, 1, 0))
    assert end_of(tmp_path, PRODUCER, own_pid) is None
    with heartbeat.noting_the_end():
        pass
    assert end_of(tmp_path, PRODUCER, own_pid) == PartEnd(0, "")
