"""Starting a broker, with a program in Java's place that does what a broker might do."""

import socket

import pytest
from filelock import FileLock

from clickstream.contract.part_names import EMBEDDED_KAFKA
from clickstream.errors import FolderNotWritable, PartDidNotStart, PortInUse, RunInProgress
from clickstream.runtime.java.find import JavaHome
from clickstream.runtime.kafka.embedded import EmbeddedKafka
from clickstream.runtime.machine.ports import free_port, keep_port
from clickstream.runtime.processes.started import StartedProcess, Stopped
from clickstream.settings import load
from clickstream.testing import ManualClock

FORMATS = "mkdir -p data; echo version=1 >data/meta.properties"
STAYS = "exec sleep 600"


class NotYetError(Exception):
    pass


def answers(address):
    """The probe of a broker that answers at once."""


def silent(address):
    raise NotYetError("no broker in sight")


@pytest.fixture
def broker(tmp_path):
    """Builds a broker whose Java is a shell script: `formats` for the storage tool, `runs` for the broker."""
    built = []

    def build(*, runs=STAYS, formats=FORMATS, probe=answers, port=0, clock=None):
        executable = tmp_path / "bin" / "java"
        executable.parent.mkdir(exist_ok=True)
        executable.write_text(f'#!/bin/sh\ncase "$*" in *StorageTool*) {formats} ;; *) {runs} ;; esac\n')
        executable.chmod(0o755)
        java, state = JavaHome(tmp_path, 17), tmp_path / "state"
        given = {} if port is None else {"EMBEDDED_KAFKA_PORT": port}
        settings = load(given, dotenv=tmp_path / "none")[0].runtime
        built.append(EmbeddedKafka(settings, java=java, jars=[], state=state, probe=probe, clock=clock))
        return built[-1]

    yield build
    for each in built:
        each.stop(deadline_s=1)


def written(tmp_path):
    return StartedProcess.load(EMBEDDED_KAFKA, tmp_path / "state")


def test_a_started_broker_is_written_down_and_a_stopped_one_forgotten(broker, tmp_path):
    with broker() as kafka:
        process = kafka.process
        assert written(tmp_path) == process
        assert process.is_running()
        assert kafka.bootstrap_servers == process.address
        assert process.address.startswith("127.0.0.1:")
    assert written(tmp_path) is None
    assert not process.is_running()
    assert kafka.stop() is Stopped.WAS_NOT_RUNNING


def test_a_detached_broker_is_found_and_stopped_by_what_was_written_down(broker, tmp_path):
    broker().start(detached=True)
    process = written(tmp_path)
    assert process.is_running()
    assert process.stop() is Stopped.TERMINATED


def test_a_detached_broker_keeps_its_port_and_one_of_a_command_does_not(broker, tmp_path):
    folder = tmp_path / "state" / "kafka"
    kept = free_port()
    with broker(port=None):
        assert not (folder / "port").exists()
    keep_port(folder, kept)
    kafka = broker(port=None)
    assert kafka.start(detached=True).address == f"127.0.0.1:{kept}"
    kafka.stop(deadline_s=1)
    with socket.create_server(("127.0.0.1", kept)), broker(port=0) as elsewhere:
        assert elsewhere.process.address != f"127.0.0.1:{kept}"
    assert (folder / "port").read_text() == f"{kept}\n"


def test_the_folder_is_formatted_once(broker, tmp_path):
    formats = f"echo once >>{tmp_path}/formatted; {FORMATS}"
    for _ in range(2):
        with broker(formats=formats):
            pass
    assert (tmp_path / "formatted").read_text() == "once\n"
    assert not (tmp_path / "state" / "kafka" / "formatting").exists()


def test_a_format_that_was_cut_short_is_done_anew(broker, tmp_path):
    half = tmp_path / "state" / "kafka" / "formatting" / "data"
    half.mkdir(parents=True)
    (half / "leftover").touch()
    with broker():
        assert [path.name for path in (tmp_path / "state" / "kafka" / "data").iterdir()] == [
            "meta.properties"
        ]


def test_a_format_that_fails_says_what_the_tool_said(broker, tmp_path):
    with pytest.raises(PartDidNotStart, match="could not be formatted") as raised:
        broker(formats="echo the tool is unhappy; exit 1").start()
    assert raised.value.details == ("the tool is unhappy",)
    assert not (tmp_path / "state" / "kafka" / "data").exists()


def test_files_that_are_no_brokers_are_left_alone(broker, tmp_path):
    data = tmp_path / "state" / "kafka" / "data"
    data.mkdir(parents=True)
    (data / "mine.txt").write_text("keep")
    with pytest.raises(PartDidNotStart, match=r"holds files, but no meta\.properties"):
        broker().start()
    assert (data / "mine.txt").read_text() == "keep"


def test_a_broker_that_dies_early_shows_the_end_of_its_log_of_this_start(broker, tmp_path):
    log = tmp_path / "state" / "logs" / "embedded-kafka.log"
    log.parent.mkdir(parents=True)
    log.write_text("a line of an earlier start\n")
    with pytest.raises(PartDidNotStart) as raised:
        broker(runs="echo cannot go on; printf '\\tat some.Frame\\n'; exit 1", probe=silent).start()
    assert raised.value.details == ("cannot go on",)
    assert str(log) in raised.value.next_step
    assert written(tmp_path) is None


def test_a_broker_that_gives_no_answer_is_stopped_after_the_deadline(broker, tmp_path):
    clock = ManualClock()
    kafka = broker(probe=silent, clock=clock)
    with pytest.raises(PartDidNotStart, match=r"no answer within 60 s: no broker in sight") as raised:
        kafka.start()
    assert isinstance(raised.value.__cause__, NotYetError)
    assert 60 <= clock.monotonic_s() < 61
    assert kafka.process is None
    assert written(tmp_path) is None


def test_an_answer_counts_only_while_the_broker_lives(broker):
    # somebody else may answer on that port while our own broker has died of it
    def answers_after_its_end(address):
        process = kafka.process
        if process.is_running():
            raise NotYetError

    kafka = broker(runs="exit 1", probe=answers_after_its_end)
    with pytest.raises(PartDidNotStart, match="ended before it was ready"):
        kafka.start()


def test_an_interrupted_start_leaves_nothing_running(broker, tmp_path):
    started = []

    def interrupted(address):
        started.append(written(tmp_path))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broker(probe=interrupted).start()
    assert not started[0].is_running()
    assert written(tmp_path) is None


def test_a_free_port_that_was_snatched_away_is_replaced_by_another(broker):
    taken_once = (
        "if [ -e tried ]; then exec sleep 600; else touch tried; echo Address already in use; exit 1; fi"
    )
    addresses = []

    def second_time(address):
        addresses.append(address)
        if len(set(addresses)) < 2:
            raise NotYetError

    with broker(runs=taken_once, probe=second_time) as kafka:
        assert kafka.bootstrap_servers == addresses[-1]


def test_a_port_in_use_is_refused_before_anything_runs(broker, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(PortInUse, match=f"Port {port}"):
            broker(runs=f"touch {tmp_path}/ran; {STAYS}", port=port).start()
    assert not (tmp_path / "ran").exists()
    assert written(tmp_path) is None


def test_a_second_broker_on_one_folder_is_refused_with_the_first_ones_pid(broker):
    with broker() as first, pytest.raises(RunInProgress, match=f"pid {first.process.pid}"):
        broker().start()


def test_a_start_during_another_start_is_refused(broker, tmp_path):
    folder = tmp_path / "state" / "kafka"
    folder.mkdir(parents=True)
    with FileLock(folder / "starting.lock"), pytest.raises(RunInProgress, match="just starting"):
        broker().start()


def test_kafkas_own_lock_on_the_folder_is_put_into_words(broker):
    locked = "echo 'Failed to acquire lock on file .lock in /x'; exit 1"
    with pytest.raises(RunInProgress, match="Another broker uses"):
        broker(runs=locked, probe=silent).start()


def test_a_stale_record_does_not_stand_in_the_way(broker, tmp_path):
    with broker() as first:
        record = first.process
    record.save(tmp_path / "state")
    with broker() as second:
        assert second.process.pid != record.pid


def test_a_state_folder_that_cannot_be_written_is_named(broker, tmp_path):
    (tmp_path / "state").write_text("a file")
    with pytest.raises(FolderNotWritable, match=f"{tmp_path}/state/kafka"):
        broker().start()
