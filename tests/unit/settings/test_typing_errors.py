"""Typing errors in names are found, and variables of other programs are not taken for them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from clickstream.settings import SETTINGS, misspelt_variables

OTHERS = (Path(__file__).parent / "variables_of_others.txt").read_text(encoding="ascii").split()
"""Of shells, desktops, CI systems, containers, Java, Spark, Hadoop, Kafka, Python and clouds."""


def test_variables_of_other_programs_raise_no_alarm() -> None:
    assert len(OTHERS) > 300
    assert misspelt_variables(OTHERS) == []


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("PAGE_WINDW", "PAGE_WINDOW"),
        ("PAGE_WIDNOW", "PAGE_WINDOW"),
        ("PAGEWINDOW", "PAGE_WINDOW"),
        ("PAGE_WINDOWS", "PAGE_WINDOW"),
        ("WATERMARK_DELY", "WATERMARK_DELAY"),
        ("MSG_PER_SEC", "MSGS_PER_SEC"),
        ("KAFKA_BOOTSTRAP_SERVER", "KAFKA_BOOTSTRAP_SERVERS"),
        ("KAFKA_BOOSTRAP_SERVERS", "KAFKA_BOOTSTRAP_SERVERS"),
        ("KAFKA_TOPICS", "KAFKA_TOPIC"),
        ("OUTPUT_PTH", "OUTPUT_PATH"),
        ("kafka_topic", "KAFKA_TOPIC"),
        ("Seed", "SEED"),
        ("CLICKSTREAM_PAGE_WINDOW", "PAGE_WINDOW"),
        ("CLICKSTREAM_SEED", "SEED"),
    ],
)
def test_a_name_that_is_almost_a_setting_is_named_with_it(name: str, nearest: str) -> None:
    assert misspelt_variables([name, "PATH"]) == [(name, nearest)]


def test_one_letter_more_or_less_is_found_in_every_setting_of_six_letters_or_more() -> None:
    for name in SETTINGS:
        if len(name) >= 6 and name != "JAVA_HOME":
            for wrong in {f"{name}X", name[:-1], name[:3] + name[4:]} - set(SETTINGS):
                assert [each for each, _ in misspelt_variables([wrong])] == [wrong]


def test_a_setting_itself_is_not_misspelt() -> None:
    assert misspelt_variables(SETTINGS) == []


def test_the_command_line_warns_once_and_goes_on(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "clickstream", "config", "--json"],
        env={**os.environ, "PAGE_WINDW": "5m"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stderr == (
        "warning: PAGE_WINDW in the environment is not a setting and is ignored. Did you mean PAGE_WINDOW?\n"
    )
