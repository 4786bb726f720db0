"""The topic grows or is created again, and the broker's port is taken."""

import random

from clickstream.broker.topics import add_partitions, delete_topic, describe_topic, ensure_topic
from clickstream.contract.definition.tables import QUERIES
from clickstream.contract.run.recorded_batches import records_of
from clickstream.errors import FaultNotSurvived
from clickstream.torture.arena import Arena
from clickstream.torture.children import NOT_READY, USAGE
from clickstream.torture.fault import faults

_FEW_EVENTS = 300


def partition_added(arena: Arena, _chance: random.Random) -> str:
    """A partition is added while a job runs: every query reads it from its first record."""
    arena.produce(_FEW_EVENTS)  # without anything new a job lands no batch
    job = arena.job_that_goes_on()
    arena.wait_for_batches(job, 1)
    partitions = arena.add_partition()
    add_partitions(arena.broker, partitions)
    arena.produce(_FEW_EVENTS)
    arena.wait_until_all_is_read(job)
    arena.stop(job)
    for query in QUERIES:
        spans = [
            record.offsets[partitions - 1]
            for record in records_of(arena.layout, query)
            if partitions - 1 in record.offsets
        ]
        if not spans or spans[0][0] != 0 or spans[-1][1] == 0:
            raise FaultNotSurvived(f"{query} has read {spans} of the partition that was added.")
    return f"{partitions} partitions"


def topic_created_again(arena: Arena, chance: random.Random) -> str:
    """The topic is deleted and created again: a start is refused."""
    number = chance.randrange(10**9)
    elsewhere = {"KAFKA_TOPIC": f"events-{number}", "RUN_ID": f"anew-{number}"}
    begin = {"START_TIME": "2026-01-01T00:00:00+00:00"}
    first = arena.command("produce", "--count", "50", **elsewhere, **begin)
    first.expect_exit(0)
    arena.job(**elsewhere).expect_exit(0)
    topic = arena.broker.model_copy(update={"topic": elsewhere["KAFKA_TOPIC"]})
    old = describe_topic(topic)
    delete_topic(topic)
    new = ensure_topic(topic, clock=arena.clock)
    arena.command("produce", "--count", "500", **elsewhere, **begin).expect_exit(0)
    job = arena.job(**elsewhere)
    job.expect_exit(USAGE)
    job.expect_words(f"The topic {new.name} was deleted and created again", new.topic_id, old.topic_id)
    delete_topic(topic)
    return "refused"


def port_taken(arena: Arena, _chance: random.Random) -> str:
    """The port is in use: the error names its owner, and nothing is left running."""
    other = {
        "KAFKA_BOOTSTRAP_SERVERS": "",
        "BROKER_BACKEND": "embedded",
        "STATE_PATH": str(arena.folder / "other-state"),
        "EMBEDDED_KAFKA_PORT": str(arena.port),
    }
    up = arena.command("up", **other)
    up.expect_exit(NOT_READY)
    up.expect_words(f"Port {arena.port}, wanted for", f"(pid {arena.broker_pid()})")
    return "refused"


FAULTS = faults(partition_added, topic_created_again, port_taken)
