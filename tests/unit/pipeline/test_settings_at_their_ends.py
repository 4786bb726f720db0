"""Settings that reach a process or a folder by way of the pipeline: what is started with them, and where."""

from pathlib import Path

import pytest

from clickstream.errors import DockerFailed, PartDidNotStart
from clickstream.pipeline.broker_access import JvmParts, embedded_kafka, redpanda
from clickstream.pipeline.run import layout_of
from clickstream.runtime.java.find import JavaHome
from clickstream.runtime.machine.ports import free_port
from clickstream.settings import Settings, load
from clickstream.testing import ManualClock
from fake_docker import FakeDocker


def settings(folder: Path, **given: object) -> Settings:
    return load({"STATE_PATH": folder / "state", **given}, dotenv=folder / "none")[0]


@pytest.fixture
def java(tmp_path: Path) -> JavaHome:
    """A Java that formats the broker's folder, writes down how the broker is started, and ends."""
    program = tmp_path / "bin" / "java"
    program.parent.mkdir(exist_ok=True)
    program.write_text(
        "#!/bin/sh\n"
        f'printf "%s\\n" "$@" >>{tmp_path}/words\n'
        'case "$*" in *StorageTool*) mkdir -p data; echo version=1 >data/meta.properties; exit ;; esac\n'
        "exit 1\n"
    )
    program.chmod(0o755)
    return JavaHome(tmp_path, 17)


@pytest.mark.acts("EMBEDDED_KAFKA_PORT", "EMBEDDED_KAFKA_MEMORY", "STATE_PATH")
def test_the_embedded_broker_is_started_with_its_memory_and_port_in_the_state_folder(
    java: JavaHome, tmp_path: Path
) -> None:
    port = free_port()
    here = settings(tmp_path, EMBEDDED_KAFKA_PORT=port, EMBEDDED_KAFKA_MEMORY="123m")
    with pytest.raises(PartDidNotStart):
        embedded_kafka(here, JvmParts(java, ()), ManualClock()).start()
    words = (tmp_path / "words").read_text().splitlines()
    assert [word for word in words if word.startswith("-Xmx")] == ["-Xmx123m", "-Xmx123m"]
    properties = (tmp_path / "state" / "kafka" / "server.properties").read_text().splitlines()
    assert f"advertised.listeners=PLAINTEXT://127.0.0.1:{port}" in properties


@pytest.mark.acts("REDPANDA_PORT", "KAFKA_TOPIC", "KAFKA_PARTITIONS", "KAFKA_REPLICATION_FACTOR")
def test_compose_is_told_the_port_and_the_topic(docker: FakeDocker, tmp_path: Path) -> None:
    docker.answer("up", 1)
    port = free_port()
    here = settings(
        tmp_path, REDPANDA_PORT=port, KAFKA_TOPIC="clicks", KAFKA_PARTITIONS=5, KAFKA_REPLICATION_FACTOR=3
    )
    with pytest.raises(DockerFailed):
        redpanda(here, ManualClock()).start()
    assert docker.calls()[0].variables == {
        "REDPANDA_PORT": str(port),
        "KAFKA_TOPIC": "clicks",
        "KAFKA_PARTITIONS": "5",
        "KAFKA_REPLICATION_FACTOR": "3",
        "COMPOSE_PROFILES": "",
    }


@pytest.mark.acts("OUTPUT_PATH", "CHECKPOINT_PATH", "RUN_ID")
def test_a_run_has_a_folder_of_its_name_in_output_and_checkpoints(tmp_path: Path) -> None:
    layout = layout_of(
        settings(tmp_path, OUTPUT_PATH=tmp_path / "out", CHECKPOINT_PATH="chk", RUN_ID="mine").paths
    )
    assert layout.table_dir("sessions", "csv") == tmp_path / "out" / "mine" / "sessions" / "csv"
    assert layout.query_checkpoint("aggregates") == Path.cwd() / "chk" / "mine" / "aggregates"
