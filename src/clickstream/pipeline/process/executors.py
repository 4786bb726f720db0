"""A job on a cluster at work: it has executors, and where they are elsewhere, they share its storage."""

from collections.abc import Callable

from clickstream.clock import Clock
from clickstream.contract.run.layout import Layout
from clickstream.pipeline.start.spark_access import runs_elsewhere
from clickstream.settings import Settings
from clickstream.stream.session.executors import ExecutorWatch, executor_count
from clickstream.stream.session.session import Session
from clickstream.stream.session.shared_storage import by_executors, refuse_unshared, trial_files

_POLL_S = 0.2


def watched(
    stop_requested: Callable[[], bool], session: Session, settings: Settings, layout: Layout, clock: Clock
) -> Callable[[], bool]:
    """The same question; on a cluster each time with a look at whether it still gives the job executors."""
    if settings.stream.master_url.startswith("local"):
        return stop_requested
    watch = ExecutorWatch(
        lambda: executor_count(session),
        clock,
        master=settings.stream.master_url,
        memory=settings.runtime.spark_worker_memory,
    )

    def asked() -> bool:
        watch.look()
        return stop_requested()

    if runs_elsewhere(settings):
        while not executor_count(session):
            if asked():
                return asked
            clock.sleep(_POLL_S)
        refuse_unshared([layout.output, layout.checkpoint], by_executors(session), trial_files(session))
    return asked
