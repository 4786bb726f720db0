"""Asked to stop, a query ends after its batch, however long Spark plans it; a waiting one is stopped."""

from math import inf
from pathlib import Path
from typing import Any, Self

import pytest

from clickstream.contract.definition.tables import EVENTS
from clickstream.contract.run.layout import Layout
from clickstream.stream.queries import run_queries
from clickstream.testing import ManualClock
from story import stream_settings

PLANNING_S = 300.0
"""How long Spark plans the batch here: any length above what a query may wait for its broker."""


class SparkQuery:
    """Stands in for a query and all that leads to it: in a trigger until it ends, or is stopped."""

    def __init__(self, layout: Layout, *, begun: int, ended: int, ends_after_s: float = inf) -> None:
        self.is_at_work = True
        self.was_stopped = False
        self.status = {"isTriggerActive": True}
        self._checkpoint = layout.query_checkpoint(EVENTS)
        self._begun = begun
        self._left_s = ends_after_s
        self._log("offsets", begun)
        self._log("commits", ended)

    def pass_by(self, duration_s: float) -> None:
        """Let time pass, at the end of which its batch ends and it with that."""
        self._left_s -= duration_s
        if self._left_s <= 0:
            self._log("commits", self._begun)
            self.is_at_work = False

    def _log(self, name: str, batch_id: int) -> None:
        (self._checkpoint / name).mkdir(parents=True, exist_ok=True)
        (self._checkpoint / name / str(batch_id)).touch()

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


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path / "output", tmp_path / "checkpoint")


def run_until_asked_to_stop(query: Any, layout: Layout) -> ManualClock:
    clock = ManualClock(on_sleep=query.pass_by)
    run_queries(
        {EVENTS: query},
        stream_settings(),
        layout=layout,
        landings={EVENTS: lambda _rows, _batch_id: None},
        available_now=False,
        stop_requested=lambda: True,
        clock=clock,
    )
    return clock


def test_a_batch_that_is_still_planned_when_the_stop_comes_is_waited_for(layout: Layout) -> None:
    query = SparkQuery(layout, begun=7, ended=6, ends_after_s=PLANNING_S)
    run_until_asked_to_stop(query, layout)
    assert not query.was_stopped


def test_a_query_that_waits_for_its_broker_has_nothing_to_finish_and_is_stopped(layout: Layout) -> None:
    query = SparkQuery(layout, begun=7, ended=7)
    clock = run_until_asked_to_stop(query, layout)
    assert query.was_stopped
    assert clock.monotonic_s() < PLANNING_S


def test_a_query_between_two_batches_is_not_taken_for_an_idle_one(layout: Layout) -> None:
    query = SparkQuery(layout, begun=7, ended=6, ends_after_s=PLANNING_S)
    query.status = {"isTriggerActive": False}  # what Spark says for a moment
    run_until_asked_to_stop(query, layout)
    assert not query.was_stopped
