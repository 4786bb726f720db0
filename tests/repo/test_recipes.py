"""Every change that the page of recipes shows makes a pipeline that loads and has data."""

import json
import os
import subprocess
from pathlib import Path

import pytest

import recipes


@pytest.fixture
def run(tmp_path: Path):
    def run_with(pipeline: str, line: str) -> str:
        (tmp_path / "temperatures.py").write_text(pipeline)
        (tmp_path / ".env").write_text("PIPELINE=temperatures.py:pipeline\n")
        ended = subprocess.run(  # noqa: S602 - a line as a user pastes it
            line, shell=True, cwd=tmp_path, env={**os.environ}, capture_output=True, text=True, check=False
        )
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    return run_with


def test_a_field_of_the_recipe_has_values(run) -> None:
    (line,) = recipes.commands("A field")
    events = [json.loads(event) for event in run(recipes.changed("A field"), line).splitlines()]
    assert len(events) == 5
    assert all(0 <= event["humidity"] <= 100 for event in events if "humidity" in event)


@pytest.mark.parametrize("titles", [("A table",), ("A rule",), ("A field", "A table", "A rule")])
def test_a_changed_pipeline_loads(run, titles: tuple[str, ...]) -> None:
    (line,) = recipes.commands("A field")
    changed = recipes.changed(*titles)
    assert changed.count("pipeline = Pipeline(") == 1
    assert ("BATTERIES" in changed, '"warm"' in changed) == ("A table" in titles, "A rule" in titles)
    run(changed, line)
