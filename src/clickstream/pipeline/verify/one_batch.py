"""Spark for the check of tables without a polars half: the session of a job, or one that starts for it."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from clickstream.check.expected.one_batch import OneBatch, Work
from clickstream.contract.stages import Stage
from clickstream.duration import Duration
from clickstream.errors import EnvironmentNotReady
from clickstream.pipeline.broker_access import JvmParts
from clickstream.pipeline.start.spark_access import runs_elsewhere
from clickstream.pipeline.start.start_checks import refuse_machine
from clickstream.runtime.java.find import find_java
from clickstream.settings import Settings

if TYPE_CHECKING:
    from clickstream.stream.session.session import Session

OpenedSession = Callable[[], "Session"]


def one_batch(settings: Settings, on_stage: Stage, opened: OpenedSession | None = None) -> OneBatch:
    """What computes tables by their Spark halves, on this machine; no JVM starts before there are any.

    Args:
        settings: memory and Java of the JVM.
        on_stage: prints that a JVM starts.
        opened: the session of a job that has ended; None starts one.
    """

    def compute(works: Sequence[Work]) -> None:
        try:
            from clickstream.pipeline.process.session import starting_spark
        except ModuleNotFoundError as error:
            raise EnvironmentNotReady(
                f"{error.name} is not installed.",
                next_step="Run `clickstream check` where it is.",
            ) from error

        with ExitStack() as started:
            if opened is not None:
                if runs_elsewhere(settings):
                    raise EnvironmentNotReady(
                        f"The executors of {settings.stream.master_url} do not see this machine's files.",
                        next_step="Run `clickstream check`, which starts Spark on this machine.",
                    )
                session = opened()
            else:
                stream = settings.stream.model_copy(update={"master_url": "local[*]"})
                on_stage(f"start Spark for {', '.join(work.table.name for work in works)} …")
                refuse_machine(settings, [stream.driver_memory], on_stage)
                java = JvmParts(find_java(settings.runtime.java_home), ())
                local = replace(settings, stream=stream)
                session = started.enter_context(starting_spark(local, java, short_run=True))()
            write_all_rows(session, works)

    return compute


def write_all_rows(session: "Session", works: Sequence[Work]) -> None:
    """Compute the rows of each table by its Spark half, in a session on this machine."""
    from clickstream.stream.one_batch import write_rows

    for work in works:
        length = Duration(work.window_ms)
        write_rows(session, work.table, length, events=work.events, waves=work.waves, rows=work.rows)
