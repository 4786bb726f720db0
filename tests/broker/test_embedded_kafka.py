"""A real Kafka: ready when it answers, keeps its data over restarts, leaves nothing running."""

import itertools
import os
import signal
import socket
import subprocess
import sys
import time
import uuid

import psutil
import pytest
from confluent_kafka import Consumer, Producer, TopicPartition

from clickstream.broker.probe import probe
from clickstream.broker.producing import RecordProducer
from clickstream.broker.reading import read_ranges
from clickstream.broker.topics import describe_topic, ensure_topic, offset_ranges
from clickstream.contract.part_names import EMBEDDED_KAFKA
from clickstream.contract.records import OutgoingRecords
from clickstream.errors import PartDidNotStart, PortInUse, RunInProgress, TopicNotFound
from clickstream.runtime.machine.ports import port_owner
from clickstream.runtime.processes.started import StartedProcess, Stopped
from clickstream.settings import BrokerSettings


def settings(bootstrap_servers, topic="clicks"):
    return BrokerSettings.model_construct(bootstrap_servers=bootstrap_servers, topic=topic, partitions=1)


def produce(broker, values, timestamps_ms=None):
    producer = RecordProducer(broker)
    producer.send(
        OutgoingRecords(
            values=values,
            keys=[None] * len(values),
            partitions=[0] * len(values),
            timestamps_ms=timestamps_ms or [1_700_000_000_000] * len(values),
        )
    )
    producer.finish(30)
    assert producer.counts.acknowledged == len(values), producer.first_error


def read(broker):
    records = list(read_ranges(broker, offset_ranges(broker)))
    return list(itertools.chain.from_iterable(each.values for each in records))


def group_member(bootstrap_servers):
    return Consumer(
        {"bootstrap.servers": bootstrap_servers, "group.id": "readers", "enable.auto.commit": False}
    )


def until(condition, deadline_s=30):
    end = time.monotonic() + deadline_s
    while not condition():
        assert time.monotonic() < end, "the condition did not come true in time"
        time.sleep(0.02)


@pytest.fixture(scope="module")
def state(tmp_path_factory):
    """A state folder, with blanks and letters that a properties file would have to escape."""
    return tmp_path_factory.mktemp("state") / "with a blank, a comma and ümlauts"


def test_topics_records_and_committed_offsets_survive_a_restart_on_another_port(new_broker, state):
    with new_broker(state) as kafka:
        first_address = kafka.bootstrap_servers
        broker = settings(first_address)
        created = ensure_topic(broker)
        produce(broker, [b"one", b"two", b"three"])
        member = group_member(first_address)
        member.commit(offsets=[TopicPartition("clicks", 0, 2)], asynchronous=False)
        member.close()
        with socket.create_server(("127.0.0.1", 0)) as elsewhere:
            other_port = elsewhere.getsockname()[1]
    with new_broker(state, port=other_port) as kafka:
        assert kafka.bootstrap_servers == f"127.0.0.1:{other_port}" != first_address
        broker = settings(kafka.bootstrap_servers)
        assert describe_topic(broker) == created
        assert read(broker) == [b"one", b"two", b"three"]
        member = group_member(kafka.bootstrap_servers)
        (committed,) = member.committed([TopicPartition("clicks", 0)], timeout=30)
        member.close()
        assert committed.offset == 2


def test_acknowledged_records_survive_kill_9(new_broker, tmp_path):
    values = [f"value-{number}".encode() for number in range(5_000)]
    kafka = new_broker(tmp_path)
    pid = kafka.start().pid
    broker = settings(kafka.bootstrap_servers)
    ensure_topic(broker)
    produce(broker, values)
    os.kill(pid, signal.SIGKILL)
    until(lambda: not kafka.process.is_running())
    kafka.stop()
    with new_broker(tmp_path) as again:
        assert read(settings(again.bootstrap_servers)) == values


def test_a_started_broker_answers_at_once_and_a_stopped_one_leaves_no_process(new_broker, tmp_path):
    kafka = new_broker(tmp_path)
    pid = kafka.start().pid
    probe(kafka.bootstrap_servers)
    children_before = {child.pid for child in psutil.Process().children(recursive=True)}
    assert pid in children_before
    assert kafka.stop() is Stopped.TERMINATED
    assert not psutil.pid_exists(pid)
    assert kafka.stop() is Stopped.WAS_NOT_RUNNING


def test_it_listens_on_loopback_alone(bootstrap_servers):
    broker = port_owner(int(bootstrap_servers.rpartition(":")[2]))
    connections = psutil.Process(broker.pid).net_connections(kind="inet")
    listening = {each.laddr[0] for each in connections if each.status == psutil.CONN_LISTEN}
    assert listening <= {"127.0.0.1", "::ffff:127.0.0.1"}
    assert listening


def test_large_messages_and_simulated_times_are_taken(bootstrap_servers):
    broker = settings(bootstrap_servers, f"test-{uuid.uuid4().hex[:12]}")
    ensure_topic(broker)
    year_2000_ms, year_2100_ms = 946_684_800_000, 4_102_444_800_000
    large = os.urandom(900_000)
    produce(broker, [large, b"old", b"future"], [year_2000_ms, year_2000_ms, year_2100_ms])
    assert read(broker) == [large, b"old", b"future"]


def test_a_topic_that_nobody_created_does_not_come_by_itself(bootstrap_servers):
    asked_for = f"test-{uuid.uuid4().hex[:12]}"
    client = Producer({"bootstrap.servers": bootstrap_servers, "allow.auto.create.topics": True})
    assert client.list_topics(asked_for, timeout=30).topics[asked_for].error is not None
    with pytest.raises(TopicNotFound):
        describe_topic(settings(bootstrap_servers, asked_for))


def test_a_port_in_use_is_refused_with_its_owner(new_broker, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(PortInUse, match=rf"Port {port}, .* \(pid {os.getpid()}\)"):
            new_broker(tmp_path, port=port).start()


def test_a_broker_that_dies_early_shows_what_it_said(new_broker, tmp_path):
    with new_broker(tmp_path):
        pass
    meta = tmp_path / "kafka" / "data" / "meta.properties"
    meta.write_text(meta.read_text().replace("node.id=1", "node.id=7"))
    with pytest.raises(PartDidNotStart, match="ended before it was ready") as raised:
        new_broker(tmp_path).start()
    assert any("node" in line and "7" in line for line in raised.value.details), raised.value.details
    assert "embedded-kafka.log" in raised.value.next_step
    assert StartedProcess.load(EMBEDDED_KAFKA, tmp_path) is None


@pytest.mark.thorough
def test_two_brokers_on_one_folder_are_refused_even_without_a_record(new_broker, tmp_path):
    with new_broker(tmp_path) as first:
        with pytest.raises(RunInProgress, match=f"pid {first.process.pid}"):
            new_broker(tmp_path).start()
        (tmp_path / "run" / "embedded-kafka.json").unlink()
        with pytest.raises(RunInProgress, match="Another broker uses"):
            new_broker(tmp_path).start()
        assert first.process.is_running()
        probe(first.bootstrap_servers)


STARTS_AND_WAITS = """
import signal, sys
from pathlib import Path
from clickstream.broker.probe import probe
from clickstream.runtime.java import jars
from clickstream.runtime.java.lockfile import read_lock
from clickstream.runtime.kafka.embedded import EmbeddedKafka
from clickstream.runtime.java.find import find_java
from clickstream.settings import load
settings = load({"EMBEDDED_KAFKA_PORT": 0})[0]
kafka = EmbeddedKafka(
    settings.runtime,
    java=find_java(settings.runtime.java_home),
    jars=jars.resolve(read_lock(jars.KAFKA), jars.cache_folder(settings.paths.cache)),
    state=Path(sys.argv[1]),
    probe=probe,
)
kafka.start(detached=sys.argv[2] == "detached")
print("ready", flush=True)
signal.pause()
"""


@pytest.mark.parametrize("mode", ["attached", "detached"])
def test_kill_9_of_the_starter_ends_an_attached_broker_and_not_a_detached_one(tmp_path, mode):
    starter = subprocess.Popen(
        [sys.executable, "-c", STARTS_AND_WAITS, str(tmp_path), mode], stdout=subprocess.PIPE, text=True
    )
    with starter:
        assert starter.stdout.readline() == "ready\n"
        starter.kill()
    process = StartedProcess.load(EMBEDDED_KAFKA, tmp_path)
    if mode == "attached":
        until(lambda: not process.is_running())  # a zombie where nobody waits for orphans
    else:
        probe(process.address)
        assert process.stop() is Stopped.TERMINATED
        assert not process.is_running()
