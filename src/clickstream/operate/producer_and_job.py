"""The producer and the job of a pipeline in the background: both start, then both must show work."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from clickstream.contract.progress import RunningPart
from clickstream.contract.tables import QUERIES
from clickstream.operate.as_started import command_again, what_changes
from clickstream.operate.undertaking import Undertaking
from clickstream.operate.used_settings import way_of
from clickstream.pipeline.heartbeat import PRODUCER, STREAM, last_heartbeat
from clickstream.runtime.processes import StartedProcess


def ensured_producer_and_job(
    undertaking: Undertaking,
    producer_arguments: tuple[str, ...],
    job_arguments: tuple[str, ...] = (),
    *,
    broker_is_new: bool,
) -> list[RunningPart]:
    """Both parts, when records have been acknowledged and every query has landed a batch."""
    settings, state = undertaking.settings, undertaking.state
    undertaking.on_stage("start the producer and the job")
    for part, given in ((PRODUCER, producer_arguments), (STREAM, job_arguments)):
        for line in what_changes(part, given, settings):
            undertaking.on_stage(line)
    producer, producer_is_new = undertaking.ensured(
        PRODUCER, command_again(PRODUCER, ("produce", "--live"), producer_arguments, settings)
    )
    # A job that had a cluster of ours and has none now runs where SPARK_MASTER_URL says.
    without = "" if job_arguments else "--master"
    job, job_is_new = undertaking.ensured(
        STREAM, command_again(STREAM, ("stream",), job_arguments, settings, without=without)
    )

    # Under a broker that was started just now, what was said before counts for nothing.
    said_before = {
        part.name: last_heartbeat(state, part.name, part.pid) if broker_is_new else None
        for part in (producer, job)
    }
    producer_answer = undertaking.answered(producer, acknowledged(producer, state, said_before[PRODUCER]))
    job_answer = undertaking.answered(job, landed(job, state, said_before[STREAM]))
    return [
        RunningPart(
            PRODUCER, way_of(producer, settings), producer.pid, producer.log, producer_answer, producer_is_new
        ),
        RunningPart(STREAM, way_of(job, settings), job.pid, job.log, job_answer, job_is_new),
    ]


def acknowledged(
    producer: StartedProcess, state: Path, said_before: dict[str, Any] | None = None
) -> Callable[[], str]:
    """What the producer answers with: records that a broker has acknowledged."""

    def answer() -> str:
        count = _newly_said(producer, state, said_before).get("acknowledged", 0)
        return f"{count:,} records acknowledged" if count else ""

    return answer


def landed(job: StartedProcess, state: Path, said_before: dict[str, Any] | None = None) -> Callable[[], str]:
    """What the job answers with: a batch of every query."""

    def answer() -> str:
        queries = _newly_said(job, state, said_before).get("queries", {})
        return f"every query has landed a batch ({len(queries)})" if len(queries) == len(QUERIES) else ""

    return answer


def _newly_said(part: StartedProcess, state: Path, said_before: dict[str, Any] | None) -> dict[str, Any]:
    said = last_heartbeat(state, part.name, part.pid)
    return {} if said == said_before else said
