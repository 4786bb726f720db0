"""The job is stopped, paused, left without its Python, restarted, and started twice."""

import random
import signal

import psutil

from clickstream.errors import FaultNotSurvived
from clickstream.torture.arena import Arena
from clickstream.torture.children import NOT_READY, Child
from clickstream.torture.fault import faults

_EVENTS = 600
_ORPHAN_ENDS_WITHIN_S = 60.0
# The running batch and 10 s are promised; the rest is for the machine.
_STOPS_WITHIN_S = 90.0


def python_killed(arena: Arena, chance: random.Random) -> str:
    """The job's Python is killed: its JVM ends soon after."""
    job, jvm = _running_job(arena, chance.randint(0, 5))
    job.process.kill()
    job.ended()
    _is_gone(jvm)
    arena.open_batches.after(job)
    return f"after {len(job.batches())} batches; {len(arena.open_batches)} to compute again"


def started_again_before_the_jvm_is_gone(arena: Arena, chance: random.Random) -> str:
    """The job's Python is killed and the job restarted at once: it waits for the JVM, then continues."""
    job, jvm = _running_job(arena, chance.randint(0, 5))
    job.process.kill()
    job.ended()
    again = arena.job()
    _is_gone(jvm)
    # Only now the batches that the first job left open are known; the second cannot have continued before.
    arena.open_batches.after(job)
    arena.ended(again, 0)
    return f"after {len(job.batches())} batches"


def asked_to_stop(arena: Arena, chance: random.Random) -> str:
    """The job is asked to stop, mostly in a batch: running batches end, and none has to run again."""
    arena.produce(_EVENTS)
    number = chance.choice((signal.SIGTERM, signal.SIGINT))
    records = chance.randint(0, 6)
    in_a_batch = chance.random() < 0.7
    job = arena.job_that_goes_on()
    arena.jvm_of(job)
    # On a slow machine a batch has more records, so that there are fewer.
    arena.wait_until(
        lambda: len(job.batches()) >= records or not arena.unread(), f"{records} batches had landed", job
    )
    if in_a_batch:
        arena.wait_until(
            lambda: arena.open_batches.running() or not arena.unread(), "a batch was under way", job
        )
    running = len(arena.open_batches.running())
    job.signal(number)
    arena.ended(job, 0, within_s=_STOPS_WITHIN_S)
    if arena.open_batches:
        raise job.failed(f"After {number.name} there is something to run again: {arena.open_batches}.")
    return f"{number.name} after {records} batches, {running} running; nothing to run again"


def jvm_paused(arena: Arena, chance: random.Random) -> str:
    """The JVM is paused for some seconds: it continues."""
    job, jvm = _running_job(arena, 1)
    jvm.suspend()
    arena.clock.sleep(chance.uniform(1, 4))
    jvm.resume()
    arena.ended(job, 0)
    return "continued"


def starts_again_by_itself(arena: Arena, chance: random.Random) -> str:
    """The JVM is killed under --recover: the job reports the cause and continues by itself."""
    arena.produce(_EVENTS)
    job = arena.job_that_goes_on("--recover")
    batches = chance.randint(1, 4)  # before the first, a start that fails is a refusal
    arena.wait_for_batches(job, batches)
    first = arena.jvm_of(job)
    first.kill()
    arena.wait_until(lambda: _other_than(first, job), "another JVM was there", job)
    arena.wait_until(lambda: not arena.unread() and not arena.open_batches.running(), "all was read", job)
    arena.stop(job, within_s=_STOPS_WITHIN_S)
    job.expect_words("error:", "start again where it was")
    return f"killed after {batches} batches"


def second_job(arena: Arena, _chance: random.Random) -> str:
    """A second job starts on the checkpoint: it is refused, and the first one continues."""
    arena.produce(300)  # without anything new a job lands no batch
    first = arena.job_that_goes_on()
    arena.jvm_of(first)
    second = arena.job()
    second.expect_exit(NOT_READY)
    second.expect_words(f"Another job runs on the checkpoint {arena.layout.checkpoint}")
    arena.wait_until_all_is_read(first)
    arena.stop(first)
    return "refused"


def _running_job(arena: Arena, batches: int) -> tuple[Child, psutil.Process]:
    """A job over new records, once it has landed so many batches, and its JVM."""
    arena.produce(_EVENTS)
    job = arena.job()
    arena.wait_for_batches(job, batches)
    return job, arena.jvm_of(job)


def _other_than(first: psutil.Process, job: Child) -> bool:
    jvm = job.jvm()
    return jvm is not None and jvm.pid != first.pid


def _is_gone(jvm: psutil.Process) -> None:
    try:
        jvm.wait(_ORPHAN_ENDS_WITHIN_S)
    except psutil.TimeoutExpired as error:
        raise FaultNotSurvived(
            f"Its Python was killed, and the JVM {jvm.pid} still runs after {_ORPHAN_ENDS_WITHIN_S:g} s."
        ) from error


FAULTS = faults(
    python_killed,
    started_again_before_the_jvm_is_gone,
    asked_to_stop,
    jvm_paused,
    starts_again_by_itself,
    second_job,
)
