"""The producer and the job of a pipeline in the background: both start, then both must show work."""

import sys
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from clickstream.contract.definition.tables import QUERIES
from clickstream.contract.part_names import PRODUCER, STREAM
from clickstream.contract.progress import RunningPart
from clickstream.operate.parts.differences import differences
from clickstream.operate.parts.names import Parts, running
from clickstream.operate.parts.used_settings import flags_in
from clickstream.operate.start.attempt import StartAttempt, Work
from clickstream.pipeline.heartbeat import last_heartbeat
from clickstream.runtime.processes.started import StartedProcess
from clickstream.settings import Settings

_COMMANDS = {PRODUCER: ("produce", "--live"), STREAM: ("stream",)}
_WORDS = {PRODUCER: "the producer", STREAM: "the job"}


def ensured_producer_and_job(
    attempt: StartAttempt,
    producer_flags: Mapping[str, str],
    job_flags: Mapping[str, str],
    *,
    broker_is_new: bool,
    parts: Parts,
) -> list[RunningPart]:
    """The producer and the job, if they are among the parts.

    Returns when records have been acknowledged and every query has landed a batch; without a producer it is
    enough that every query waits for records.
    """
    settings, state = attempt.settings, attempt.state
    wanted = [name for name in _COMMANDS if name in parts]
    if wanted:
        attempt.on_stage(f"start {' and '.join(_WORDS[name] for name in wanted)}")
    started = []
    for name in wanted:
        flags = producer_flags if name == PRODUCER else job_flags
        for line in what_changes(name, flags, settings):
            attempt.on_stage(line)
        started.append(attempt.ensured(name, command_again(name, flags, settings)))
    # A heartbeat from before the broker was started does not show that the part works.
    said_before = {
        part.name: last_heartbeat(state, part.name, part.pid) if broker_is_new else None
        for part, _ in started
    }
    return [
        attempt.working(
            part, expected_work(part.name, settings), is_new=is_new, said_before=said_before[part.name]
        )
        for part, is_new in started
    ]


def expected_work(name: str, settings: Settings) -> Work:
    """What a part must do; the job lands a batch of every query if a producer of this kit runs."""
    if name == PRODUCER:
        return acknowledged
    return landed if running(PRODUCER, settings) is not None else landed_or_waiting


def acknowledged(said: Mapping[str, Any]) -> str:
    """How many records of a producer a broker has acknowledged."""
    count = said.get("acknowledged", 0)
    return f"{count:,} records acknowledged" if count else ""


def landed(said: Mapping[str, Any]) -> str:
    """That every query of a job has landed a batch."""
    queries = said.get("queries", {})
    return f"every query has landed a batch ({len(queries)})" if len(queries) == len(QUERIES) else ""


def landed_or_waiting(said: Mapping[str, Any]) -> str:
    """As `landed`, or that every query waits for records."""
    return landed(said) or ("every query runs and waits for records" if said.get("waiting") else "")


def command_of(name: str, flags: Mapping[str, str]) -> tuple[str, ...]:
    """The command line of a part with these flags; neither PATH nor the working folder matters."""
    words = chain.from_iterable(flags.items())
    return (sys.executable, "-P", "-m", "clickstream", *_COMMANDS[name], *words)


def command_again(name: str, given: Mapping[str, str], settings: Settings) -> tuple[str, ...]:
    """The command line of a part that does not run: a producer keeps its flags, if no others are given.

    The only flag of the job is its cluster: a job that had one and has none now runs where SPARK_MASTER_URL
    says.
    """
    earlier = StartedProcess.load(name, settings.paths.state)
    before = flags_in(earlier.command) if earlier is not None and name == PRODUCER else {}
    return command_of(name, {**before, **given})


def what_changes(name: str, given: Mapping[str, str], settings: Settings) -> Iterator[str]:
    """In lines: with which arguments a part that died starts again, and what is no longer as it was."""
    earlier = StartedProcess.load(name, settings.paths.state)
    if earlier is None or earlier.is_running():
        return
    rate = flags_in(earlier.command).get("--rate")
    if rate and "--rate" not in given:
        yield f"{name} starts again with its flags: --rate {rate}"
    for each in differences(earlier, settings, given).settings:
        yield f"{name} starts with {each.name}={each.now}; the one before ran with {each.runs_with}"
