"""The job on a standalone cluster of two workers: it lands the same rows, also when a worker is killed."""

import json
from contextlib import suppress

import psutil
import pytest

from clickstream.contract.definition.tables import QUERIES
from clickstream.runtime.machine.ports import free_ports

WORKERS = ("spark-worker-1", "spark-worker-2")
PARTS = ("embedded-kafka", "spark-master", *WORKERS, "producer", "stream")


def pids(kit) -> dict[str, int]:
    run = kit.folder / ".clickstream/run"
    return {name: json.loads((run / f"{name}.json").read_text())["pid"] for name in PARTS}


def executors(kit) -> dict[int, psutil.Process]:
    """The executors' processes by the worker that started each."""
    return {
        process.ppid(): process
        for process in kit.processes()
        if any("CoarseGrainedExecutorBackend" in word for word in process.cmdline())
    }


def batches_by_query(kit) -> dict[str, int]:
    landed = [path.parent.name for path in kit.records()]
    return {query: landed.count(query) for query in QUERIES}


def lands_in_every_query(kit, more: int) -> None:
    before = batches_by_query(kit)
    kit.wait_until(
        lambda: all(count >= before[query] + more for query, count in batches_by_query(kit).items()),
        f"{more} more batches of every query",
        deadline_s=180,
    )


def killed_in_a_batch(kit, pid: int) -> None:
    """Kill a worker while a task writes the files of a batch."""
    staging = kit.folder / "data/output/default/_staging"

    def task_writes() -> bool:
        with suppress(FileNotFoundError):  # a batch that has just landed takes its folder away
            return any(staging.glob("*/*/_rows/_temporary/0/_temporary/*"))
        return False

    kit.wait_until(task_writes, "a task that writes")
    worker = psutil.Process(pid)
    worker.kill()
    worker.wait(10)


def listening_ports(pid: int) -> set[int]:
    connections = psutil.Process(pid).net_connections("inet")
    return {each.laddr.port for each in connections if each.status == psutil.CONN_LISTEN}


def has_to_itself(kit, secret: str) -> None:
    """The cluster is this user's alone: loopback, and a secret that no command line and no log shows."""
    alive = [process for process in kit.processes() if "java" in process.name()]
    assert len(alive) >= len(("embedded-kafka", "spark-master", *WORKERS, "job", "executor", "executor"))
    for process in alive:
        assert secret not in " ".join(process.cmdline())
        listening = [each for each in process.net_connections("inet") if each.status == psutil.CONN_LISTEN]
        assert {each.laddr.ip.removeprefix("::ffff:") for each in listening} <= {"127.0.0.1", "::1"}, process
    logs = [*(kit.folder / ".clickstream/logs").glob("*.log"), *kit.folder.rglob("stderr")]
    assert not [log for log in logs if secret in log.read_text()]


@pytest.mark.thorough
@pytest.mark.acts(
    "SPARK_WORKERS",
    "SPARK_WORKER_CORES",
    "SPARK_WORKER_MEMORY",
    "SPARK_MASTER_PORT",
    "SPARK_MASTER_WEBUI_PORT",
)
def test_a_worker_killed_in_a_batch_costs_time_and_no_row(kit):
    master_port, page_port = free_ports(2)
    kit.settings |= {
        "SPARK_WORKERS": "2",
        "SPARK_WORKER_CORES": "1",
        "SPARK_WORKER_MEMORY": "600m",
        "SPARK_MASTER_PORT": str(master_port),
        "SPARK_MASTER_WEBUI_PORT": str(page_port),
        "TRIGGER_INTERVAL": "1 second",
        "LATE_RATE": "0.1",
    }
    up = kit.done("up", "--spark", "standalone", "--rate", "200")
    started = pids(kit)
    assert all(str(pid) in up.stdout for pid in started.values())
    assert f"spark://127.0.0.1:{master_port}" in " ".join(up.stdout.split())
    assert listening_ports(started["spark-master"]) == {master_port, page_port}

    for name in WORKERS:
        command = psutil.Process(started[name]).cmdline()
        assert command[command.index("--cores") + 1] == "1"
        assert command[command.index("--memory") + 1] == "600m"

    # The job runs on both workers, each with the executor that it was to have.
    kit.wait_until(lambda: len(executors(kit)) == len(WORKERS), "an executor on each worker")
    at_work = executors(kit)
    assert set(at_work) == {started[name] for name in WORKERS}
    assert all("-Xmx600M" in process.cmdline() for process in at_work.values())
    secret = (kit.folder / ".clickstream/spark/cluster.properties").read_text().split()[-1]
    has_to_itself(kit, secret)

    killed_in_a_batch(kit, started["spark-worker-1"])
    lands_in_every_query(kit, 2)
    assert psutil.pid_exists(started["stream"])

    # `up` brings the worker back, to the same job.
    again = kit.done("up")
    assert "ran already" in again.stdout
    now = pids(kit)
    assert now["spark-worker-1"] != started["spark-worker-1"]
    assert {**now, "spark-worker-1": 0} == {**started, "spark-worker-1": 0}
    kit.wait_until(lambda: now["spark-worker-1"] in executors(kit), "an executor on the new worker")

    down = kit.done("down")
    assert all(name in down.stdout for name in PARTS)
    assert kit.processes() == []

    # The same run goes on without the cluster.
    kit.done("up")
    kit.done("down")
    code, verdict = kit.verdict()
    assert (code, verdict["result"]) == (0, "pass"), verdict
    kit.done("down", "--volumes")
    assert not (kit.folder / ".clickstream/spark").exists()


def test_a_cluster_elsewhere_is_refused_without_shared_storage(kit, bootstrap_servers, topic):
    refused = kit.run(
        "stream",
        "--available-now",
        "--master",
        "spark://10.0.0.1:7077",
        KAFKA_BOOTSTRAP_SERVERS=bootstrap_servers,
        KAFKA_TOPIC=topic,
    )
    assert refused.returncode == 2
    said = " ".join(refused.stderr.split())
    assert "OUTPUT_PATH and CHECKPOINT_PATH must be on storage that driver and executors share" in said
    assert kit.processes() == []
