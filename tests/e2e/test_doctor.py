"""The doctor as a person calls it: a line for each finding, and an exit code that a script can use."""

import json
import re
import socket

import pytest

NOT_READY = 3


def findings(ended):
    return {each["subject"]: each for each in json.loads(ended.stdout)["findings"]}


def test_a_fresh_folder_is_well_and_stays_empty(kit):
    ended = kit.done("doctor")
    assert re.fullmatch(r"0 problems, \d+ warnings?, \d+ OK", ended.stdout.splitlines()[-1])
    assert list(kit.folder.iterdir()) == []


@pytest.mark.acts("JAVA_HOME")
def test_a_java_home_that_will_not_do_is_named_with_the_java_that_is_used(kit):
    java = findings(kit.done("doctor", "--json", JAVA_HOME="/no/such/java"))["Java"]
    assert java["health"] == "warning"
    assert "/no/such/java" in java["sentence"]
    assert java["fix"].startswith("export JAVA_HOME=/")


def test_a_port_that_is_held_is_exit_3_with_its_holder(kit):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        ended = kit.run("doctor", EMBEDDED_KAFKA_PORT=str(port), BROKER_BACKEND="embedded")
    assert ended.returncode == NOT_READY
    assert f"EMBEDDED_KAFKA_PORT={port} is held by" in ended.stdout


def test_a_path_without_docker_is_said_and_redpanda_then_is_a_problem(kit):
    without = {"PATH": str(kit.folder)}
    assert (
        "docker"
        in findings(kit.done("doctor", "--json", BROKER_BACKEND="auto", **without))["Docker"]["sentence"]
    )
    ended = kit.run("doctor", "--json", BROKER_BACKEND="redpanda", **without)
    assert ended.returncode == NOT_READY
    assert findings(ended)["broker"]["health"] == "problem"
