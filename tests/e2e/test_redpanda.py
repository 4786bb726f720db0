"""The verbs on Redpanda, where there is no engine: its container is played by an embedded Kafka.

What is real: every command of the kit, the compose calls it makes, the broker that answers. What is not:
Redpanda. `tox -e compose` has the real one.
"""

import json
import os
import sys
from pathlib import Path

import pytest

from backend_under_test import BACKEND

pytestmark = pytest.mark.skipif(BACKEND != "embedded", reason="the real one is tested here")

CONTAINER = "abcdef0123456789abcdef"
DOCKER = f"""#!{sys.executable}
import os, shutil, sys
from pathlib import Path

words = sys.argv[1:]
with Path(__file__).with_name("calls").open("a") as calls:
    calls.write(" ".join(words) + "\\n")
if words[0] == "version":
    sys.exit(print("28.2.2"))
if words[:2] == ["compose", "version"]:
    sys.exit(print("2.40.0"))

from clickstream.clock import SystemClock
from clickstream.pipeline.broker_access import embedded_kafka, jvm_parts
from clickstream.runtime.processes.started import StartedProcess
from clickstream.settings import load

state = Path(__file__).with_name("inside")
broker = StartedProcess.load("embedded-kafka", state)
if words[0] == "inspect":
    sys.exit(print(str(broker is not None and broker.is_running()).lower()))
verb = words[9:]
if verb[0] == "up":
    port = os.environ["REDPANDA_PORT"]
    settings, _ = load(dict(STATE_PATH=state, EMBEDDED_KAFKA_PORT=port), dotenv=Path("none"))
    kafka = jvm_parts(settings, "kafka")
    embedded_kafka(settings, kafka, SystemClock()).start(detached=True)
elif verb[0] == "ps":
    print("{CONTAINER}")
elif verb[0] == "down":
    if broker is not None:
        broker.stop()
        broker.forget(state)
    if "--volumes" in verb:
        shutil.rmtree(state, ignore_errors=True)
"""


@pytest.fixture
def calls(kit):
    """What Docker was asked; the program lies in the project's folder, and so does its broker."""
    folder = kit.folder / "docker-bin"
    folder.mkdir()
    (folder / "docker").write_text(DOCKER)
    (folder / "docker").chmod(0o755)
    kit.settings |= {
        "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
        "BROKER_BACKEND": "auto",
        "REDPANDA_PORT": "0",
        "TRIGGER_INTERVAL": "1 second",
    }
    return lambda: (folder / "calls").read_text().splitlines()


@pytest.mark.thorough
def test_up_takes_redpanda_says_why_and_every_verb_finds_it(kit, calls):
    up = kit.done("up")
    assert "broker: redpanda, because Docker engine 28.2.2 answers" in up.stderr
    assert CONTAINER[:12] in up.stdout
    record = json.loads((kit.folder / ".clickstream/run/redpanda.json").read_text())
    assert record["address"] in up.stdout

    # What a container cannot be asked for is said in a sentence.
    other = kit.run("up", "--backend", "embedded")
    assert other.returncode == 3
    assert "the redpanda broker runs for this folder" in other.stderr
    assert kit.run("restart", "redpanda").returncode == 2

    parts = {part["name"]: part for part in json.loads(kit.done("status", "--json").stdout)["parts"]}
    assert parts["redpanda"]["state"] == "running"
    assert CONTAINER.startswith(parts["redpanda"]["container"])
    assert kit.done("doctor").returncode == 0
    code, verdict = kit.verdict()
    assert (code, verdict["result"]) == (0, "pass"), verdict

    assert f"redpanda (container {CONTAINER[:12]}) terminated" in kit.done("down").stdout
    assert kit.processes() == []
    # On the data that the volume has kept, with the broker for the while.
    code, verdict = kit.verdict()
    assert (code, verdict["result"]) == (0, "pass"), verdict
    assert kit.processes() == []

    kit.done("down", "--volumes")
    assert calls()[-1].endswith("down --timeout 30 --volumes")
    assert not (kit.folder / ".clickstream" / "redpanda").exists()
    projects = {line.split()[2] for line in calls() if line.startswith("compose --project-name")}
    assert len(projects) == 1
    assert Path(record["project"]).name in projects
