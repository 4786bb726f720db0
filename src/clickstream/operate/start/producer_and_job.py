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

MODULE = "clickstream"
"""The module that a part runs, in its command line."""


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
    # A job that had a cluster of ours and has none now runs where SPARK_MASTER_URL says.
    without = "" if job_flags else "--master"
    commands = (
        (PRODUCER, "the producer", ("produce", "--live"), producer_flags, ""),
        (STREAM, "the job", ("stream",), job_flags, without),
    )
    wanted = [command for command in commands if command[0] in parts]
    if wanted:
        attempt.on_stage(f"start {' and '.join(words for _, words, *_ in wanted)}")
    started = []
    for name, _, base, given, dropped in wanted:
        for line in what_changes(name, given, settings):
            attempt.on_stage(line)
        started.append(attempt.ensured(name, command_again(name, base, given, settings, without=dropped)))
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


def command_again(
    name: str, base: tuple[str, ...], given: Mapping[str, str], settings: Settings, *, without: str = ""
) -> tuple[str, ...]:
    """The command line of a part that does not run: as it was started before, with other flags replaced.

    `base` is the command for the first start, `without` is a flag that the part no longer has.
    """
    earlier = StartedProcess.load(name, settings.paths.state)
    # The Python and its switches are those of now.
    was = () if earlier is None else earlier.command
    words = was[was.index(MODULE) + 1 :] if MODULE in was else ()
    # Neither PATH nor the working folder matters.
    return (sys.executable, "-P", "-m", MODULE, *with_flags(words or base, given, without=without))


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


def with_flags(command: tuple[str, ...], flags: Mapping[str, str], *, without: str = "") -> tuple[str, ...]:
    """A command line in which these flags replace those of the same name."""
    kept: list[str] = []
    words = iter(command)
    for word in words:
        if word in flags or word == without:
            next(words, None)
        else:
            kept.append(word)
    return (*kept, *chain.from_iterable(flags.items()))
