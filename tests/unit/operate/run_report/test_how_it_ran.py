"""The settings of a run are shown without secrets, and the command that repeats it has what was changed."""

from dataclasses import replace
from pathlib import Path

import pytest

from clickstream.clock import SystemClock
from clickstream.operate.run_report.how_it_ran import (
    repeat_demo,
    repeat_run,
    setting_facts,
    used_values,
    versions,
)
from clickstream.operate.run_report.reading import ReportReader
from clickstream.pipeline.demo.demo_settings import RanWith, demo_settings, keep_ran_with, read_ran_with
from clickstream.report.html.page import page
from clickstream.report.run_report import as_json
from clickstream.settings import SECRETS, SETTINGS, Settings, load, values_of

PASSWORD = "hunter2-correct-horse"  # noqa: S105 - it is looked for on the page


@pytest.fixture
def with_secrets(settings: Settings) -> Settings:
    options = f"-Djavax.net.ssl.keyStorePassword={PASSWORD} -Da.token='{PASSWORD} b'"
    found = load({"SPARK_DRIVER_JAVA_OPTIONS": options}, dotenv=Path("none"))[0]
    broker = load({"KAFKA_SASL_PASSWORD": PASSWORD}, dotenv=Path("none"))[0].broker
    return replace(settings, stream=found.stream, broker=broker)


def test_no_secret_is_on_the_page_or_in_its_data(with_secrets: Settings) -> None:
    report = ReportReader(with_secrets, SystemClock()).read()
    for text in (page(report), as_json(report)):
        assert PASSWORD not in text
        assert "sealed" not in text
    facts = {each.name: each.value for each in report.settings}
    assert [facts[name] for name in ("KAFKA_SASL_PASSWORD", "SPARK_DRIVER_JAVA_OPTIONS")] == [
        "*** (set)",
        "-Djavax.net.ssl.keyStorePassword=*** -Da.token=***",
    ]


def test_a_password_in_a_url_is_masked(settings: Settings) -> None:
    values = {**values_of(settings), "SPARK_MASTER_URL": f"spark://user:{PASSWORD}@host:7077"}
    (fact,) = (each for each in setting_facts(values) if each.name == "SPARK_MASTER_URL")
    assert fact.value == "spark://***@host:7077"


def test_every_setting_is_there_and_defaults_are_known_as_such(settings: Settings) -> None:
    facts = setting_facts(used_values(load(dotenv=Path("none"))[0]))
    assert [each.name for each in facts] == list(SETTINGS)
    assert [each.name for each in facts if not each.is_default] == []
    assert SECRETS


def test_a_demo_is_repeated_with_what_was_changed(tmp_path: Path) -> None:
    values = values_of(demo_settings(folder=tmp_path))
    assert repeat_demo(values, 20_000)[0].endswith("clickstream demo")
    changed = values_of(demo_settings({"SEED": 7, "LATE_RATE": "10%"}, folder=tmp_path))
    (command,) = repeat_demo(changed, 500)
    assert "SEED=7 LATE_RATE=0.1 " in command
    assert command.endswith("clickstream demo --events 500")


def test_a_run_in_simulated_time_is_repeated_step_by_step(settings: Settings) -> None:
    values = values_of(load({"START_TIME": "2026-01-01", "RUN_ID": "mine"}, dotenv=Path("none"))[0])
    lines = [line.replace("python -m ", "") for line in repeat_run(values, 500)]
    assert "export RUN_ID=mine" in lines
    assert [line.rpartition("clickstream ")[2] for line in lines if "clickstream " in line] == [
        "up broker",
        "produce --count 500",
        "stream --available-now",
        "check",
    ]


def test_a_live_run_is_repeated_by_up(with_secrets: Settings) -> None:
    lines = repeat_run(values_of(with_secrets), None)
    assert [line.rpartition("clickstream ")[2] for line in lines if "clickstream " in line] == ["up", "check"]
    assert lines[-1] == "# KAFKA_SASL_PASSWORD must be set; it is not shown"
    assert not any(PASSWORD in line for line in lines)


def test_what_a_demo_ran_with_is_kept(tmp_path: Path) -> None:
    assert read_ran_with(tmp_path) is None
    ran_with = RanWith(500, values_of(demo_settings({"SEED": 7}, folder=tmp_path)))
    keep_ran_with(tmp_path, ran_with)
    assert read_ran_with(tmp_path) == ran_with
    (tmp_path / "demo.json").write_text("[]")
    assert read_ran_with(tmp_path) is None


def test_all_parts_have_a_version(settings: Settings) -> None:
    found = versions(settings)
    assert {"clickstream-devkit", "pyspark", "Kafka (embedded)", "Java", "Python", "machine"} <= found.keys()
    assert all(found.values())
