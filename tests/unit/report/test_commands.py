"""A command or path is printed as it works where the kit was called, whatever PATH and the folder are."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from clickstream.report.commands import COMMAND

PRINT = """
import json, os, sys
from pathlib import Path
from clickstream.contract.definition.loading import FLAGS
from clickstream.report.commands import command, from_here, pasteable
project, outside = Path(sys.argv[1]), Path(sys.argv[2])
said = {}
def say(where):
    said[where] = [command("check", "--demo"), pasteable("Set A=1, or `B='x y' clickstream up`."),
                   from_here(project / "data" / "output")]
os.chdir(project)
say("project")
os.chdir(project / "sub")
say("below")
os.chdir(project)
os.environ["CLICKSTREAM_CALLED_FROM"] = str(project / "sub")
say("script below")
os.environ["CLICKSTREAM_CALLED_FROM"] = str(outside)
say("script outside")
del os.environ["CLICKSTREAM_CALLED_FROM"]
os.environ["PATH"] = f"{project}/.venv/bin:{os.environ['PATH']}"
say("on PATH")
(project / ".venv/bin/clickstream").unlink()
say("no script")
FLAGS["PIPELINE"] = "p.py:P"
said["flag"] = [pasteable("clickstream up"), pasteable("SEED=1 PIPELINE=q.py:Q clickstream up")]
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, list[str]]]:
    """What is printed by the Python of a project's `.venv`, from several folders."""
    project = tmp_path_factory.mktemp("of") / "my project"
    for folder in (".clickstream", "sub", ".venv/bin"):
        (project / folder).mkdir(parents=True)
    (project / ".venv/bin/python").symlink_to(sys.executable)
    (project / ".venv/bin/clickstream").write_text("#!/bin/sh\n")
    (project / ".venv/bin/clickstream").chmod(0o755)
    command = [project / ".venv/bin/python", "-c", PRINT, project, tmp_path_factory.mktemp("outside")]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path), "HOME": "/nowhere"}
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return project, json.loads(ended.stdout)


@pytest.mark.parametrize(
    ("where", "way", "program", "path"),
    [
        ("project", "", ".venv/bin/clickstream", "data/output"),
        ("below", "", "../.venv/bin/clickstream", "../data/output"),
        ("script below", "", "../.venv/bin/clickstream", "../data/output"),
        ("script outside", "cd '{0}' && ", "'{0}/.venv/bin/clickstream'", "{0}/data/output"),
        ("on PATH", "", "clickstream", "data/output"),
        ("no script", "", "python -m clickstream", "data/output"),
    ],
)
def test_a_command_works_where_it_is_printed(
    said: tuple[Path, dict[str, list[str]]], where: str, way: str, program: str, path: str
) -> None:
    project, by_place = said
    way, program, path = (each.format(project) for each in (way, program, path))
    assert by_place[where] == [
        f"{way}{program} check --demo",
        f"Set A=1, or `{way}B='x y' {program} up`.",
        path,
    ]


@pytest.mark.parametrize("text", ["`clickstream.read`", ".venv/bin/clickstream up", "clickstream-up"])
def test_only_commands_are_rewritten(text: str) -> None:
    assert not COMMAND.search(text)


def test_a_pipeline_that_a_flag_set_is_named_once(said: tuple[Path, dict[str, list[str]]]) -> None:
    with_flag, given = said[1]["flag"]
    assert "PIPELINE=p.py:P " in with_flag
    assert "PIPELINE=p.py:P" not in given
    assert "SEED=1 PIPELINE=q.py:Q " in given
