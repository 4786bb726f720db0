"""A job that a cluster gives nothing to run on says so, and does not wait for ever."""

import pytest

from clickstream.errors import NoExecutors
from clickstream.stream.session.executors import WITHOUT_EXECUTORS_S, ExecutorWatch
from clickstream.testing import ManualClock


class Cluster:
    """Gives as many executors as it is told to."""

    def __init__(self) -> None:
        self.executors = 0
        self.clock = ManualClock()
        self.watch = ExecutorWatch(
            lambda: self.executors, self.clock, master="spark://127.0.0.1:7077", memory="4g"
        )

    def after(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.watch.look()


def test_a_cluster_may_take_its_time_to_start_executors() -> None:
    cluster = Cluster()
    cluster.after(0)
    cluster.after(WITHOUT_EXECUTORS_S - 1)
    cluster.executors = 1
    cluster.after(2)
    cluster.after(WITHOUT_EXECUTORS_S)


def test_no_executor_within_the_time_is_told_with_what_would_mend_it() -> None:
    cluster = Cluster()
    cluster.after(0)
    with pytest.raises(NoExecutors, match=r"spark://127\.0\.0\.1:7077 gave the job no executor") as none:
        cluster.after(WITHOUT_EXECUTORS_S)
    assert "4g" in none.value.sentence
    assert "clickstream up --spark standalone" in none.value.next_step
    assert none.value.exit_code == 3


def test_the_time_begins_anew_when_the_last_executor_is_lost() -> None:
    cluster = Cluster()
    cluster.executors = 2
    cluster.after(1_000)
    cluster.executors = 0
    cluster.after(WITHOUT_EXECUTORS_S - 1)
    with pytest.raises(NoExecutors):
        cluster.after(1)
