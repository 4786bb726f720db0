"""The job is killed: at named points of a landing, as it writes, at any moment, and while it is idle."""

import random
from collections.abc import Callable
from functools import partial
from pathlib import Path

from clickstream.contract.definition.tables import QUERIES
from clickstream.contract.run.layout import FORMATS, LANDED_NAME
from clickstream.errors import FaultNotSurvived
from clickstream.sinks.landing.points import FILES_MOVED, POINTS, RECORD_WRITTEN
from clickstream.torture.arena import Arena, FaultMissed
from clickstream.torture.children import KILLED, NOT_READY, PART_DIED, Child
from clickstream.torture.fault import Fault, faults
from clickstream.torture.open_batches import Batch
from clickstream.torture.run_files import files_seen

_EVENTS = 600
_LOOK_EVERY_S = 0.002


def killed_at(arena: Arena, chance: random.Random, *, point: str) -> str:
    """JVM and Python are killed at a named point of a batch: the batch is computed again in full."""
    arena.produce(_EVENTS)
    query = chance.choice(QUERIES)
    cut_off = _killed_at(arena, query, point, chance.randint(1, 2))
    if point == FILES_MOVED and not _files_of(arena, cut_off):
        raise FaultMissed(f"batch {cut_off[1]} of {query} has no rows, so that no file was moved")
    return f"batch {cut_off[1]} of {query} to compute again"


def killed_twice_in_one_batch(arena: Arena, chance: random.Random) -> str:
    """JVM and Python are killed at a point of a batch, and again while the batch is computed again."""
    arena.produce(_EVENTS)
    query = chance.choice(QUERIES)
    before_it_lands = POINTS[: POINTS.index(RECORD_WRITTEN)]
    first, second = chance.choice(before_it_lands), chance.choice(before_it_lands)
    cut_off = _killed_at(arena, query, first, 1)
    again = _killed_at(arena, query, second, 1)
    if again != cut_off:
        raise FaultNotSurvived(f"Batch {cut_off[1]} of {query} was cut off, and batch {again[1]} came next.")
    return f"batch {cut_off[1]} of {query}, at {first} and {second}"


def jvm_killed_as_it_writes(arena: Arena, chance: random.Random, *, patterns: tuple[str, ...]) -> str:
    """The JVM is killed as soon as a new file of a kind appears: Python reports its death."""
    arena.produce(_EVENTS)
    pattern = chance.choice(patterns)
    before = _matching(arena, pattern)
    skip = chance.randint(0, 3)
    job = arena.job()
    _kill_jvm(arena, job, lambda: len(_matching(arena, pattern) - before) > skip)
    return f"file {skip + 1} of {pattern}; {len(arena.open_batches)} batches to compute again"


def jvm_killed_at_any_moment(arena: Arena, chance: random.Random) -> str:
    """The JVM is killed at a random moment: Python reports its death."""
    arena.produce(_EVENTS)
    job = arena.job()
    arena.jvm_of(job)
    end_s = arena.clock.monotonic_s() + chance.uniform(0, 8)
    _kill_jvm(arena, job, lambda: arena.clock.monotonic_s() >= end_s)
    return f"after {len(job.batches())} batches; {len(arena.open_batches)} to compute again"


def jvm_killed_while_idle(arena: Arena, chance: random.Random) -> str:
    """The JVM is killed while it waits for records: no batch has to be computed again."""
    arena.produce(_EVENTS // 2)
    job = arena.job_that_goes_on()
    arena.wait_until(lambda: not arena.unread() and not arena.open_batches.running(), "all was read", job)
    still_s = arena.clock.monotonic_s() + chance.uniform(1, 3)
    _kill_jvm(arena, job, lambda: arena.clock.monotonic_s() >= still_s)
    if arena.open_batches:
        # A batch without data, for windows that had become complete, may have begun just then.
        return f"{arena.open_batches} to compute again"
    return "nothing to compute again"


def _killed_at(arena: Arena, query: str, point: str, time: int) -> Batch:
    """Kill the job at a point of a query's landing; the one batch of it that was cut off there."""
    job = arena.job_killed_at(query, point, time)
    if arena.ended(job, KILLED, 0) == 0:
        raise FaultMissed(f"{query} had no batch that reached {point}")
    cut_off = arena.open_batches.of(query)
    if len(cut_off) != 1:
        raise job.failed(f"{query} was killed at {point}, and {len(cut_off)} of its batches are open.")
    [(batch, has_landed)] = cut_off.items()
    if has_landed != (point == RECORD_WRITTEN):
        state = "a" if has_landed else "no"
        raise FaultNotSurvived(f"{query} was killed at {point}, and batch {batch[1]} has {state} record.")
    return batch


def _kill_jvm(arena: Arena, job: Child, due: Callable[[], bool]) -> None:
    """Kill the JVM of a job when it is due; the job must say that it died, and end."""
    jvm = arena.jvm_of(job)
    while not due() and job.is_running():
        arena.clock.sleep(_LOOK_EVERY_S)
    if not job.is_running():
        job.expect_exit(0)
        raise FaultMissed("the job had ended before")
    jvm.kill()
    # In its last moment it may have been about to end well, in its first about to come up.
    code = arena.ended(job, PART_DIED, NOT_READY, 0)
    if code == 0:
        raise FaultMissed("the job was about to end")
    job.expect_words("The job's JVM did not start" if code == NOT_READY else "error:")


def _matching(arena: Arena, pattern: str) -> set[Path]:
    folder = arena.layout.checkpoint if pattern.startswith("*/") else arena.layout.output
    return files_seen(folder, pattern)


def _files_of(arena: Arena, batch: Batch) -> list[Path]:
    query, batch_id = batch
    return [
        path
        for table in arena.settings.pipeline.tables_of(query)
        for file_format in FORMATS
        for path in arena.layout.table_files(table.name, file_format)
        if (name := LANDED_NAME.fullmatch(path.name)) and int(name["batch"]) == batch_id
    ]


_WRITTEN = {
    "jvm_killed_as_it_logs": ("*/offsets/*", "*/commits/*"),
    "jvm_killed_as_it_writes_state": ("*/state/*/*/*.delta",),
    "jvm_killed_as_it_writes_rows": (
        "_staging/*/*/_rows/**/*.parquet",
        "_staging/*/*/*/**/*.parquet",
        "_staging/*/*/*/csv/*.csv*",
    ),
}

FAULTS = (
    *(Fault.of(partial(killed_at, point=point), f"killed_at_{point}") for point in POINTS),
    *faults(killed_twice_in_one_batch),
    *(
        Fault.of(partial(jvm_killed_as_it_writes, patterns=patterns), name)
        for name, patterns in _WRITTEN.items()
    ),
    *faults(jvm_killed_at_any_moment, jvm_killed_while_idle),
)
"""Each of them costs the start of a JVM."""
