"""The broker is killed, paused, away, and its topic is changed."""

import os
import random
import signal

from clickstream.broker.topics import add_partitions, delete_topic, ensure_topic
from clickstream.operate.torture.arena import Arena
from clickstream.operate.torture.fault import Fault

_NOT_READY, _USAGE, _PART_DIED = 3, 2, 4
_LIVE_EVENTS, _LIVE_RATE, _FEW_EVENTS = 2_000, 1_000, 300


def broker_killed_while_producing(arena: Arena, chance: random.Random) -> str:
    """The broker is killed under a producer and comes back: what was acknowledged is in the topic."""
    producer = arena.producer(_LIVE_EVENTS, "--live", "--rate", str(_LIVE_RATE))
    _let_it_send(arena, chance)
    arena.kill_broker()
    arena.clock.sleep(chance.uniform(0, 2))
    arena.start_broker()
    return f"{arena.produced(producer):,} acknowledged"


def broker_paused_while_producing(arena: Arena, chance: random.Random) -> str:
    """The broker stands still for some seconds under a producer: nothing is lost."""
    producer = arena.producer(_LIVE_EVENTS, "--live", "--rate", str(_LIVE_RATE))
    _let_it_send(arena, chance)
    os.kill(arena.broker_pid(), signal.SIGSTOP)
    arena.clock.sleep(chance.uniform(2, 6))
    os.kill(arena.broker_pid(), signal.SIGCONT)
    return f"{arena.produced(producer):,} acknowledged"


def broker_killed_under_the_job(arena: Arena, chance: random.Random) -> str:
    """The broker is killed while the job reads, and comes back: the job goes on, or says that it ended."""
    arena.produce(600)
    job = arena.job()
    batches = chance.randint(0, 3)
    arena.wait_until(lambda: job.jvm() is not None, "a JVM", job)
    arena.wait_until(lambda: len(job.batches()) >= batches, f"{batches} batches", job)
    arena.kill_broker()
    arena.clock.sleep(chance.uniform(0, 3))
    arena.start_broker()
    code = job.expect_exit(0, _PART_DIED, _NOT_READY)
    arena.note_end(job)
    return "the job went on" if code == 0 else "the job ended with a sentence"


def broker_away_at_the_start(arena: Arena, _chance: random.Random) -> str:
    """Without a broker, job and producer name the address within 30 s, and exit 3."""
    address = f"127.0.0.1:{arena.port}"
    arena.kill_broker()
    begun_s = arena.clock.monotonic_s()
    for command in (arena.job(), arena.producer(10)):
        command.expect_exit(_NOT_READY)
        command.expect_words(address)
    waited_s = arena.clock.monotonic_s() - begun_s
    arena.start_broker()
    return f"both had said so after {waited_s:.0f} s"


def partition_added(arena: Arena, _chance: random.Random) -> str:
    """The topic gets a partition more while a job runs: it is read from its first record."""
    arena.produce(_FEW_EVENTS)  # without anything new a job lands no batch
    job = arena.command("stream")
    arena.wait_until(lambda: len(job.batches()) >= 1, "a batch", job)
    partitions = arena.add_partition()
    add_partitions(arena.broker, partitions)
    seen = len(job.batches())
    arena.produce(_FEW_EVENTS)
    arena.wait_until(lambda: len(job.batches()) > seen, "a batch after the new partition", job)
    job.signal(signal.SIGTERM)
    job.expect_exit(0)
    arena.note_end(job)
    return f"{partitions} partitions"


def topic_made_anew(arena: Arena, chance: random.Random) -> str:
    """A topic that was deleted and made anew is not the one that was read: refused."""
    number = chance.randrange(10**9)
    elsewhere = {"KAFKA_TOPIC": f"events-{number}", "RUN_ID": f"anew-{number}"}
    begin = {"START_TIME": "2026-01-01T00:00:00+00:00"}
    first = arena.command("produce", "--count", "50", **elsewhere, **begin)
    first.expect_exit(0)
    arena.job(**elsewhere).expect_exit(0)
    topic = arena.broker.model_copy(update={"topic": elsewhere["KAFKA_TOPIC"]})
    delete_topic(topic)
    ensure_topic(topic, clock=arena.clock)
    arena.command("produce", "--count", "500", **elsewhere, **begin).expect_exit(0)
    job = arena.job(**elsewhere)
    job.expect_exit(_USAGE)
    job.expect_words("topic")
    delete_topic(topic)
    return "refused"


def port_taken(arena: Arena, _chance: random.Random) -> str:
    """A port that is in use is named with its owner, and nothing is left running."""
    other = {
        "KAFKA_BOOTSTRAP_SERVERS": "",
        "BROKER_BACKEND": "embedded",
        "STATE_PATH": str(arena.folder / "other-state"),
        "EMBEDDED_KAFKA_PORT": str(arena.port),
    }
    up = arena.command("up", **other)
    up.expect_exit(_NOT_READY)
    up.expect_words(str(arena.port), str(arena.broker_pid()))
    return "refused"


def _let_it_send(arena: Arena, chance: random.Random) -> None:
    """Producers need a second to start; then somewhere in what they send."""
    arena.clock.sleep(1.5 + chance.uniform(0, 1.5))


BROKER_FAULTS = tuple(
    Fault.of(inflict)
    for inflict in (
        broker_killed_while_producing,
        broker_paused_while_producing,
        broker_killed_under_the_job,
        broker_away_at_the_start,
        partition_added,
        topic_made_anew,
        port_taken,
    )
)
