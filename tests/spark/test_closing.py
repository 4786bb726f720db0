"""Asked to stop, a query ends after its batch, however long Spark plans it; a waiting one is stopped."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from clickstream.contract.layout import Layout
from clickstream.stream.queries import QueryPlan, run_queries
from clickstream.testing import ManualClock
from story import stream_settings

PLANNING_S = 300.0
"""How long Spark plans the batch here: any length above what a query may wait for its broker."""


class SparkQuery:
    """Stands in for a query and all that leads to it: at work from its start until it ends or is stopped."""

    def __init__(self) -> None:
        self.is_at_work = True
        self.was_stopped = False
        self.status = {"isTriggerActive": True}

    def __getattr__(self, _name: str) -> Self:
        return self

    def __call__(self, *_words: object, **_named: object) -> Self:
        return self

    @property
    def isActive(self) -> bool:  # noqa: N802 - Spark's name
        return self.is_at_work

    def isAlive(self) -> bool:  # noqa: N802 - Java's name
        return self.is_at_work

    def exception(self) -> None:
        return None

    def stop(self) -> None:
        self.is_at_work, self.was_stopped = False, True


def run_until_asked_to_stop(query: Any, layout: Layout, on_sleep: Callable[[float], None]) -> ManualClock:
    clock = ManualClock(on_sleep=on_sleep)
    run_queries(
        [QueryPlan("events_raw", query, lambda batch: {"events_raw": batch})],
        stream_settings(),
        layout=layout,
        landings={"events_raw": lambda _tables, _batch_id: None},
        available_now=False,
        stop_requested=lambda: True,
        clock=clock,
    )
    return clock


def log(layout: Layout, name: str) -> Path:
    folder = layout.query_checkpoint("events_raw") / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def test_a_batch_that_is_still_planned_when_the_stop_comes_is_waited_for(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "output", tmp_path / "checkpoint")
    query = SparkQuery()
    (log(layout, "offsets") / "7").touch()
    (log(layout, "commits") / "6").touch()
    passed_s = 0.0

    def at_work(duration_s: float) -> None:
        nonlocal passed_s
        passed_s += duration_s
        if passed_s >= PLANNING_S:
            (log(layout, "commits") / "7").touch()
            query.is_at_work = False

    run_until_asked_to_stop(query, layout, at_work)
    assert not query.was_stopped
    assert (log(layout, "commits") / "7").exists()


def test_a_query_that_waits_for_its_broker_has_nothing_to_finish_and_is_stopped(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "output", tmp_path / "checkpoint")
    query = SparkQuery()
    (log(layout, "offsets") / "7").touch()
    (log(layout, "commits") / "7").touch()
    clock = run_until_asked_to_stop(query, layout, lambda _duration_s: None)
    assert query.was_stopped
    assert clock.monotonic_s() < PLANNING_S


def test_a_query_between_two_batches_is_not_taken_for_an_idle_one(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "output", tmp_path / "checkpoint")
    query = SparkQuery()
    query.status = {"isTriggerActive": False}  # what Spark says for a moment
    (log(layout, "offsets") / "7").touch()
    (log(layout, "commits") / "6").touch()
    passed_s = 0.0

    def at_work(duration_s: float) -> None:
        nonlocal passed_s
        passed_s += duration_s
        query.is_at_work = passed_s < PLANNING_S

    run_until_asked_to_stop(query, layout, at_work)
    assert not query.was_stopped
