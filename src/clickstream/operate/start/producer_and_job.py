"""The producer and the job of a pipeline in the background: both start, then both must show work."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from clickstream.contract.progress import RunningPart
from clickstream.contract.tables import QUERIES
from clickstream.operate.parts.names import ALL, Parts, running
from clickstream.operate.parts.used_settings import way_of
from clickstream.operate.start.as_started import command_again, what_changes
from clickstream.operate.start.undertaking import Undertaking
from clickstream.pipeline.heartbeat import PRODUCER, STREAM, last_heartbeat
from clickstream.runtime.processes.started import StartedProcess
from clickstream.settings import Settings

Answer = Callable[[StartedProcess, Path, dict[str, Any] | None], Callable[[], str]]
"""Makes the question that a part answers, from its process, the state folder and what it said before."""


def ensured_producer_and_job(
    undertaking: Undertaking,
    producer_arguments: tuple[str, ...],
    job_arguments: tuple[str, ...] = (),
    *,
    broker_is_new: bool,
    parts: Parts = ALL,
) -> list[RunningPart]:
    """The producer and the job, if they are among the parts.

    Returns when records have been acknowledged and every query has landed a batch; without a producer it is
    enough that every query waits for records.
    """
    settings, state = undertaking.settings, undertaking.state
    # A job that had a cluster of ours and has none now runs where SPARK_MASTER_URL says.
    without = "" if job_arguments else "--master"
    commands = (
        (PRODUCER, "the producer", ("produce", "--live"), producer_arguments, ""),
        (STREAM, "the job", ("stream",), job_arguments, without),
    )
    wanted = [command for command in commands if command[0] in parts]
    if wanted:
        undertaking.on_stage(f"start {' and '.join(words for _, words, *_ in wanted)}")
    started = []
    for name, _, base, given, dropped in wanted:
        for line in what_changes(name, given, settings):
            undertaking.on_stage(line)
        command = command_again(name, base, given, settings, without=dropped)
        started.append(undertaking.ensured(name, command))

    # Under a broker that was started just now, what was said before counts for nothing.
    said_before = {
        part.name: last_heartbeat(state, part.name, part.pid) if broker_is_new else None
        for part, _ in started
    }
    answers = {PRODUCER: acknowledged, STREAM: answer_of_job(settings)}
    return [
        RunningPart(
            part.name,
            way_of(part, settings),
            part.pid,
            part.log,
            undertaking.answered(part, answers[part.name](part, state, said_before[part.name])),
            is_new,
        )
        for part, is_new in started
    ]


def answer_of_job(settings: Settings) -> Answer:
    """What a job must show: a landed batch of every query, if a producer of this kit runs."""
    return landed if running(PRODUCER, settings) is not None else landed_or_waiting


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


def landed_or_waiting(
    job: StartedProcess, state: Path, said_before: dict[str, Any] | None = None
) -> Callable[[], str]:
    """As `landed`; or that every query waits for records, of which nobody may produce any."""
    has_landed = landed(job, state, said_before)

    def answer() -> str:
        waits = _newly_said(job, state, said_before).get("waiting")
        return has_landed() or ("every query runs and waits for records" if waits else "")

    return answer


def _newly_said(part: StartedProcess, state: Path, said_before: dict[str, Any] | None) -> dict[str, Any]:
    said = last_heartbeat(state, part.name, part.pid)
    return {} if said == said_before else said
