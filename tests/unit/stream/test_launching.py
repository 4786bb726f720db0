"""The environment while PySpark starts its JVM is the JVM's, and afterwards ours again."""

import os
from pathlib import Path

import pytest

from clickstream.settings import StreamSettings
from clickstream.stream.session.launching import environment_of_launch
from clickstream.stream.session.spark_conf import environment_names


def launch(**given: object) -> dict[str, str]:
    with environment_of_launch(Path("/java"), Path("/spark"), **given):  # type: ignore[arg-type]
        return dict(os.environ)


def test_the_jvm_gets_our_spark_and_nothing_for_another_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SPARK_REMOTE", "SPARK_LOCAL_DIRS", "PYSPARK_SUBMIT_ARGS", "JAVA_TOOL_OPTIONS", "MY_OWN"):
        monkeypatch.setenv(name, "other")
    seen = launch()
    assert (seen["JAVA_HOME"], seen["SPARK_HOME"], seen["SPARK_LOCAL_IP"]) == ("/java", "/spark", "127.0.0.1")
    assert "other" not in seen.values()


def test_afterwards_all_is_back_but_what_would_turn_the_session_into_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MY_OWN", "kept")
    monkeypatch.setenv("LC_ALL", "tr_TR.UTF-8")
    monkeypatch.setenv("SPARK_REMOTE", "sc://127.0.0.1:1")
    before = dict(os.environ)
    launch()
    del before["SPARK_REMOTE"]
    assert dict(os.environ) == before


def test_properties_are_named_and_never_spelled_out(tmp_path: Path) -> None:
    file = tmp_path / "with a blank.conf"
    assert launch(properties=file)["PYSPARK_SUBMIT_ARGS"] == f"--properties-file '{file}' pyspark-shell"


@pytest.mark.acts("SPARK_DRIVER_ENVIRONMENT")
def test_further_variables_reach_the_jvm_where_the_setting_names_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "mine")
    named = StreamSettings(SPARK_DRIVER_ENVIRONMENT="AWS_PROFILE,NOT_SET")
    assert "AWS_PROFILE" not in launch(names=environment_names(StreamSettings()))
    assert launch(names=environment_names(named))["AWS_PROFILE"] == "mine"


@pytest.mark.parametrize(
    ("master", "reached_by"),
    [("local[2]", False), ("spark://host:7077", False), ("yarn", True), ("k8s://https://host:6443", False)],
)
def test_hadoops_configuration_is_for_yarn_alone(master: str, reached_by: bool) -> None:
    names = environment_names(StreamSettings(SPARK_MASTER_URL=master))
    assert ("HADOOP_CONF_DIR" in names) == reached_by
