"""The job is killed or told to stop, at named points and at any moment."""

import random
import signal
from functools import partial

from clickstream.errors import FaultNotSurvived
from clickstream.operate.torture.arena import Arena
from clickstream.operate.torture.fault import Fault
from clickstream.sinks.points import POINTS

_EVENTS = 600
_PART_DIED = 4


def jvm_killed_at(arena: Arena, chance: random.Random, *, point: str) -> str:
    """The JVM is killed at a named point of a batch, which runs again in full."""
    arena.produce(_EVENTS)
    time = chance.randint(1, 3)
    _killed_at(arena, point, time)
    return f"the {time}. time; {_open(arena)} to compute again"


def jvm_killed_twice_at_the_same_point(arena: Arena, chance: random.Random) -> str:
    """The JVM is killed at a point of a batch, and again while that batch runs again."""
    arena.produce(_EVENTS)
    point = chance.choice(POINTS)
    for _ in range(2):
        _killed_at(arena, point, 1)
    return f"at {point}; {_open(arena)} to compute again"


def jvm_killed_at_any_moment(arena: Arena, chance: random.Random) -> str:
    """The JVM is killed at a moment of no one's choosing."""
    arena.produce(_EVENTS)
    records = chance.randint(0, 6)
    job = arena.job()
    arena.wait_until(lambda: job.jvm() is not None, "a JVM", job)
    arena.wait_until(lambda: len(job.batches()) >= records, f"{records} batches", job)
    jvm = job.jvm()
    if jvm is None:  # it was faster than we were
        job.expect_exit(0)
        arena.note_end(job)
        return "the job had ended before"
    arena.clock.sleep(chance.random())
    jvm.kill()
    # In its last moment it may have been about to end well.
    job.expect_exit(_PART_DIED, 0)
    arena.note_end(job)
    return f"after {len(job.batches())} batches; {_open(arena)} to compute again"


def python_killed(arena: Arena, chance: random.Random) -> str:
    """The job's Python is killed, and its JVM is gone soon after."""
    arena.produce(_EVENTS)
    job = arena.job()
    records = chance.randint(0, 5)
    arena.wait_until(lambda: job.jvm() is not None, "a JVM", job)
    arena.wait_until(lambda: len(job.batches()) >= records, f"{records} batches", job)
    jvm = job.jvm()
    job.process.kill()
    job.ended()
    if jvm is not None:
        jvm.wait(60)
    arena.note_end(job)
    return f"after {len(job.batches())} batches; {_open(arena)} to compute again"


def told_to_stop(arena: Arena, chance: random.Random) -> str:
    """The job is told to stop: the running batches end, and nothing is left to run again."""
    arena.produce(_EVENTS)
    number = chance.choice((signal.SIGTERM, signal.SIGINT))
    records = chance.randint(1, 6)
    job = arena.command("stream")
    arena.wait_until(lambda: len(job.batches()) >= records, f"{records} batches", job)
    job.signal(number)
    job.expect_exit(0)
    arena.note_end(job)
    if arena.open_batches:
        raise FaultNotSurvived(
            f"After {number.name} batches are left to run again: {sorted(arena.open_batches)}.",
            details=job.last_lines(),
        )
    return f"{number.name} after {records} batches; nothing to run again"


def jvm_paused(arena: Arena, chance: random.Random) -> str:
    """The JVM stands still for some seconds, and goes on."""
    arena.produce(_EVENTS)
    job = arena.job()
    arena.wait_until(lambda: len(job.batches()) >= 1, "a batch", job)
    jvm = job.jvm()
    if jvm is not None:
        jvm.suspend()
        arena.clock.sleep(chance.uniform(1, 4))
        jvm.resume()
    job.expect_exit(0)
    arena.note_end(job)
    return "went on"


def _killed_at(arena: Arena, point: str, time: int) -> None:
    job = arena.doomed_job(point, time)
    job.expect_exit(_PART_DIED)
    arena.note_end(job)
    if not arena.open_batches:
        raise FaultNotSurvived(
            f"Killed at {point}, and no batch is left to run again.", details=job.last_lines()
        )


def _open(arena: Arena) -> str:
    count = len(arena.open_batches)
    return f"{count} batch" if count == 1 else f"{count} batches"


CRASHES = (
    *(Fault.of(partial(jvm_killed_at, point=point), f"jvm_killed_at_{point}") for point in POINTS),
    Fault.of(jvm_killed_twice_at_the_same_point),
    Fault.of(jvm_killed_at_any_moment),
    Fault.of(python_killed),
    Fault.of(told_to_stop),
    Fault.of(jvm_paused),
)
"""Each of them costs the start of a JVM."""
