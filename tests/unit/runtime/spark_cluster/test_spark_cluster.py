"""A standalone cluster's command lines, its secret, and what its master says of itself."""

import json
import os
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import psutil
import pytest

from clickstream.clock import SystemClock
from clickstream.contract.part_names import SPARK_MASTER, SPARK_WORKERS
from clickstream.errors import PartDidNotStart, PortInUse
from clickstream.runtime.java.find import JavaHome
from clickstream.runtime.processes.started import StartedProcess
from clickstream.runtime.spark_cluster.cluster import SparkCluster, properties_of
from clickstream.runtime.spark_cluster.commands import cluster_environment, master_command, worker_command
from clickstream.runtime.spark_cluster.web_page import alive_workers, web_page
from clickstream.settings import load

URL = "spark://127.0.0.1:7077"


@pytest.fixture
def java(tmp_path: Path) -> JavaHome:
    """A Java that says why it ends."""
    program = tmp_path / "bin" / "java"
    program.parent.mkdir(exist_ok=True)
    program.write_text("#!/bin/sh\necho BindException: Address already in use\nexit 1\n")
    program.chmod(0o755)
    return JavaHome(tmp_path, 17)


def cluster(java: JavaHome, state: Path, **given: int) -> SparkCluster:
    flags = {"SPARK_WORKERS": 2, "SPARK_WORKER_CORES": 3, "SPARK_WORKER_MEMORY": "900m", **given}
    settings = load(flags, dotenv=state / "none")[0].runtime
    return SparkCluster(settings, java=java, spark_home=Path("/spark"), state=state, clock=SystemClock())


def recorded(name: str, state: Path, *command: str, address: str = "") -> StartedProcess:
    """This test's own process, written down as a part."""
    part = StartedProcess(name, os.getpid(), psutil.Process().create_time(), command, state / "log", address)
    part.save(state)
    return part


def test_master_and_workers_listen_on_loopback_with_the_size_that_was_asked_for(java: JavaHome) -> None:
    secret = Path("/state/cluster.properties")
    master = " ".join(master_command(java, Path("/spark"), secret, 7077, 8080))
    worker = " ".join(
        worker_command(
            java, Path("/spark"), secret, master=URL, cores=3, memory="900m", folder=Path("/state/worker")
        )
    )
    assert "--host 127.0.0.1 --port 7077 --webui-port 8080" in master
    assert "--host 127.0.0.1 --port 0" in worker
    assert "--cores 3 --memory 900m --work-dir /state/worker" in worker
    assert worker.endswith(f"--properties-file {secret} {URL}")


def test_what_is_said_to_another_spark_does_not_reach_the_cluster(
    java: JavaHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPARK_CONF_DIR", "/another/conf")
    monkeypatch.setenv("PYSPARK_PYTHON", "/another/python")
    (tmp_path / "jars").mkdir()
    (tmp_path / "jars" / "spark-core_2.13-4.2.0.jar").touch()
    environment = cluster_environment(java, tmp_path, tmp_path / "scratch")
    assert "PYSPARK_PYTHON" not in environment
    assert {name: value for name, value in environment.items() if name.startswith("SPARK_")} == {
        "SPARK_HOME": str(tmp_path),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_LOCAL_DIRS": str(tmp_path / "scratch"),
        "SPARK_SCALA_VERSION": "2.13",
    }


def test_a_master_that_ends_is_told_with_its_last_words_and_leaves_nothing(
    java: JavaHome, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    with pytest.raises(PartDidNotStart, match="spark-master ended before it was ready") as failure:
        cluster(java, state).ensure()
    assert failure.value.details == ("BindException: Address already in use",)
    assert StartedProcess.load_all(state) == []


def test_every_cluster_has_a_secret_of_its_own_that_only_its_user_can_read(
    java: JavaHome, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    seen = set()
    for _ in range(2):
        with pytest.raises(PartDidNotStart):
            cluster(java, state).ensure()
        assert properties_of(state).stat().st_mode & 0o777 == 0o600
        seen.add(properties_of(state).read_text())
    assert len(seen) == 2


def test_the_secret_stays_while_a_worker_runs_that_knows_it(java: JavaHome, tmp_path: Path) -> None:
    state = tmp_path / "state"
    with pytest.raises(PartDidNotStart):
        cluster(java, state).ensure()
    before = properties_of(state).read_text()
    recorded(SPARK_WORKERS[0], state, sys.executable)
    with pytest.raises(PartDidNotStart):
        cluster(java, state).ensure()
    assert properties_of(state).read_text() == before


def test_a_port_in_use_is_named_with_its_setting(java: JavaHome, tmp_path: Path) -> None:
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as other:
        with pytest.raises(PortInUse, match="the Spark master's web page"):
            cluster(java, tmp_path / "state", SPARK_MASTER_WEBUI_PORT=other.server_port).ensure()
        with pytest.raises(PortInUse, match="the Spark master,"):
            cluster(java, tmp_path / "state", SPARK_MASTER_PORT=other.server_port).ensure()


@pytest.fixture
def page() -> Iterator[int]:
    """A master's web page that counts two workers; its port."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps({"url": URL, "aliveworkers": 2}).encode())

        def log_message(self, *_words: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_a_master_is_asked_for_its_workers(page: int, tmp_path: Path) -> None:
    master = recorded(SPARK_MASTER, tmp_path, "--webui-port", str(page), address=URL)
    assert alive_workers(master) == 2
    assert web_page(master) == f"http://127.0.0.1:{page}"


def test_a_page_of_another_master_counts_for_nothing(page: int, tmp_path: Path) -> None:
    other = recorded(SPARK_MASTER, tmp_path, "--webui-port", str(page), address="spark://127.0.0.1:7078")
    assert alive_workers(other) == -1
