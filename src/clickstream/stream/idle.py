"""Whether the queries run and have nothing to do: what a job shows when its topic has no unread records."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from clickstream.clock import Clock

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_LOOKS_EVERY_S = 1.0
_WAITING = "Waiting for"
"""How Spark's status message begins between two micro-batches; before the first it says something else."""


def reporting_when_idle(
    stop_requested: Callable[[], bool],
    session: "SparkSession",
    queries: int,
    on_waiting: Callable[[], None],
    clock: Clock,
) -> Callable[[], bool]:
    """Wrap `stop_requested`: call `on_waiting` once, when all queries wait for records or a trigger.

    Args:
        stop_requested: asked often while the queries run.
        session: the session that they run in.
        queries: how many they are.
        on_waiting: called from within the wrapped function.
        clock: for a look per second, until it has been called.
    """
    due_s = clock.monotonic_s()
    waiting = False

    def asked() -> bool:
        nonlocal due_s, waiting
        if not waiting and clock.monotonic_s() >= due_s:
            due_s = clock.monotonic_s() + _LOOKS_EVERY_S
            messages = [str(query.status["message"]) for query in session.streams.active]
            waiting = len(messages) == queries and all(each.startswith(_WAITING) for each in messages)
            if waiting:
                on_waiting()
        return stop_requested()

    return asked
