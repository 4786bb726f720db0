"""A child process gets the variables that are listed, in one locale, and nothing else of the shell's."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

import clickstream
from clickstream.settings import (
    SECRETS,
    child_environment,
    forget_other_sparks,
    java_environment,
    kit_environment,
)
from clickstream.settings.environment import UTF8_LOCALE

HOSTILE = {
    "SPARK_REMOTE": "sc://127.0.0.1:1",
    "SPARK_LOCAL_DIRS": "/nowhere",
    "SPARK_HOME": "/nowhere",
    "SPARK_CONF_DIR": "/nowhere",
    "SPARK_SUBMIT_OPTS": "-Xbogus",
    "PYTHONPATH": "/nowhere/spark/python",
    "PYTHONSTARTUP": "/nowhere.py",
    "PYSPARK_PYTHON": "/nowhere/python",
    "PYSPARK_SUBMIT_ARGS": "--master yarn",
    "JAVA_TOOL_OPTIONS": "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=1",
    "JDK_JAVA_OPTIONS": "-Xbogus",
    "_JAVA_OPTIONS": "-Xbogus",
    "KAFKA_OPTS": "-Xbogus",
    "KAFKA_HEAP_OPTS": "-Xbogus",
    "CLASSPATH": "/nowhere.jar",
    "HADOOP_HOME": "/nowhere",
    "BASH_ENV": "/nowhere.sh",
    "CDPATH": "/",
    "LANGUAGE": "tr",
    "LC_NUMERIC": "de_DE.UTF-8",
    "COMPOSE_FILE": "/nowhere.yml",
    "PIP_TARGET": "/nowhere",
    "LD_PRELOAD": "/nowhere.so",
}

BUILDERS: Mapping[str, Callable[[], dict[str, str]]] = {
    "any": child_environment,
    "java": lambda: java_environment(Path("/java")),
    "kit": kit_environment,
    "kit with settings": lambda: kit_environment({"KAFKA_TOPIC": "mine"}),
}


@pytest.fixture(autouse=True)
def hostile_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**HOSTILE, "LC_ALL": "tr_TR.UTF-8", "LANG": "C", "HOME": "/home/her"}.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize("builder", BUILDERS)
def test_nothing_that_changes_another_program_reaches_a_child(builder: str) -> None:
    assert HOSTILE.keys().isdisjoint(BUILDERS[builder]())


@pytest.mark.parametrize("builder", BUILDERS)
def test_a_child_finds_programs_and_its_home_and_speaks_utf_8(builder: str) -> None:
    environment = BUILDERS[builder]()
    assert environment["PATH"] == os.environ["PATH"]
    assert environment["HOME"] == "/home/her"
    assert environment["LC_ALL"] == environment["LANG"] == UTF8_LOCALE


@pytest.mark.parametrize("builder", BUILDERS)
def test_only_the_kits_own_parts_get_the_password(builder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SECRETS:
        monkeypatch.setenv(name, "hidden")
    assert ("hidden" in BUILDERS[builder]().values()) == (builder == "kit")


def test_a_part_of_the_kit_gets_its_settings_or_those_that_are_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_TOPIC", "shell")
    monkeypatch.setenv("PAGE_WINDOW", "1 hour")
    monkeypatch.setenv("JAVA_HOME", "/java")
    assert kit_environment()["KAFKA_TOPIC"] == "shell"
    given = kit_environment({"KAFKA_TOPIC": "mine"})
    assert given["KAFKA_TOPIC"] == "mine"
    assert "PAGE_WINDOW" not in given
    assert given["JAVA_HOME"] == "/java"


def test_a_part_of_the_kit_hands_on_what_its_own_children_need(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DOCKER_HOST", "HADOOP_CONF_DIR", "KUBECONFIG", "SDKMAN_DIR", "AWS_PROFILE"):
        monkeypatch.setenv(name, "there")
    handed_on = kit_environment(names=["AWS_PROFILE"])
    assert {"DOCKER_HOST", "HADOOP_CONF_DIR", "KUBECONFIG", "SDKMAN_DIR", "AWS_PROFILE"} <= handed_on.keys()
    assert java_environment(Path("/java")).keys().isdisjoint({"HADOOP_CONF_DIR", "KUBECONFIG"})


def test_docker_keeps_its_engine_and_gets_the_values_of_the_compose_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///run/podman.sock")
    monkeypatch.setenv("KAFKA_TOPIC", "shell")
    environment = child_environment({"KAFKA_TOPIC": "mine"})
    assert (environment["DOCKER_HOST"], environment["KAFKA_TOPIC"]) == ("unix:///run/podman.sock", "mine")


def test_a_kit_that_comes_from_pythonpath_is_found_there_by_its_parts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ours = str(Path(clickstream.__file__).parents[1])
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(["/nowhere/spark/python", ours]))
    assert kit_environment()["PYTHONPATH"] == ours


def test_without_a_path_the_systems_own_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PATH")
    assert child_environment()["PATH"] == os.defpath


def test_what_is_meant_for_another_spark_is_forgotten_and_settings_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SPARK_APP_NAME", "mine")
    forget_other_sparks()
    left = {name for name in os.environ if name.startswith(("SPARK_", "PYSPARK_"))}
    assert HOSTILE.keys().isdisjoint(left)
    assert os.environ["SPARK_APP_NAME"] == "mine"
