"""PIPELINE decides which pipeline runs: a flag over the environment over `.env`; windows are its settings."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from clickstream.settings import SETTINGS

FILE = """
from clickstream.define import (
    Column, ColumnType, Event, EventField, JsonType, Pipeline, WindowSetting, event_table, rejected_table,
    tumbling_table,
)

READING = Event((EventField("at", JsonType.STRING), EventField("NAME_id", JsonType.STRING)), "at", "NAME_id")
COUNTS = tumbling_table(
    READING, "NAME_counts", window=WindowSetting("NAME_WINDOW".upper(), "7 minutes"), group=("NAME_id",),
    measures=(Column("readings", ColumnType.INT64),), spark=lambda events, window: events,
)
pipeline = Pipeline("NAME", READING, (event_table(READING, "all"), rejected_table("rejected"), COUNTS))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("sensor", "meter", "gauge"):
        (tmp_path / f"{name}.py").write_text(FILE.replace("NAME", name))
    return tmp_path


def config(folder: Path, *flags: str, **environment: str) -> subprocess.CompletedProcess[str]:
    shell = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    return subprocess.run(
        [sys.executable, "-m", "clickstream", "config", "--json", *flags],
        cwd=folder,
        env=shell | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def read(folder: Path, *flags: str, **environment: str) -> dict[str, tuple[str, str]]:
    listed = json.loads(config(folder, *flags, **environment).stdout)
    return {name: (each["value"], each["from"]) for name, each in listed.items()}


@pytest.mark.acts("PIPELINE")
def test_the_pipeline_is_given_by_flag_environment_or_dotenv_in_this_order(folder: Path) -> None:
    (folder / ".env").write_text("PIPELINE=sensor.py:pipeline\nSENSOR_WINDOW=2 minutes\n")
    found = read(folder)
    assert found["PIPELINE"] == (f"{folder}/sensor.py:pipeline", ".env")
    assert found["SENSOR_WINDOW"] == ("2 minutes", ".env")
    assert found["MSG_KEY"] == ("sensor_id", "default")
    in_environment = read(folder, PIPELINE="meter.py:pipeline", METER_WINDOW="90s")
    assert in_environment["PIPELINE"] == (f"{folder}/meter.py:pipeline", "environment")
    assert in_environment["METER_WINDOW"] == ("90 seconds", "environment")
    by_flag = read(folder, "--pipeline", "gauge.py:pipeline", PIPELINE="meter.py:pipeline")
    assert by_flag["PIPELINE"] == (f"{folder}/gauge.py:pipeline", "flag")
    assert by_flag["GAUGE_WINDOW"] == ("7 minutes", "default")
    assert not by_flag.keys() & {"PAGE_WINDOW", "METER_WINDOW"}


def test_a_path_in_dotenv_begins_at_the_project_and_that_of_a_flag_here(folder: Path) -> None:
    (folder / ".env").write_text("PIPELINE=sensor.py:pipeline\n")
    below = folder / "below"
    below.mkdir()
    assert read(below)["PIPELINE"][0] == f"{folder}/sensor.py:pipeline"
    assert read(below, "--pipeline", "../meter.py:pipeline")["METER_WINDOW"]


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("sensor.py", "PIPELINE=sensor.py (from flag) cannot be used"),
        ("not a module:p", "PIPELINE=not a module:p (from flag) cannot be used"),
        ("none.py:pipeline", "none.py."),
        ("sensor.py:COUNTS", "expected a Pipeline"),
    ],
)
def test_what_cannot_be_loaded_is_a_sentence_and_exit_code_2(folder: Path, place: str, said: str) -> None:
    ended = config(folder, "--pipeline", place)
    assert ended.returncode == 2
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_window_must_not_have_the_name_of_another_setting(folder: Path) -> None:
    (folder / "sensor.py").write_text(FILE.replace('"NAME_WINDOW".upper()', '"KAFKA_TOPIC"'))
    ended = config(folder, "--pipeline", "sensor.py:pipeline")
    assert ended.returncode == 2
    assert "The window setting KAFKA_TOPIC of " in ended.stderr
