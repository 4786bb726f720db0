"""The broker is killed, paused and away, under a producer and under the job."""

import random

from clickstream.broker.topics import offset_ranges
from clickstream.errors import FaultNotSurvived
from clickstream.torture.arena import Arena, FaultMissed
from clickstream.torture.children import NOT_DELIVERED, NOT_READY, PART_DIED, Child
from clickstream.torture.fault import faults

_LIVE_EVENTS, _LIVE_RATE = 2_000, 1_000
# 30 s are promised; the rest is for a machine that is busy.
_SAYS_SO_WITHIN_S = 60.0


def broker_killed_while_producing(arena: Arena, chance: random.Random) -> str:
    """The broker is killed during production and restarted: acknowledged records are in the topic once."""
    producer = _live_producer(arena, chance)
    arena.kill_broker()
    arena.clock.sleep(chance.uniform(0, 2))
    arena.start_broker()
    return f"{arena.produced(producer):,} acknowledged"


def broker_paused_while_producing(arena: Arena, chance: random.Random) -> str:
    """The broker is paused for some seconds during production: no record is lost or stored twice."""
    producer = _live_producer(arena, chance)
    with arena.paused_broker():
        arena.clock.sleep(chance.uniform(2, 6))
    return f"{arena.produced(producer):,} acknowledged"


def broker_killed_under_the_job(arena: Arena, chance: random.Random) -> str:
    """The broker is killed while the job reads, and restarted: the job continues, or ends with an error."""
    job = _reading_job(arena, chance)
    arena.kill_broker()
    arena.clock.sleep(chance.uniform(0, 3))
    arena.start_broker()
    return _goes_on_or_says_so(arena, job)


def broker_paused_under_the_job(arena: Arena, chance: random.Random) -> str:
    """The broker is paused for some seconds while the job reads: the job continues."""
    job = _reading_job(arena, chance)
    with arena.paused_broker():
        arena.clock.sleep(chance.uniform(2, 6))
    return _goes_on_or_says_so(arena, job)


def broker_away_for_long(arena: Arena, chance: random.Random) -> str:
    """The broker is down for longer than a record may wait: the producer reports lost records, exit 1."""
    job = arena.job_that_goes_on()
    arena.jvm_of(job)
    patience_s = chance.randint(3, 10)
    producer = _live_producer(arena, chance, MSG_DELIVERY_TIMEOUT=f"{patience_s} seconds")
    arena.kill_broker()
    if producer.expect_exit(NOT_DELIVERED, 0) == 0:  # on a busy machine it is done before the broker is away
        arena.sent.all_of(producer)
        arena.start_broker()
        raise FaultMissed("the producer had sent everything before")
    producer.expect_words("no acknowledgement", f"127.0.0.1:{arena.port}")
    given_up = arena.sent.some_of(producer)
    arena.clock.sleep(chance.uniform(0, 20))
    arena.start_broker()
    return f"{given_up:,} records given up after {patience_s} s; {_goes_on_or_says_so(arena, job)}"


def broker_away_at_the_start(arena: Arena, _chance: random.Random) -> str:
    """Without a broker, job and producer name its address within 30 s and exit with 3."""
    address = f"127.0.0.1:{arena.port}"
    arena.kill_broker()
    begun_s = arena.clock.monotonic_s()
    for command in (arena.job(), arena.producer(10)):
        command.expect_exit(NOT_READY, within_s=_SAYS_SO_WITHIN_S)
        command.expect_words(address)
    waited_s = arena.clock.monotonic_s() - begun_s
    arena.start_broker()
    return f"both reported it after {waited_s:.0f} s"


def _live_producer(arena: Arena, chance: random.Random, **changed: str) -> Child:
    """A producer at a steady pace, some way into what it sends."""
    before = _in_topic(arena)
    producer = arena.producer(_LIVE_EVENTS, "--live", "--rate", str(_LIVE_RATE), **changed)
    arena.wait_until(lambda: _in_topic(arena) > before, "its first records were in the topic", producer)
    arena.clock.sleep(chance.uniform(0, 1))
    if not producer.is_running():
        arena.produced(producer)
        raise FaultMissed("the producer had ended before")
    return producer


def _reading_job(arena: Arena, chance: random.Random) -> Child:
    """A continuous job that has read some of its records."""
    arena.produce(600)
    job = arena.job_that_goes_on()
    batches = chance.randint(0, 3)
    arena.jvm_of(job)
    arena.wait_for_batches(job, batches)
    return job


def _goes_on_or_says_so(arena: Arena, job: Child) -> str:
    """The broker is there again: the job reads what comes now, or has ended with a sentence."""
    arena.produce(100)
    try:
        arena.wait_until_all_is_read(job)
    except FaultNotSurvived:
        if job.is_running():
            raise
        arena.ended(job, PART_DIED, NOT_READY)
        job.expect_words("error:", "→")
        return "the job ended with an error message"
    arena.stop(job)
    return "the job continued"


def _in_topic(arena: Arena) -> int:
    return sum(end - first for first, end in offset_ranges(arena.broker).values())


FAULTS = faults(
    broker_killed_while_producing,
    broker_paused_while_producing,
    broker_killed_under_the_job,
    broker_paused_under_the_job,
    broker_away_for_long,
    broker_away_at_the_start,
)
