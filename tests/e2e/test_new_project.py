"""From `init` to a passing test, another table, and a verdict that names it as not checked."""

import subprocess
import sys
from dataclasses import replace
from importlib.metadata import entry_points

import pytest

# A wheel brings the plugin; without one it is named.
PLUGIN = [] if entry_points(group="pytest11", name="clickstream") else ["-p", "clickstream.pytest_plugin"]

pytestmark = pytest.mark.thorough


def passed(project):
    """How many stories of the project pass; all must."""
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", *PLUGIN, "-q"],
        cwd=project.folder,
        env=project.environment(),
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout
    return ended.stdout.split(" passed")[0].split()[-1]


def test_stories_pass_and_a_table_is_not_checked_until_its_polars_half_is_written(kit):
    kit.done("init", "my_project")
    project = replace(kit, folder=kit.folder / "my_project")
    project.done("add", "table", "visits", "--kind", "session")
    project.done("add", "table", "counts")
    assert passed(project) == "3"

    lines = project.done("demo", "--events", "5000").stdout.splitlines()
    assert "independent: received, rejected, amounts" in lines
    assert "not checked: visits, counts" in lines
    assert lines[-1].startswith("PASS (2 tables not checked): all ")

    file = project.folder / "pipeline.py"
    written = file.read_text().replace("raise NotImplementedError", 'return {"events": events.count()}')
    file.write_text(written)
    lines = project.done("check", "--demo").stdout.splitlines()
    assert "independent: received, rejected, amounts, visits, counts" in lines
    assert lines[-1].startswith("PASS: all ")
