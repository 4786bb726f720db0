"""`up` returns when the pipeline really works, `down` takes away exactly that."""

import json
import re

import pytest

from backend_under_test import BACKEND, BROKER_PART
from clickstream.contract.definition.tables import QUERIES

PARTS = (BROKER_PART, "producer", "stream")


def pids(kit) -> dict[str, int | str]:
    """What each part is known by: a pid, or the beginning of a container's id."""
    records = {
        name: json.loads((kit.folder / ".clickstream/run" / f"{name}.json").read_text()) for name in PARTS
    }
    return {name: record.get("pid") or record["container"][:12] for name, record in records.items()}


def test_up_works_a_second_up_says_so_and_down_keeps_the_data(kit, another_kit):
    kit.settings |= {"TRIGGER_INTERVAL": "1 second", "MSGS_PER_SEC": "200"}
    kit.done("up", "broker")
    assert {path.stem for path in (kit.folder / ".clickstream/run").iterdir()} == {BROKER_PART}
    assert json.loads(kit.done("topic", "describe", "--json").stdout)["offsets"] == 0
    up = kit.done("up")
    assert f"{BROKER_PART} (ran already)" in up.stdout
    for name, pid in pids(kit).items():
        assert name in up.stdout
        assert str(pid) in up.stdout
    # Every query has landed a batch by now.
    assert {path.parent.name for path in kit.records()} == set(QUERIES)

    # What runs keeps its settings: those of now that differ are named, with the command that applies them.
    again = kit.done("up", TRIGGER_INTERVAL="2 seconds")
    assert "runs already" in again.stdout
    [different] = [line for line in again.stdout.splitlines() if "  runs with " in line]
    assert "TRIGGER_INTERVAL" in different
    assert different.split("  ")[-1] == "runs with 1 second, now 2 seconds"
    [to_apply] = [line for line in again.stdout.splitlines() if "restart stream" in line]
    assert "TRIGGER_INTERVAL='2 seconds'" in to_apply
    assert pids(kit) == {name: pid for name, pid in pids(kit).items() if str(pid) in up.stdout}

    # What it prints to call next works as it is printed.
    watch, show, check, stop = (re.split(" {3,}", line[13:])[0] for line in up.stdout.splitlines()[-4:])
    assert "stream running" in kit.pasted(f"{watch} | head -1").stdout
    # A window of a minute comes out when the watermark, half a minute behind, has passed its end.
    kit.wait_until(lambda: "pageviews" in kit.pasted(show).stdout, "rows of page_metrics")

    # A running pipeline can be checked, and a neighbour in another folder knows nothing of it.
    checked = kit.pasted(f"{check} --json")
    assert (checked.returncode, json.loads(checked.stdout)["result"]) == (0, "pass")
    assert "Nothing" in another_kit.done("down").stdout
    assert len(kit.processes()) >= len(PARTS)

    assert "producer" in kit.done("down", "producer").stdout
    assert {path.stem for path in (kit.folder / ".clickstream/run").iterdir()} == {BROKER_PART, "stream"}
    down = kit.pasted(stop)
    assert all(name in down.stdout for name in (BROKER_PART, "stream"))
    assert kit.processes() == []
    code, verdict = kit.verdict()  # on the kept data, with a broker for the while
    assert (code, verdict["result"]) == (0, "pass"), verdict
    assert kit.processes() == []

    refused = kit.run("up", PAGE_WINDOW="7 minutes")  # another window than the checkpoint's
    assert refused.returncode == 2, refused.stderr
    assert "PAGE_WINDOW" in refused.stderr
    assert kit.processes() == []

    kit.done("down", "--volumes")
    assert not list((kit.folder / "data").rglob("*.parquet"))
    assert not (kit.folder / ".clickstream/kafka").exists()
    assert kit.run("check").returncode == 3


@pytest.mark.thorough
def test_up_goes_on_where_the_run_was_stopped(kit):
    kit.settings |= {"TRIGGER_INTERVAL": "1 second", "MSGS_PER_SEC": "200"}
    for _start in range(2):
        kit.done("up")
        kit.done("down")
        code, verdict = kit.verdict()
        assert (code, verdict["result"]) == (0, "pass"), verdict


@pytest.mark.thorough
def test_a_part_that_died_is_started_again_by_up(kit):
    kit.settings |= {"TRIGGER_INTERVAL": "1 second"}
    kit.done("up")
    before = pids(kit)
    producer = next(process for process in kit.processes() if process.pid == before["producer"])
    producer.kill()
    producer.wait(10)
    # Without a producer a job has nothing to read: it is ready when its queries wait for records.
    kit.done("restart", "stream")
    before = pids(kit)
    again = kit.done("up")
    after = pids(kit)
    assert after["producer"] != before["producer"]
    assert {name: after[name] for name in (BROKER_PART, "stream")} == {
        name: before[name] for name in (BROKER_PART, "stream")
    }
    assert "ran already" in again.stdout
    kit.done("down")
    assert kit.processes() == []


@pytest.mark.thorough
@pytest.mark.skipif(BACKEND != "embedded", reason="a container is no process that a test may kill")
def test_a_broker_that_died_comes_back_where_the_others_look_for_it(kit):
    kit.settings |= {"TRIGGER_INTERVAL": "1 second", "MSGS_PER_SEC": "200"}
    kit.done("up")
    before = pids(kit)
    broker = next(process for process in kit.processes() if process.pid == before["embedded-kafka"])
    broker.kill()
    broker.wait(10)
    kit.done("up")  # returns when producer and job have gone on, not on what they said before
    after = pids(kit)
    assert after["embedded-kafka"] != before["embedded-kafka"]
    assert after["producer"] == before["producer"]
    down = kit.done("down")
    assert "killed" not in down.stdout
    assert kit.processes() == []
    assert kit.verdict()[0] == 0
