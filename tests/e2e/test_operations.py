"""A person looks at a running kit, restarts its parts, sees one die, and clears up: one story, one `up`."""

import json
import signal
import subprocess

import psutil

TABLES = {"events_raw", "events_rejected", "page_metrics", "geo_metrics", "sessions"}


def pids(kit) -> dict[str, int]:
    records = (kit.folder / ".clickstream/run").glob("*.json")
    return {path.stem: json.loads(path.read_text())["pid"] for path in records}


def status(kit) -> tuple[int, dict]:
    ended = kit.run("status", "--json")
    return ended.returncode, json.loads(ended.stdout)


def states(found: dict) -> dict[str, str]:
    return {part["name"]: part["state"] for part in found["parts"]}


def batches(found: dict) -> dict[str, int]:
    return {query["query"]: query["batch_id"] for query in found["queries"]}


def ended_by_ctrl_c(process: subprocess.Popen) -> int:
    process.send_signal(signal.SIGINT)
    return process.wait(30)


def test_a_kit_is_looked_at_restarted_part_by_part_and_cleared_up(kit):
    kit.settings |= {"BROKER_BACKEND": "embedded", "TRIGGER_INTERVAL": "1 second"}

    # Before anything was started there is nothing to show, and the exit codes say so.
    for nothing in (("status",), ("logs",), ("show", "sessions"), ("restart", "producer"), ("topic", "tail")):
        assert kit.run(*nothing).returncode == 3, nothing
    assert kit.done("reset", "--yes").stdout == "There is nothing to remove.\n"

    kit.done("up", "--rate", "200")
    code, found = status(kit)
    assert code == 0
    assert states(found) == {"embedded-kafka": "running", "producer": "running", "stream": "running"}
    assert {part["name"]: part["pid"] for part in found["parts"]} == pids(kit)
    assert {table["table"] for table in found["tables"]} == TABLES
    raw = next(query for query in found["queries"] if query["query"] == "events")
    ends = {partition["partition"]: partition["end"] for partition in found["topic"]["partitions"]}
    assert raw["lag"] == sum(ends.values()) - sum(raw["committed"].values())
    landed = {table["table"]: table["rows"] for table in found["tables"]}
    assert landed["events_raw"] + landed["events_rejected"] == sum(raw["committed"].values())
    assert found["rejected"] == landed["events_rejected"]

    # A flag of a part that runs is named with the command that applies it.
    again = kit.done("up", "--rate", "100")
    assert "clickstream restart producer --rate 100" in " ".join((again.stdout + again.stderr).split())

    # What landed and what is in the topic.
    shown = [
        json.loads(line) for line in kit.done("show", "events_raw", "-n", "3", "--json").stdout.splitlines()
    ]
    assert len(shown) == 3
    assert "kafka_offset" in kit.done("show", "events_raw").stdout
    counted = json.loads(kit.done("sql", "SELECT count(*) AS n FROM events_raw", "--json").stdout)
    assert counted["n"] >= len(shown)
    unknown = kit.run("show", "nope")
    assert (unknown.returncode, "page_metrics" in unknown.stderr) == (2, True)
    described = json.loads(kit.done("topic", "describe", "--json").stdout)
    assert described["offsets"] >= sum(ends.values())
    assert described["config"]["retention.ms"] == "-1"
    tail = [json.loads(line) for line in kit.done("topic", "tail", "-n", "5", "--json").stdout.splitlines()]
    assert len(tail) == 5
    assert all(message["offset"] >= 0 and message["timestamp_ms"] > 0 for message in tail)

    # Logs and status are followed until Ctrl-C, with lines where the output is no terminal.
    watching = kit.start("status", "--watch")
    following = kit.start("logs", "-f", "stream")
    kit.wait_until(lambda: "event=batch_landed" in kit.log() and " · lag " in kit.log(), "both follow")

    # Each part is restarted while the others go on; the broker keeps its port and its data.
    before = pids(kit)
    address = next(part["address"] for part in found["parts"] if part["name"] == "embedded-kafka")
    kit.done("restart", "producer", "--rate", "300")
    kit.done("restart", "embedded-kafka")
    after = pids(kit)
    assert after["stream"] == before["stream"]
    assert after["producer"] != before["producer"] != before["embedded-kafka"] != after["embedded-kafka"]
    command = psutil.Process(after["producer"]).cmdline()
    assert command[command.index("--rate") + 1] == "300"
    _, found = status(kit)
    assert found["topic"]["bootstrap_servers"] == address
    assert found["topic"]["offsets"] >= described["offsets"]
    first = batches(found)
    kit.wait_until(lambda: batches(status(kit)[1])["events"] > first["events"], "the job goes on")
    assert kit.run("restart", "nope").returncode == 2
    assert watching.poll() is following.poll() is None
    assert ended_by_ctrl_c(watching) == ended_by_ctrl_c(following) == 0

    # A part that died is named with its end and last lines: one that was killed, one that ended by itself.
    producer = psutil.Process(pids(kit)["producer"])
    producer.kill()
    producer.wait(10)
    dead = kit.run("status")
    assert dead.returncode == 4
    assert "producer killed: by SIGKILL" in dead.stdout
    assert "[ack] events:" in dead.stdout
    code, found = status(kit)
    assert (code, states(found)["producer"], states(found)["stream"]) == (4, "killed", "running")
    kit.done("restart", "producer")  # with the flag that it had
    producer = psutil.Process(pids(kit)["producer"])
    assert "300" in producer.cmdline()
    producer.terminate()  # by somebody, not by us: it ends in order and says so
    producer.wait(30)
    found = status(kit)[1]
    assert next(part["exit_code"] for part in found["parts"] if part["name"] == "producer") == 0

    # Nothing is removed under running parts, nor without a yes.
    refused = kit.run("reset", "--yes")
    assert (refused.returncode, "embedded-kafka" in refused.stderr) == (3, True)
    kit.done("down")
    assert kit.processes() == []
    code, verdict = kit.verdict()
    assert (code, verdict["result"]) == (0, "pass"), verdict
    mine = kit.folder / "data/output/default/notes.txt"
    mine.write_text("mine")
    listed = kit.run("reset")
    assert (listed.returncode, "data/output/default/events_raw" in listed.stdout) == (2, True)
    assert (kit.folder / "data/output/default/events_raw").exists()
    kit.done("reset", "--yes")
    left = [path for path in kit.folder.rglob("*") if path.is_file() and path.name != "started.log"]
    assert {path.name for path in left} <= {"notes.txt", "operating.lock"}
    assert mine.read_text() == "mine"
